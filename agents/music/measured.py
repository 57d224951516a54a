"""The plan of a recording that came with none: it is measured, so it is only as sure as the analysis.

Beats are in the octave nearest to what is expected: an even grid where the recording keeps its tempo, its own beats
where it does not. Bars open where the harmony turns, sections where the sound does; they are named by their energy.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agents.music.analysis import AudioFacts, analyse
from storage.errors import UsageError
from storage.types import PlannedLine, PlannedSection, SongPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST_S, LONGEST_S = 1.0, 900.0
MOST_FRAMES = int(LONGEST_S * 48_000)
"""Everything is measured in memory, at some twenty bytes a frame."""
RESTING_BPM = 100.0
"""The tempo of what has no pulse."""
BARS_A_SECTION, FEWEST_BARS, MOST_BARS = 8, 4, 16
"""Of a stretch without a turn, of any section, and of one that is left whole."""
STEADY_S = 0.03
"""Played to a click, beats lie so near to an even grid; what strays more has a tempo that moves."""
FEWEST_BEATS = 8

Line = tuple[str, str]
"""The words of a line, and the section they belong to."""


def plan_recording(path: Path, *, title: str, artist_name: str, genre: str) -> SongPlan:
    """The measured plan of any recording, however short or quiet.

    Raises UsageError for a file that is missing, is no audio, or lasts less than a second or over a quarter of an hour.
    """
    import soundfile

    try:
        header = soundfile.info(path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise UsageError(f"{path.name} cannot be read as audio: give a WAV, FLAC or MP3 file") from error
    if header.frames > MOST_FRAMES or header.duration > LONGEST_S:
        raise UsageError(
            f"{path.name} lasts {header.duration / 60:.0f} minutes; {LONGEST_S / 60:.0f} can be measured: "
            "cut it first, or give its plan"
        )
    if header.duration < SHORTEST_S:
        raise UsageError(f"{path.name} lasts {header.duration:.2f} s: give {SHORTEST_S:g} s or more")
    facts = analyse(path)
    return measured_plan(
        path,
        facts,
        title=title,
        artist_name=artist_name,
        genre=genre,
        expected_bpm=facts.tempo_bpm or RESTING_BPM,
        key=facts.key or "C",
        mode=facts.mode or "major",
        lines=(),
        has_vocals=False,
    )


def measured_plan(
    path: Path,
    facts: AudioFacts,
    *,
    title: str,
    artist_name: str,
    genre: str,
    expected_bpm: float,
    key: str,
    mode: str,
    lines: tuple[Line, ...],
    has_vocals: bool,
) -> SongPlan:
    """What was measured on a recording, as a plan; words are spread evenly, for it does not tell when they are sung."""
    beats_s, first_bar = _beats_and_bar(path, facts, expected_bpm)
    bars_s = beats_s[first_bar::4]
    steps = len(beats_s) - 1
    tempo_bpm = 60 * steps / (beats_s[-1] - beats_s[0]) if steps > 0 else expected_bpm
    sections = _sections(facts, bars_s, 240 / tempo_bpm)
    return SongPlan(
        title=title,
        artist_name=artist_name,
        genre=genre,
        tempo_bpm=round(tempo_bpm, 1),
        key=key,
        mode=mode,
        duration_s=facts.duration_s,
        sections=sections,
        beats_s=beats_s,
        bars_s=bars_s,
        chords=(),
        lyric_lines=spread(lines, sections[0].start_s, sections[-1].end_s),
        has_line_times=False,
        kicks_s=beats_s,
        has_vocals=has_vocals,
        source="measured",
    )


def spread(lines: tuple[Line, ...], start_s: float, end_s: float) -> tuple[PlannedLine, ...]:
    """Lines one after the other, each as long as the next."""
    each_s = (end_s - start_s) / max(1, len(lines))
    return tuple(
        PlannedLine(
            text=text, section=section, start_s=start_s + index * each_s, end_s=start_s + (index + 1) * each_s
        )
        for index, (text, section) in enumerate(lines)
    )


def octave_nearest(measured_bpm: float, planned_bpm: float) -> float:
    """A pulse is as true at half and double speed: the one nearest to the plan, in BPM."""
    return min((measured_bpm * factor for factor in (0.5, 1, 2)), key=lambda bpm: abs(bpm - planned_bpm))


def _beats_and_bar(path: Path, facts: AudioFacts, planned_bpm: float) -> tuple[tuple[float, ...], int]:
    """The beats from start to end, and which of the first four opens a bar: where chords and bass turn most."""
    import numpy as np
    import soundfile

    from agents.music.listening.bars import harmonic_turns

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    best = (-1.0, (), 0)
    for beats_s in _readings(facts, planned_bpm):
        turns = harmonic_turns(mono, rate_hz, beats_s)
        for first in range(min(4, len(beats_s))):
            heard = turns[first::4]
            heard = heard[np.isfinite(heard)]
            turn = float(heard.mean()) if len(heard) else 0.0
            best = max(best, (turn, beats_s, first), key=lambda reading: reading[0])
    return best[1], best[2]


def _readings(facts: AudioFacts, planned_bpm: float) -> Iterator[tuple[float, ...]]:
    """The beats as they may be meant: at half the tempo that was heard, either of two is every other one."""
    import numpy as np

    heard = np.array(facts.beats_s)
    if len(heard) < FEWEST_BEATS:
        yield tuple(np.arange(0, facts.duration_s, 60 / planned_bpm).round(4).tolist())
        return
    step = facts.tempo_bpm / octave_nearest(facts.tempo_bpm, planned_bpm)
    for first in (0, 1) if step == 2 else (0,):
        # At the double, beats are put in between.
        places = np.arange(first, len(heard) - 1 + 1e-9, step)
        yield _filled(np.interp(places, np.arange(len(heard)), heard), facts.duration_s)


def _filled(beats: "NDArray[np.float64]", duration_s: float) -> tuple[float, ...]:
    """Evened out where the tempo holds, and led on to both ends: the first beat that is heard is rarely the first."""
    import numpy as np

    places = np.arange(len(beats))
    period_s, first_s = np.polyfit(places, beats, 1)
    before_s = after_s = float(period_s)
    if np.percentile(np.abs(first_s + period_s * places - beats), 95) < STEADY_S:
        beats = first_s + period_s * places
    else:
        before_s, after_s = (
            float(np.diff(end).mean()) for end in (beats[:FEWEST_BEATS], beats[-FEWEST_BEATS:])
        )
    lead_in = np.arange(beats[0] - before_s, -STEADY_S, -before_s)[::-1]
    lead_out = np.arange(beats[-1] + after_s, duration_s, after_s)
    whole = np.concatenate([lead_in, beats, lead_out])
    # A beat on the file's very start may be measured just before it.
    whole = np.maximum(whole[(whole >= -STEADY_S) & (whole <= duration_s)], 0)
    return tuple(whole.round(4).tolist())


def _sections(facts: AudioFacts, bars_s: tuple[float, ...], bar_s: float) -> tuple[PlannedSection, ...]:
    """From turn to turn, at bar lines; the louder half of them are choruses. A short rest belongs to what is before."""
    starts = _section_starts(facts, bars_s, bar_s)
    ends = (*starts[1:], facts.duration_s)
    levels = [_level(facts, start_s, end_s) for start_s, end_s in zip(starts, ends, strict=True)]
    middle, top, low = sorted(levels)[len(levels) // 2], max(levels), min(levels)
    return tuple(
        PlannedSection(
            name="chorus" if level >= middle and len(levels) > 1 else "verse",
            start_s=start_s,
            end_s=end_s,
            bars=max(1, round((end_s - start_s) / bar_s)),
            energy=0.3 + 0.7 * (level - low) / (top - low) if top > low else 0.6,
        )
        for start_s, end_s, level in zip(starts, ends, levels, strict=True)
    )


def _section_starts(facts: AudioFacts, bars_s: tuple[float, ...], bar_s: float) -> tuple[float, ...]:
    starts: list[float] = []
    turns_s = (
        [min(bars_s, key=lambda bar: abs(bar - turn_s)) for turn_s in facts.sections_s] if bars_s else []
    )
    for start_s, end_s in zip(turns_s, [*turns_s[1:], facts.duration_s], strict=True):
        inside = [bar for bar in bars_s if start_s <= bar < end_s]
        step = BARS_A_SECTION if len(inside) > MOST_BARS else len(inside) or 1
        starts += [
            bar
            for bar in inside[::step]
            if facts.duration_s - bar >= FEWEST_BARS * bar_s
            and (not starts or bar - starts[-1] >= FEWEST_BARS * bar_s - 0.1)
        ]
    return tuple(starts) or bars_s[:1] or (0.0,)


def _level(facts: AudioFacts, start_s: float, end_s: float) -> float:
    first, last = int(start_s / facts.energy_hop_s), int(end_s / facts.energy_hop_s)
    block = facts.energy_curve_lufs[first : max(first + 1, last)] or facts.energy_curve_lufs[-1:]
    return max(-60.0, sum(block) / len(block)) if block else -60.0
