"""The autopilot: when a song goes out without a person, and when an artist's autopilot switches itself off."""

from decimal import Decimal
from enum import StrEnum

from storage.types import AutopilotPolicy, Frozen


class Course(StrEnum):
    APPROVE = "approve"
    ASK = "ask"
    """This song is people's."""
    SWITCH_OFF = "switch_off"
    """This one and all that follow are people's."""


class Flight(Frozen):
    """What has happened since the autopilot was switched on, and lately."""

    rejections: int
    """Songs that persons rejected since then."""
    errors: int
    """Songs that failed by our own fault since then."""
    spent_usd: Decimal
    """Charged or reserved for the artist since then."""
    approvals_week: int
    """What it approved for this artist in the last seven days."""
    label_approvals_week: int
    """What all artists' autopilots approved in the last seven days."""


class Song(Frozen):
    """What the autopilot looks at."""

    score: float
    is_stand_in: bool
    """Words or music are the embedded engine's although a provider was chosen: a draft, whatever its score."""
    is_explicit: bool
    is_blocked: bool = False
    """Whoever made the recording forbids its release."""
    objections: tuple[str, ...] = ()
    """Why only a person may decide it, whatever its score (agents/lexicon/objections.py)."""


class Choice(Frozen):
    course: Course
    reason: str


def choose(song: Song, policy: AutopilotPolicy, flight: Flight, *, label_per_week: int) -> Choice:
    """One choice with its reason; of several that forbid, the gravest is told."""
    ends = (
        (
            flight.rejections >= policy.stop_after_rejections,
            f"people rejected {flight.rejections} songs since it was switched on",
        ),
        (
            flight.errors >= policy.stop_after_errors,
            f"{flight.errors} songs failed since it was switched on",
        ),
        (
            0 < policy.stop_at_usd <= flight.spent_usd,
            f"{flight.spent_usd} USD were spent since it was switched on",
        ),
    )
    forbids = (
        (bool(song.objections), f"it {' and '.join(song.objections)}"),
        (song.is_blocked, "its recording may not be released"),
        (song.is_stand_in, "it is a draft: the embedded engine stood in for a provider that was chosen"),
        (song.is_explicit, "its words are explicit"),
        (
            song.score < policy.min_score,
            f"the critic gave {song.score:.2f}, and the autopilot needs {policy.min_score:.2f}",
        ),
        (
            flight.approvals_week >= policy.releases_per_week,
            f"it approved {flight.approvals_week} of this artist's songs in seven days already",
        ),
        (
            flight.label_approvals_week >= label_per_week,
            f"the label's autopilots approved {flight.label_approvals_week} songs in seven days already",
        ),
    )
    if (reason := _first(ends)) is not None:
        return Choice(course=Course.SWITCH_OFF, reason=f"autopilot switched itself off: {reason}")
    if (reason := _first(forbids)) is not None:
        return Choice(course=Course.ASK, reason=f"autopilot: {reason}")
    return Choice(
        course=Course.APPROVE,
        reason=f"autopilot: the critic gave {song.score:.2f}, at least {policy.min_score:.2f}",
    )


def _first(rules: tuple[tuple[bool, str], ...]) -> str | None:
    return next((reason for applies, reason in rules if applies), None)
