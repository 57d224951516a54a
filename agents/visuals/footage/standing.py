"""How clips, their authors and their sources have done: what people said of the songs they were shown with.

Only persons' verdicts count, and they fade: half of what was said counts after `HALF_LIFE_DAYS`. A clip that the
label has shown often of late is worn, however well it was liked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from storage.types import Frozen

HALF_LIFE_DAYS = 60.0
WEAR_HALF_LIFE_DAYS = 14.0
PRIOR = 2.0
"""Verdicts that everybody is taken to have had, half of them approvals: one verdict does not make a reputation."""
WEAR = 0.25
"""What one showing of today costs."""


class Showing(Frozen):
    """A clip in a song that was made."""

    provider: str
    clip_id: str
    author: str
    at: datetime
    approved: bool | None = None
    """A person's word on the song; None while there is none."""


@dataclass(frozen=True)
class Standing:
    """Scores from what was shown."""

    _liked: dict[tuple[str, ...], float] = field(default_factory=dict)
    _told: dict[tuple[str, ...], float] = field(default_factory=dict)
    _wear: dict[tuple[str, ...], float] = field(default_factory=dict)

    @classmethod
    def of(cls, showings: Iterable[Showing], now: datetime) -> "Standing":
        """The standing as of `now`."""
        standing = cls()
        for each in showings:
            age_days = max(0.0, (now - each.at).total_seconds() / 86_400)
            clip = (each.provider, each.clip_id)
            worn = WEAR * 0.5 ** (age_days / WEAR_HALF_LIFE_DAYS)
            standing._wear[clip] = standing._wear.get(clip, 0.0) + worn
            if each.approved is None:
                continue
            weight = 0.5 ** (age_days / HALF_LIFE_DAYS)
            for key in _keys(each.provider, each.clip_id, each.author):
                standing._told[key] = standing._told.get(key, 0.0) + weight
                standing._liked[key] = standing._liked.get(key, 0.0) + weight * each.approved
        return standing

    def score(self, provider: str, clip_id: str, author: str) -> float:
        """About -1 to 1; 0 for one of whom nothing is known."""
        rates = [self._rate(key) - 0.5 for key in _keys(provider, clip_id, author)]
        source, by_author, clip = rates
        return 0.5 * source + by_author + clip - self._wear.get((provider, clip_id), 0.0)

    def _rate(self, key: tuple[str, ...]) -> float:
        """Approvals among the verdicts, drawn to a half while they are few (a beta prior)."""
        return (self._liked.get(key, 0.0) + PRIOR / 2) / (self._told.get(key, 0.0) + PRIOR)


def _keys(provider: str, clip_id: str, author: str) -> tuple[tuple[str, ...], ...]:
    return (provider,), (provider, "by", author), (provider, clip_id)
