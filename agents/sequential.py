"""Evidence about a rate that may be looked at after every decision.

A fixed-size test that is repeated after each song finds something sooner or later in pure chance. The
e-values here do not: while the claim holds, the chance that an e-value *ever* reaches 1/α is at most α
(Ville 1939). Against the claim "the rate is at least q" each rate p < q bets with its likelihood ratio; the
uniform mixture of these bets is still a supermartingale under every rate of the claim (Robbins 1970; Ramdas,
Grünwald, Vovk, Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38).

An outcome need not be yes or no, nor count in full. For y in [0, 1] the bet (p/q)^y ((1−p)/(1−q))^(1−y) is convex in y
and so never above the line between its ends, whose mean is at most 1 (Waudby-Smith and Ramdas 2024, "Estimating means
of bounded random variables by betting", JRSS B 86); raised to a weight of at most 1 its mean stays below 1 (Jensen).
So sums of weighted outcomes and of weights stand where successes and trials do.
"""

from math import inf

_CLOSE = 1e-12
"""Share of an e-value that may be left out; what is left out makes it smaller, never larger."""


def e_value_below(successes: float, trials: float, rate: float) -> float:
    """Evidence that the true rate lies below `rate`; 1/α or more proves it at level α.

    It is (1/q) ∫₀^q p^k (1−p)^(n−k) dp / (q^k (1−q)^(n−k)) for k of n and rate q, which are any numbers with 0 ≤ k ≤ n. The
    integral is an incomplete beta function; its series (DLMF 8.17.8), so divided, has positive terms and needs no factorials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes:g} successes in {trials:g} trials")
    if not 0 < rate < 1:
        # Nothing lies below 0, and to lie below 1 is no claim worth a bet.
        return 1.0
    term = total = (1 - rate) / (successes + 1)
    above, below = trials + 2, successes + 2
    while True:
        growth = above / below * rate
        term *= growth
        total += term
        # The growth falls towards the rate, so that what follows is less than a geometric series.
        if total == inf or (growth < 1 and term * growth <= _CLOSE * (1 - growth) * total):
            return total
        above, below = above + 1, below + 1


def e_value_above(successes: float, trials: float, rate: float) -> float:
    """Evidence that the true rate lies above `rate`: the mirror of `e_value_below`."""
    return e_value_below(trials - successes, trials, 1 - rate)
