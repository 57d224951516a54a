"""What a person may wish of a song, on whatever surface, checked before anything is started."""

import secrets
from enum import StrEnum

from agents.music.theory import parse_key
from agents.planning.wishes import parse_form, read_wishes
from storage.errors import UsageError
from storage.types import SongRequest

SEED_MAX = 2**63 - 1


class Formats(StrEnum):
    """Which full videos an approved song gets."""

    WIDE = "16:9"
    TALL = "9:16"
    ALL = "all"

    def aspects(self) -> tuple[str, ...]:
        return ("16:9", "9:16") if self is Formats.ALL else (self.value,)


def wish(
    *,
    seed: int | None = None,
    seconds: float | None = None,
    theme: str | None = None,
    title: str | None = None,
    tempo_bpm: float | None = None,
    key: str | None = None,
    mood: str | None = None,
    form: str | None = None,
    density: float | None = None,
    energy: float | None = None,
    formats: tuple[str, ...] = ("16:9",),
) -> SongRequest:
    """A checked request; blank words are none. Raises UsageError that names what is allowed."""
    if seed is not None and not 0 <= seed <= SEED_MAX:
        raise UsageError(f"seed {seed} is out of range; give 0 to {SEED_MAX}")
    tonic, mode = (None, None) if key is None else parse_key(key)
    request = SongRequest(
        seed=secrets.randbelow(2**31) if seed is None else seed,
        seconds=seconds,
        theme=_unless_blank(theme),
        title=_unless_blank(title),
        tempo_bpm=tempo_bpm,
        key=tonic,
        mode=mode,
        mood=_unless_blank(mood),
        form=None if form is None else parse_form(form),
        density=density,
        energy=energy,
        formats=formats,
    )
    return request.model_copy(update=dict(read_wishes(request)))


def _unless_blank(words: str | None) -> str | None:
    return words if words and words.strip() else None
