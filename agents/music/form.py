"""Choosing a form and a tempo so that a song lasts as long as it was asked to."""

import random
from typing import NamedTuple

from agents.music.length import (
    FASTEST_BPM,
    LONGEST_S,
    SHORTEST_S,
    SLOWEST_BPM,
    bar_s,
    require_length,
    tail_after,
    whole_bars,
)
from configs.genres import Genre
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import TAIL_S, SectionSpec

TOLERANCE = 0.03
"""How far a song whose length nobody asked for may be from the label's usual one."""
TAIL_STRAIN = 0.5
"""What a second of another ring-out counts, where 1 is a tempo across the genre's whole band."""

Sections = list[tuple[str, int]]

LONGEST_BARS = {
    "intro": 8,
    "verse": 16,
    "pre": 8,
    "chorus": 16,
    "drop": 16,
    "bridge": 8,
    "break": 8,
    "outro": 8,
}
STRETCH_ORDER = {
    4: ("bridge", "break", "verse", "chorus", "drop", "intro", "outro", "pre"),
    2: ("intro", "outro", "bridge", "break", "pre", "verse", "chorus", "drop"),
    1: ("outro", "intro", "break", "bridge", "pre", "verse", "chorus", "drop"),
}


class Fit(NamedTuple):
    """A form with the tempo and the ring-out that give it its length."""

    form: tuple[SectionSpec, ...]
    tempo_bpm: float
    tail_s: float


def fit_form(
    genre: Genre,
    seconds: float,
    tempo_bias: float,
    seed: int,
    *,
    is_exact: bool = False,
    tempo_bpm: float | None = None,
    form: tuple[SectionSpec, ...] | None = None,
) -> Fit:
    """A form, and a tempo in the genre's band, that last about `seconds`; exactly so where that was asked for.

    What is given is kept as it is. The tempo takes up what whole bars leave of the length, or the ring-out where the
    tempo is given; a length that was not asked for is within 3 %, or the nearest whole bar, or what a given form lasts.
    Some lengths of a few bars force a tempo a little outside the band.

    Raises:
        UsageError: the length or the tempo is out of reach, or they do not fit the form.
    """
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UsageError(f"a song of {seconds:g} s: ask for {SHORTEST_S} to {LONGEST_S} seconds")
    if tempo_bpm is not None and not SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM:
        raise UsageError(f"a tempo of {tempo_bpm:g} BPM: ask for {SLOWEST_BPM} to {FASTEST_BPM}")
    rng = random.Random(sub_seed(seed, "form", genre.title))
    wanted_bpm = _wanted_bpm(genre, tempo_bias, rng)
    if form is not None:
        bars = sum(section.bars for section in form)
        require_length(bars, tempo_bpm, seconds if is_exact else None)
        tempo_bpm = tempo_bpm or _tempo_of(bars, seconds if is_exact else None, wanted_bpm)
    else:
        if tempo_bpm is None:
            bars, tempo_bpm = _choose_tempo(genre, seconds, wanted_bpm, is_exact=is_exact)
        elif is_exact:
            bars = whole_bars(seconds, tempo_bpm)
        else:
            bars = max(1, round((seconds - TAIL_S) / bar_s(tempo_bpm)))
        sections = _fill(_choose_template(genre, bars, rng), bars)
        form = tuple(SectionSpec(name=name, bars=count) for name, count in sections)
    return Fit(form, tempo_bpm, seconds - bars * bar_s(tempo_bpm) if is_exact else TAIL_S)


def _wanted_bpm(genre: Genre, tempo_bias: float, rng: random.Random) -> float:
    slow, fast = genre.tempo_bpm
    bias = max(-1.0, min(1.0, tempo_bias + rng.uniform(-0.25, 0.25)))
    return (slow + fast) / 2 + bias * (fast - slow) / 2


def _tempo_of(bars: int, seconds: float | None, wanted_bpm: float) -> float:
    """The tempo at which a given form lasts as asked; without a length, the wanted one if a song may be so long."""
    if seconds is not None:
        tempo_bpm = 240 * bars / (seconds - TAIL_S)
    else:
        slowest, fastest = (240 * bars / (length_s - TAIL_S) for length_s in (LONGEST_S, SHORTEST_S))
        tempo_bpm = max(slowest, min(fastest, wanted_bpm))
    return min(FASTEST_BPM, max(SLOWEST_BPM, round(tempo_bpm, 1)))


def _choose_tempo(genre: Genre, seconds: float, wanted_bpm: float, *, is_exact: bool) -> tuple[int, float]:
    """Bars and tempo: near the wanted tempo, and preferably whole phrases of four bars."""
    slow, fast = genre.tempo_bpm
    candidates: list[tuple[float, int, float]] = []
    for bars in range(2, int((1 + TOLERANCE) * seconds * fast / 240) + 1):
        # The tempo that meets the length exactly, or the nearest one the band has.
        tempo_bpm = round(min(fast, max(slow, 240 * bars / (seconds - TAIL_S))), 1)
        length_s = bars * bar_s(tempo_bpm) + TAIL_S
        strain = abs(tempo_bpm - wanted_bpm) / (fast - slow)
        oddness = 0.5 * (bars % 2) + 0.15 * (bars % 4 > 0)
        if is_exact and tail_after(bars, tempo_bpm, seconds) is not None:
            candidates.append((strain + oddness + TAIL_STRAIN * abs(seconds - length_s), bars, tempo_bpm))
        elif not is_exact and abs(length_s - seconds) <= TOLERANCE * seconds:
            candidates.append((strain + oddness, bars, tempo_bpm))
    if not candidates:  # a very short song of few bars: leave the band by as little as the length needs
        tempos = [(bars, round(240 * bars / (seconds - TAIL_S), 1)) for bars in range(2, 12)]
        return min(tempos, key=lambda choice: max(slow - choice[1], choice[1] - fast))
    _, bars, tempo_bpm = min(candidates)
    return bars, tempo_bpm


def _choose_template(genre: Genre, bars: int, rng: random.Random) -> Sections:
    """The genre's form whose natural length is nearest, with some chance for the second nearest."""
    templates = [list(form) for form in genre.form_sections()]
    return min(templates, key=lambda form: abs(_length(form) - bars) * rng.uniform(0.7, 1.3) + rng.random())


def _fill(sections: Sections, bars: int) -> Sections:
    """Stretch or shrink a form to that many bars, keeping its shape as long as possible."""
    while _length(sections) < 0.85 * bars:
        sections = _repeat_cycle(sections)
    while _length(sections) > 1.25 * bars and len(sections) > 2:
        sections = _drop_section(sections)
    while (missing := bars - _length(sections)) != 0:
        sections = _lengthen(sections, missing) if missing > 0 else _shorten(sections, -missing)
    return sections


def _length(sections: Sections) -> int:
    return sum(bars for _, bars in sections)


def _repeat_cycle(sections: Sections) -> Sections:
    """Put another verse, pre and chorus (or drop) before the last return."""
    last = max(i for i, (name, _) in enumerate(sections) if name in ("chorus", "drop"))
    cycle = [("verse", 8), ("pre", 4), (sections[last][0], 8)]
    return [*sections[: last + 1], *cycle, *sections[last + 1 :]]


def _drop_section(sections: Sections) -> Sections:
    """Leave out the section the form can best do without."""
    names = [name for name, _ in sections]
    for name in ("bridge", "pre", "break"):
        if name in names:
            return [section for i, section in enumerate(sections) if i != names.index(name)]
    for name in ("verse", "chorus", "drop"):
        if names.count(name) > 1:
            last = len(names) - 1 - names[::-1].index(name)
            return [section for i, section in enumerate(sections) if i != last]
    doomed = next(name for name in ("intro", "outro", "verse") if name in names)
    return [section for section in sections if section[0] != doomed]


def _lengthen(sections: Sections, missing: int) -> Sections:
    step = next(step for step in (4, 2, 1) if step <= missing)
    for name in STRETCH_ORDER[step]:
        for i, (own, bars) in enumerate(sections):
            if own == name and bars + step <= LONGEST_BARS[name] and bars % step == 0:
                return [*sections[:i], (own, bars + step), *sections[i + 1 :]]
    return [*sections[:-1], (sections[-1][0], sections[-1][1] + 1)]


def _shorten(sections: Sections, spare: int) -> Sections:
    step = next(step for step in (4, 2, 1) if step <= spare)
    for size in (step, 2, 1):
        for name in STRETCH_ORDER[step]:
            for i, (own, bars) in enumerate(sections):
                if own == name and size <= spare and bars - size >= 2:
                    return [*sections[:i], (own, bars - size), *sections[i + 1 :]]
    return _drop_section(sections) if len(sections) > 1 else [(sections[0][0], sections[0][1] - spare)]
