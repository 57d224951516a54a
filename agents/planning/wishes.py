"""What a person asked for, cleaned and checked: obeyed exactly, or refused in one line that says why."""

import re
import unicodedata

from agents.music.form import LONGEST_BARS
from agents.music.length import FASTEST_BPM, LONGEST_S, SHORTEST_S, SLOWEST_BPM, require_length
from agents.music.theory import scale_of, tonic_of
from storage.errors import UsageError
from storage.types import Frozen, SectionSpec, SongRequest

TITLE_MAX, THEME_MAX, MOOD_MAX = 60, 120, 40
"""Characters."""
SECTION_NAMES = tuple(LONGEST_BARS)
SECTION_BARS_MAX = 32
FORM_SECTIONS_MAX = 40
WORDED = ("verse", "pre", "bridge")
WORDED_BARS_MAX = 192
"""Bars of sections whose words do not return: for many more the embedded writer finds no fresh rhymes."""


class Wishes(Frozen):
    """A request whose fields are known to be possible; None where nothing was asked."""

    theme: str | None
    title: str | None
    mood: str | None
    key: str | None
    mode: str | None
    tempo_bpm: float | None
    seconds: float | None
    form: tuple[SectionSpec, ...] | None
    density: float | None
    energy: float | None


def read_wishes(request: SongRequest) -> Wishes:
    """Check a request's fields, alone and together.

    Raises:
        UsageError: a text is empty or too long, a number is out of range, the key, mode or a section does not exist,
            or form, tempo and length do not fit each other.
    """
    _within("tempo", request.tempo_bpm, SLOWEST_BPM, FASTEST_BPM)
    _within("density", request.density, 0, 1)
    _within("energy", request.energy, 0, 1)
    if request.recording is None:  # a recording's length is measured, not asked for
        _within("seconds", request.seconds, SHORTEST_S, LONGEST_S)
    if request.form is not None:
        _require_form(request.form)
        require_length(sum(section.bars for section in request.form), request.tempo_bpm, request.seconds)
    if request.mode is not None:
        scale_of(request.mode.strip().lower())
    return Wishes(
        theme=_text("theme", request.theme, THEME_MAX),
        title=_text("title", request.title, TITLE_MAX),
        mood=_text("mood", request.mood, MOOD_MAX),
        key=None if request.key is None else tonic_of(request.key),
        mode=None if request.mode is None else request.mode.strip().lower(),
        tempo_bpm=request.tempo_bpm,
        seconds=request.seconds,
        form=request.form,
        density=request.density,
        energy=request.energy,
    )


def parse_form(text: str) -> tuple[SectionSpec, ...]:
    """`intro4 verse8 chorus8` as sections with their bars. Raises UsageError."""
    sections: list[SectionSpec] = []
    for word in text.replace(",", " ").split():
        part = re.fullmatch(r"([a-z]+)([0-9]{1,3})", word.lower())
        if part is None or part[2] == "0" * len(part[2]):
            raise UsageError(f"{word[:20]!r} is no section: write its name and its bars, such as `verse8`")
        sections.append(SectionSpec(name=part[1], bars=int(part[2])))
    _require_form(tuple(sections))
    return tuple(sections)


def plain_line(text: str) -> str:
    """One line without control, format and private characters, spaces single."""
    kept = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(kept.split())


def _text(field: str, text: str | None, longest: int) -> str | None:
    if text is None:
        return None
    clean = plain_line(text)
    if not clean:
        raise UsageError(f"the {field} is empty: leave it out or write a few words")
    if len(clean) > longest:
        raise UsageError(f"the {field} has {len(clean)} characters; give at most {longest}")
    return clean


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise UsageError(f"{name} {value:g} is out of range; give {low} to {high}")


def _require_form(form: tuple[SectionSpec, ...]) -> None:
    if not 0 < len(form) <= FORM_SECTIONS_MAX:
        raise UsageError(
            f"a form of {len(form)} sections; give 1 to {FORM_SECTIONS_MAX}, such as `verse8 chorus8`"
        )
    for section in form:
        if section.name not in SECTION_NAMES:
            raise UsageError(f"no section {section.name[:20]!r}: choose from {', '.join(SECTION_NAMES)}")
        if section.bars > SECTION_BARS_MAX:
            raise UsageError(f"a {section.name} of {section.bars} bars; give 1 to {SECTION_BARS_MAX}")
    worded = sum(section.bars for section in form if section.name in WORDED)
    if worded > WORDED_BARS_MAX:
        raise UsageError(
            f"{worded} bars of {', '.join(WORDED)} need new words; give at most {WORDED_BARS_MAX}"
        )
