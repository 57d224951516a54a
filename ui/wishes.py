"""What a person may wish of a song, on whatever surface, checked before anything is started."""

import secrets
from enum import StrEnum

from storage.errors import UsageError
from storage.types import SongRequest

SEED_MAX = 2**63 - 1
WORDS_MAX = 120
"""Characters of a title, theme or mood."""
SECONDS_MIN, SECONDS_MAX = 10, 600
TEMPO_MIN_BPM, TEMPO_MAX_BPM = 40, 220


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
    formats: tuple[str, ...] = ("16:9",),
) -> SongRequest:
    """A checked request. Raises UsageError that names what is allowed."""
    _within("seed", seed, 0, SEED_MAX)
    _within("seconds", seconds, SECONDS_MIN, SECONDS_MAX)
    _within("bpm", tempo_bpm, TEMPO_MIN_BPM, TEMPO_MAX_BPM)
    tonic, mode = parse_key(key) if key else (None, None)
    theme, title, mood = _words("theme", theme), _words("title", title), _words("mood", mood)
    return SongRequest(
        seed=secrets.randbelow(2**31) if seed is None else seed,
        seconds=seconds,
        theme=theme,
        title=title,
        tempo_bpm=tempo_bpm,
        key=tonic,
        mode=mode,
        mood=mood,
        formats=formats,
    )


def parse_key(text: str) -> tuple[str, str | None]:
    """`F# minor` as tonic and mode; the mode may be left out. Raises UsageError."""
    from agents.music.theory import pitch_class, scale_of

    tonic, _, mode = text.strip().partition(" ")
    tonic = tonic[:1].upper() + tonic[1:]
    pitch_class(tonic)
    if mode:
        scale_of(mode.strip().lower())
    return tonic, mode.strip().lower() or None


def _words(name: str, text: str | None) -> str | None:
    """Words on one line, none for blank ones. Raises UsageError where they could be no title or file name."""
    from agents.planning.wishes import plain_line

    words = plain_line(text) if text else ""
    if len(words) > WORDS_MAX:
        raise UsageError(f"{name} has {len(words)} characters; give at most {WORDS_MAX}")
    return words or None


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"{name} {value} is out of range; give {low} to {high}")
