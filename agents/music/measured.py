"""The plan of a recording that came with none: it is measured, so it is only as sure as the analysis.

Tempo in the octave nearest to what is expected, beats from the phase that meets most onsets, sections from
blocks of eight bars named by their energy.
"""

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
BARS_A_SECTION, FEWEST_BARS = 8, 4
ENVELOPE_HOP_S = 0.01
TEMPO_SLACK, TEMPO_TRIES = 0.003, 61
"""How far, as a share, the measured tempo may be off; the grid is fitted within that, or it would drift."""

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
        roughly_bpm=facts.tempo_bpm or RESTING_BPM,
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
    roughly_bpm: float,
    key: str,
    mode: str,
    lines: tuple[Line, ...],
    has_vocals: bool,
) -> SongPlan:
    """What was measured on a recording, as a plan; words are spread evenly, for it does not tell when they are sung."""
    beats_s, first_bar = _lay_grid(path, roughly_bpm, facts.duration_s)
    bars_s = beats_s[first_bar::4]
    steps = len(beats_s) - 1
    tempo_bpm = 60 * steps / (beats_s[-1] - beats_s[0]) if steps > 0 else roughly_bpm
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


def _lay_grid(path: Path, roughly_bpm: float, duration_s: float) -> tuple[tuple[float, ...], int]:
    """The beats that meet most rises of energy, and which of the first four opens a bar."""
    import numpy as np

    rises, hop_s = _rises(path)
    # Where nothing rises, silence has no better beat than the expected one.
    best_strength, best = 0.0, np.arange(0, duration_s, 60 / roughly_bpm)
    for beat_s in 60 / roughly_bpm * np.linspace(1 - TEMPO_SLACK, 1 + TEMPO_SLACK, TEMPO_TRIES):
        beats = np.arange(max(1, int(len(rises) * hop_s / beat_s) - 1)) * beat_s
        for phase_s in np.arange(0, min(beat_s, len(rises) * hop_s), hop_s):
            strength = float(rises[((phase_s + beats) / hop_s).astype(int)].mean())
            if strength > best_strength:
                best_strength, best = strength, np.arange(phase_s, duration_s, beat_s)
    at_beats = rises[np.minimum((best / hop_s).astype(int), len(rises) - 1)]
    first_bar = int(np.argmax([at_beats[offset::4].mean() for offset in range(min(4, len(best)))]))
    return tuple(round(float(beat), 4) for beat in best), first_bar


def _rises(path: Path) -> "tuple[NDArray[np.float32], float]":
    """By how much the level rises at each hop, and the hop, which is a whole number of samples."""
    import numpy as np
    import soundfile

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    hop = max(1, round(ENVELOPE_HOP_S * rate_hz))
    mono = samples.mean(axis=1)
    mono = np.pad(mono, (0, max(0, hop - len(mono))))
    frames = mono[: len(mono) // hop * hop].reshape(-1, hop)
    levels = np.sqrt(np.mean(frames**2, axis=1))
    return np.maximum(0, np.diff(levels, prepend=levels[:1])), hop / rate_hz


def _sections(facts: AudioFacts, bars_s: tuple[float, ...], bar_s: float) -> tuple[PlannedSection, ...]:
    """Blocks of eight bars; the louder half of them are choruses. A short rest belongs to the block before."""
    blocks = bars_s[::BARS_A_SECTION]
    starts = tuple(start for start in blocks if facts.duration_s - start >= FEWEST_BARS * bar_s)
    starts = starts or blocks[:1] or (0.0,)
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


def _level(facts: AudioFacts, start_s: float, end_s: float) -> float:
    first, last = int(start_s / facts.energy_hop_s), int(end_s / facts.energy_hop_s)
    block = facts.energy_curve_lufs[first : max(first + 1, last)] or facts.energy_curve_lufs[-1:]
    return max(-60.0, sum(block) / len(block)) if block else -60.0
