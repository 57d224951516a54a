"""What a person asked for, cleaned and checked: obeyed exactly, or refused in one line that says why."""

import unicodedata
from typing import get_args

from configs.genres import Mode
from storage.errors import UsageError
from storage.types import Frozen, SongRequest

KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = {
    "DB": "C#",
    "EB": "D#",
    "GB": "F#",
    "AB": "G#",
    "BB": "A#",
    "CB": "B",
    "FB": "E",
    "E#": "F",
    "B#": "C",
}
_LONGEST = {"theme": 120, "title": 60, "mood": 40}
"""Characters."""


class Wishes(Frozen):
    """A request whose fields are known to be possible; None where nothing was asked."""

    theme: str | None
    title: str | None
    mood: str | None
    key: str | None
    mode: str | None
    tempo_bpm: float | None


def read_wishes(request: SongRequest) -> Wishes:
    """Check a request's fields.

    Raises:
        UsageError: a text is empty or too long, or the key, mode or tempo does not exist.
    """
    tempo_bpm = request.tempo_bpm
    if tempo_bpm is not None and not 40 <= tempo_bpm <= 220:
        raise UsageError(f"a tempo of {tempo_bpm:g} BPM: ask for 40 to 220")
    return Wishes(
        theme=_text("theme", request.theme),
        title=_text("title", request.title),
        mood=_text("mood", request.mood),
        key=_key(request.key),
        mode=_mode(request.mode),
        tempo_bpm=tempo_bpm,
    )


def plain_line(text: str) -> str:
    """One line without control, format and private characters, spaces single."""
    kept = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(kept.split())


def _text(field: str, text: str | None) -> str | None:
    if text is None:
        return None
    clean = plain_line(text)
    if not clean:
        raise UsageError(f"the {field} is empty: leave it out or write a few words")
    if len(clean) > _LONGEST[field]:
        raise UsageError(f"the {field} has {len(clean)} characters: at most {_LONGEST[field]}")
    return clean


def _key(key: str | None) -> str | None:
    if key is None:
        return None
    plain = key.strip().replace("♯", "#").replace("♭", "b").upper()
    sharp = _FLATS.get(plain, plain)
    if sharp not in KEYS:
        raise UsageError(f"no key {key[:12]!r}: choose one of {' '.join(KEYS)}")
    return sharp


def _mode(mode: str | None) -> str | None:
    if mode is None:
        return None
    plain = mode.strip().lower()
    if plain not in get_args(Mode):
        raise UsageError(f"no mode {mode[:20]!r}: choose one of {', '.join(get_args(Mode))}")
    return plain
