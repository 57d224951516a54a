"""Evidence about a yes-or-no rate that may be looked at after every decision.

A fixed-size test that is repeated after each song finds something sooner or later in pure chance. The
e-values here do not: while the claim holds, the chance that an e-value *ever* reaches 1/α is at most α
(Ville 1939). Against the claim "the rate is at least q" each rate p < q bets with its likelihood ratio; the
uniform mixture of these bets is still a supermartingale under every rate of the claim (Robbins 1970; Ramdas,
Grünwald, Vovk, Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38).
"""


def e_value_below(successes: int, trials: int, rate: float) -> float:
    """Evidence that the true rate lies below `rate`; 1/α or more proves it at level α.

    It is (1/q) ∫₀^q p^k (1−p)^(n−k) dp / (q^k (1−q)^(n−k)) for k of n and rate q. Repeated integration by parts
    turns the integral into a binomial tail whose terms, so divided, need no factorials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    if not 0 < rate < 1:
        # Nothing lies below 0, and to lie below 1 is no claim worth a bet.
        return 1.0
    term = total = 1 / (successes + 1)
    for count in range(successes + 1, trials + 1):
        term *= (trials + 1 - count) / (count + 1) * rate / (1 - rate)
        total += term
    return total


def e_value_above(successes: int, trials: int, rate: float) -> float:
    """Evidence that the true rate lies above `rate`: the mirror of `e_value_below`."""
    return e_value_below(trials - successes, trials, 1 - rate)
