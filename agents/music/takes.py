"""Takes: audio that somebody else made, brought to our loudness and given a plan that it did not come with.

The plan is measured, so it is only as sure as the analysis: tempo in the octave nearest to the brief, beats
from the phase that meets most onsets, sections from blocks of eight bars named by their energy.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from agents.music.analysis import AudioFacts, analyse
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake
from storage.errors import ProviderError, UsageError
from storage.types import Lyrics, PlannedLine, PlannedSection, SongPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHORTEST_S, LONGEST_S = 10.0, 900.0
SLOWEST_RATE_HZ, FASTEST_RATE_HZ = 8_000, 192_000
MOST_FRAMES = int(LONGEST_S * 48_000)
"""Everything is measured in memory, at some twenty bytes a frame."""
SILENT_LUFS = -50.0
SILENT_SHARE = 0.5
WHOLE = 0.85
"""How much of the length that the provider states must be there."""
BARS_A_SECTION, FEWEST_BARS = 8, 4
ENVELOPE_HOP_S = 0.01
TEMPO_SLACK, TEMPO_TRIES = 0.003, 61
"""How far, as a share, the measured tempo may be off; the grid is fitted within that, or it would drift."""


def plan_take(take: FetchedTake, order: MusicOrder, *, sings: bool = True) -> SongPlan:
    """The measured plan of a take.

    Raises ProviderError for what is no song: unreadable, silent, too short, too long or cut off.
    """
    brief, lyrics = order.brief, order.lyrics
    facts = require_song(take)
    roughly_bpm = octave_nearest(facts.tempo_bpm, brief.tempo_bpm) or brief.tempo_bpm
    beats_s, first_bar = _lay_grid(take.path, roughly_bpm, facts.duration_s)
    bars_s = beats_s[first_bar::4]
    tempo_bpm = 60 * (len(beats_s) - 1) / (beats_s[-1] - beats_s[0])
    sections = _sections(facts, bars_s, 240 / tempo_bpm)
    return SongPlan(
        title=brief.title,
        artist_name=brief.artist_name,
        genre=brief.genre,
        tempo_bpm=round(tempo_bpm, 1),
        key=facts.key or brief.key,
        mode=facts.mode or brief.mode,
        duration_s=facts.duration_s,
        sections=sections,
        beats_s=beats_s,
        bars_s=bars_s,
        chords=(),
        lyric_lines=_lines(lyrics, sections),
        kicks_s=beats_s,
        has_vocals=sings and not order.is_instrumental,
        source="measured",
    )


def require_song(take: FetchedTake) -> AudioFacts:
    """What is measured on a take. Raises ProviderError as `plan_take` does."""
    import soundfile

    # The header alone at first: a file of hours would fill the memory before it could be refused.
    try:
        header = soundfile.info(take.path)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ProviderError(f"What came back is no audio: {error}") from error
    duration_s = header.duration
    if header.channels > 2 or not SLOWEST_RATE_HZ <= header.samplerate <= FASTEST_RATE_HZ:
        raise ProviderError(
            f"What came back has {header.channels} channels at {header.samplerate} Hz; give stereo or mono at "
            f"{SLOWEST_RATE_HZ // 1000} to {FASTEST_RATE_HZ // 1000} kHz"
        )
    if header.frames > MOST_FRAMES:
        raise ProviderError(f"What came back has {header.frames} samples; give it at 44.1 or 48 kHz")
    if not SHORTEST_S <= duration_s <= LONGEST_S:
        raise ProviderError(
            f"What came back lasts {duration_s:.1f} s; a song has {SHORTEST_S:.0f} to {LONGEST_S:.0f}"
        )
    if take.expected_s and duration_s < WHOLE * take.expected_s:
        raise ProviderError(
            f"What came back is cut off: {duration_s:.1f} s of the {take.expected_s:.1f} s that were promised"
        )
    try:
        facts = analyse(take.path)
    except UsageError as error:
        raise ProviderError(f"What came back is no audio: {error}") from error
    if facts.loudness_lufs < SILENT_LUFS:
        raise ProviderError(f"What came back is silent ({facts.loudness_lufs:.0f} LUFS)")
    if facts.silent_share > SILENT_SHARE:
        raise ProviderError(f"{100 * facts.silent_share:.0f} % of what came back is silence")
    return facts


def read_take(path: Path, sample_rate_hz: int) -> "NDArray[np.float32]":
    """A take as float32 (2, samples) at `sample_rate_hz`. Raises ProviderError for what is no audio."""
    import numpy as np
    import soundfile
    from scipy.signal import resample_poly

    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ProviderError(f"What came back is no audio: {error}") from error
    stereo = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]
    if rate_hz != sample_rate_hz:
        stereo = resample_poly(stereo, sample_rate_hz, rate_hz, axis=0)
    return np.ascontiguousarray(stereo.T, dtype=np.float32)


def octave_nearest(measured_bpm: float, planned_bpm: float) -> float:
    """A pulse is as true at half and double speed: the one nearest to the plan, in BPM."""
    return min((measured_bpm * factor for factor in (0.5, 1, 2)), key=lambda bpm: abs(bpm - planned_bpm))


def _lay_grid(path: Path, roughly_bpm: float, duration_s: float) -> tuple[tuple[float, ...], int]:
    """The beats that meet most rises of energy, and which of the first four opens a bar."""
    import numpy as np

    rises, hop_s = _rises(path)
    best_strength, best = -1.0, np.zeros(1)
    for beat_s in 60 / roughly_bpm * np.linspace(1 - TEMPO_SLACK, 1 + TEMPO_SLACK, TEMPO_TRIES):
        beats = np.arange(int(len(rises) * hop_s / beat_s) - 1) * beat_s
        for phase_s in np.arange(0, beat_s, hop_s):
            strength = float(rises[((phase_s + beats) / hop_s).astype(int)].mean())
            if strength > best_strength:
                best_strength, best = strength, np.arange(phase_s, duration_s, beat_s)
    at_beats = rises[np.minimum((best / hop_s).astype(int), len(rises) - 1)]
    first_bar = int(np.argmax([at_beats[offset::4].mean() for offset in range(4)]))
    return tuple(round(float(beat), 4) for beat in best), first_bar


def _rises(path: Path) -> "tuple[NDArray[np.float32], float]":
    """By how much the level rises at each hop, and the hop, which is a whole number of samples."""
    import numpy as np
    import soundfile

    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    hop = max(1, round(ENVELOPE_HOP_S * rate_hz))
    mono = samples.mean(axis=1)
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
    return max(-60.0, sum(block) / len(block))


def _lines(lyrics: Lyrics, sections: tuple[PlannedSection, ...]) -> tuple[PlannedLine, ...]:
    """Lyric lines spread evenly: the take does not tell when they are sung."""
    lines = [(line, part.section) for part in lyrics.sections for line in part.lines]
    if not lines or not sections:
        return ()
    start_s, end_s = sections[0].start_s, sections[-1].end_s
    each_s = (end_s - start_s) / len(lines)
    return tuple(
        PlannedLine(
            text=text, section=section, start_s=start_s + index * each_s, end_s=start_s + (index + 1) * each_s
        )
        for index, (text, section) in enumerate(lines)
    )
