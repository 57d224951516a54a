"""Choosing a form and a tempo so that a song lasts as long as it was asked to."""

import math
import random

from configs.genres import Genre
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import SectionSpec

TAIL_S = 2.5
"""Time after the last bar in which the last notes die away."""

TOLERANCE = 0.03
SHORTEST_S, LONGEST_S = 10.0, 600.0

Sections = list[tuple[str, int]]

LONGEST_BARS = {
    "intro": 8,
    "outro": 8,
    "pre": 8,
    "bridge": 8,
    "break": 8,
    "verse": 16,
    "chorus": 16,
    "drop": 16,
}
STRETCH_ORDER = {
    4: ("bridge", "break", "verse", "chorus", "drop", "intro", "outro", "pre"),
    2: ("intro", "outro", "bridge", "break", "pre", "verse", "chorus", "drop"),
    1: ("outro", "intro", "break", "bridge", "pre", "verse", "chorus", "drop"),
}


def fit_form(
    genre: Genre, seconds: float, tempo_bias: float, seed: int, tempo_bpm: float | None = None
) -> tuple[tuple[SectionSpec, ...], float]:
    """A form, and a tempo in the genre's band, whose length with its tail is within 3 % of `seconds`.

    Some lengths of a few bars force a tempo a little outside the band. A given `tempo_bpm` is kept as it is, and the length is then the nearest whole bar.

    Raises:
        UsageError: the length or the tempo is out of reach.
    """
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise UsageError(f"a song of {seconds:g} s: ask for {SHORTEST_S:g} to {LONGEST_S:g} seconds")
    rng = random.Random(sub_seed(seed, "form"))
    if tempo_bpm is None:
        bars, tempo_bpm = _choose_tempo(genre, seconds, tempo_bias, rng)
    else:
        if not 40 <= tempo_bpm <= 220:
            raise UsageError(f"a tempo of {tempo_bpm:g} BPM: ask for 40 to 220")
        bars = max(1, round((seconds - TAIL_S) * tempo_bpm / 240))
    sections = _fill(_choose_template(genre, bars, rng), bars)
    return tuple(SectionSpec(name=name, bars=count) for name, count in sections), tempo_bpm


def _choose_tempo(genre: Genre, seconds: float, tempo_bias: float, rng: random.Random) -> tuple[int, float]:
    """Bars and tempo: near the wanted tempo, and preferably whole phrases of four bars."""
    slow, fast = genre.tempo_bpm
    bias = max(-1.0, min(1.0, tempo_bias + rng.uniform(-0.25, 0.25)))
    wanted_bpm = (slow + fast) / 2 + bias * (fast - slow) / 2
    shortest = seconds * (1 - TOLERANCE) - TAIL_S
    longest = seconds * (1 + TOLERANCE) - TAIL_S
    candidates: list[tuple[float, int, float]] = []
    for bars in range(max(2, math.ceil(shortest * slow / 240)), math.floor(longest * fast / 240) + 1):
        # The tempo that meets the length exactly, or the nearest one the band has.
        tempo_bpm = round(min(fast, max(slow, 240 * bars / (seconds - TAIL_S))), 1)
        length_s = bars * 240 / tempo_bpm
        if shortest <= length_s <= longest:
            strain = abs(tempo_bpm - wanted_bpm) / (fast - slow)
            oddness = 0.5 * (bars % 2) + 0.15 * (bars % 4 > 0)
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
