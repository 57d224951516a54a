"""What became of a simulated roster."""

from collections import Counter
from collections.abc import Sequence

from agents.lifecycle import Trigger
from agents.niches import diversity
from agents.simulation.life import Life, Song
from storage.types import Frozen, LifecycleState

GENERATION = 10
"""Slots of a generation: about what one change needs to be tried."""
TRULY_FAIR, TRULY_POOR = 0.40, 0.20
"""True chances of approval: from the first on a retirement is false, up to the second one that never came is missed."""
LATE = 60
"""Songs by which a poor artist should have been proposed."""
RECENT = 20


class Generation(Frozen):
    """The roster over some slots; rates and scores are 0 where no song was made."""

    slots: int
    """At its end, from the beginning."""
    songs: int
    approval_rate: float
    """Share of the decided songs that were approved."""
    listener_score: float
    """Mean true chance of approval of what working artists would make at its end: nobody's luck is in it."""
    diversity: float
    """Mean distance in style to the nearest artist at work."""
    at_work: int
    lost: float
    """Approvals, in expectation, lost to variants that are not the artist's best."""
    lost_evenly: float
    """The same, had every variant had its turn."""


class Regret(Frozen):
    """Approvals, in expectation, that were lost against each artist's best variant in every song."""

    thompson: float
    even_split: float
    """What the same songs would have lost, had every variant had its turn."""
    songs: int


class Report(Frozen):
    """The same for the same arguments, however many shards did the work."""

    artists: int
    cycles: int
    """Slots of each artist."""
    seed: int
    profile: str
    songs: int
    approval_rate: float
    generations: tuple[Generation, ...]
    states: dict[str, int]
    moves: dict[str, int]
    proposals: int
    false_retirements: int
    """Retired or proposed, although the true chance of its latest songs was fair."""
    missed_retirements: int
    """Poor over its latest songs, after a fair number of them, and neither retired nor proposed."""
    regret: Regret
    changes_kept: int
    changes_rolled_back: int


def summed_up(
    lives: Sequence[Life], generations: tuple[Generation, ...], *, cycles: int, seed: int, profile: str
) -> Report:
    """The whole roster's report; `lives` stand in the order of their names."""
    songs = [song for life in lives for song in life.songs]
    decided = [song.outcome for song in songs if song.outcome is not None]
    moves = Counter(decision.trigger for life in lives for _slot, decision in life.moves)
    retired = [life for life in lives if life.state is LifecycleState.RETIRED]
    living = [life for life in lives if life.state is not LifecycleState.RETIRED]
    states = Counter(life.state for life in lives)
    return Report(
        artists=len(lives),
        cycles=cycles,
        seed=seed,
        profile=profile,
        songs=len(songs),
        approval_rate=_share(sum(decided), len(decided)),
        generations=generations,
        states={state.value: states[state] for state in LifecycleState},
        moves={trigger.value: moves[trigger] for trigger in Trigger},
        proposals=sum(decision.is_proposal for life in lives for _slot, decision in life.moves),
        false_retirements=sum(true_chance(life) >= TRULY_FAIR for life in retired),
        missed_retirements=sum(
            len(life.songs) >= LATE and true_chance(life) <= TRULY_POOR for life in living
        ),
        regret=Regret(
            thompson=round(sum(song.best_chance - song.chance for song in songs), 4),
            even_split=round(sum(song.best_chance - song.even_chance for song in songs), 4),
            songs=len(songs),
        ),
        changes_kept=sum(life.kept for life in lives),
        changes_rolled_back=sum(life.rolled_back for life in lives),
    )


def generation(lives: Sequence[Life], begun: int, slots: int) -> Generation:
    """What the roster did from one slot up to another."""
    songs = [song for life in lives for song in _since(life.songs, begun)]
    decided = [song.outcome for song in songs if song.outcome is not None]
    working = [life for life in lives if life.is_working]
    return Generation(
        slots=slots,
        songs=len(songs),
        approval_rate=_share(sum(decided), len(decided)),
        listener_score=_share(sum(life.worth() for life in working), len(working)),
        diversity=round(diversity([life.niche for life in working]), 6),
        at_work=len(working),
        lost=round(sum(song.best_chance - song.chance for song in songs), 4),
        lost_evenly=round(sum(song.best_chance - song.even_chance for song in songs), 4),
    )


def true_chance(life: Life) -> float:
    """Mean chance of approval of an artist's latest songs."""
    latest = life.songs[-RECENT:]
    return _share(sum(song.chance for song in latest), len(latest))


def _since(songs: Sequence[Song], slot: int) -> list[Song]:
    return [song for song in songs[-GENERATION:] if song.slot >= slot]


def _share(part: float, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0
