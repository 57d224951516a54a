"""What a person may wish of a song, checked before anything is started."""

import secrets
from enum import StrEnum
from typing import Annotated

import typer

from storage.errors import UsageError
from storage.types import SongRequest


class Formats(StrEnum):
    """Which full videos an approved song gets."""

    WIDE = "16:9"
    TALL = "9:16"
    ALL = "all"

    def aspects(self) -> tuple[str, ...]:
        return ("16:9", "9:16") if self is Formats.ALL else (self.value,)


SEED_MAX = 2**63 - 1
WORDS_MAX = 120
"""Characters of a title, theme or mood."""
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, max=SEED_MAX, help="The same seed plans the same song.")
]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="10…600", help="Length of the song; without it, SONG_SECONDS."),
]
Theme = Annotated[str | None, typer.Option("--theme", help="What the song is about.")]
Title = Annotated[str | None, typer.Option("--title", help="What it is called.")]
Tempo = Annotated[float | None, typer.Option("--bpm", metavar="40…220", help="Beats a minute.")]
KeyName = Annotated[
    str | None, typer.Option("--key", metavar="'F# minor'", help="Tonic, and mode after a space.")
]
Mood = Annotated[str | None, typer.Option("--mood", help="How it feels, such as dreamy or driving.")]


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
    _within("--seconds", seconds, 10, 600)
    _within("--bpm", tempo_bpm, 40, 220)
    tonic, mode = parse_key(key) if key else (None, None)
    theme, title, mood = _words("--theme", theme), _words("--title", title), _words("--mood", mood)
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
    words = " ".join(text.split()) if text else ""
    if len(words) > WORDS_MAX:
        raise UsageError(f"{name} has {len(words)} characters; give at most {WORDS_MAX}")
    return words or None


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"{name} {value:g} is out of range; give {low:g} to {high:g}")
