"""What can be measured on a recording, whoever made it: the facts the critic judges by."""

from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import UsageError
from storage.types import Frozen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BANDS_HZ: dict[str, tuple[float, float]] = {
    "sub": (20, 60),
    "bass": (60, 250),
    "low_mid": (250, 800),
    "mid": (800, 2500),
    "presence": (2500, 6000),
    "air": (6000, 20_000),
}
BALANCE_DB: dict[str, tuple[float, float]] = {
    "sub": (-11.0, -4.0),
    "bass": (-8.5, -3.0),
    "low_mid": (-9.0, -3.0),
    "mid": (-13.0, -6.5),
    "presence": (-17.0, -8.5),
    "air": (-28.0, -14.0),
}
"""The share of each band in mixes that sound balanced."""
CURVE_HOP_S = 0.5
SILENT_BLOCK_S = 0.05
SILENT_RMS = 10 ** (-60 / 20)
CLIP_LEVEL = 0.9995
LARGEST_SAMPLE = 100.0
"""40 dB over full scale: floating-point recordings may go beyond it, but none so far."""


class AudioFacts(Frozen):
    """Measured facts of one recording."""

    duration_s: float
    sample_rate_hz: int
    loudness_lufs: float
    true_peak_dbtp: float
    tempo_bpm: float
    """0 when no pulse was found."""
    tempo_confidence: float
    tempo_candidates_bpm: tuple[float, ...]
    beats_s: tuple[float, ...] = ()
    """Times of the beats at `tempo_bpm`."""
    sections_s: tuple[float, ...] = (0.0,)
    """Where sections begin, by novelty; the first at 0."""
    key: str
    mode: str
    key_confidence: float
    key_candidates: tuple[str, ...]
    pitch_classes: tuple[float, ...]
    energy_curve_lufs: tuple[float, ...]
    """Loudness of 400 ms every `energy_hop_s`."""
    energy_hop_s: float = CURVE_HOP_S
    balance_db: dict[str, float]
    centroid_hz: float
    side_mid: float
    """Side energy over mid energy; 0 is mono."""
    correlation: float
    """Of left and right, −1 to 1."""
    longest_silence_s: float
    """Within the song: before the first and after the last sound it does not count."""
    silent_share: float
    tail_dbfs: float
    """Level of the last 50 ms."""
    clipped_samples: int
    dc_offset: float
    timbre: tuple[float, ...]


def analyse(path: Path) -> AudioFacts:
    """Measure an audio file of any format libsndfile reads.

    Raises:
        UsageError: the file is missing, is not audio, is empty, or holds what is no number or far from any sound.
    """
    import numpy as np
    import soundfile

    try:
        samples, sample_rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise UsageError(f"{path.name} cannot be read as audio: {error}") from error
    if not len(samples):
        raise UsageError(f"{path.name} holds no sound: give a recording")
    # Of what is no number, neither the largest nor the smallest is one.
    largest = max(float(samples.max()), -float(samples.min()))
    if not largest <= LARGEST_SAMPLE:
        raise UsageError(f"{path.name} holds samples that are no sound ({largest:g}): export it anew")
    # One channel becomes two; of more than two the first two are measured.
    stereo = np.array(
        (samples if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1))[:, :2].T, np.float32, order="C"
    )
    del samples
    return analyse_samples(stereo, sample_rate_hz)


def analyse_samples(stereo: "NDArray[np.float32]", sample_rate_hz: int) -> AudioFacts:
    """Measure float32 (2, samples) in [−1, 1]."""
    import numpy as np

    from agents.music.listening.structure import find_boundaries
    from agents.music.listening.tempo import measure_tempo
    from agents.music.listening.tonality import measure_tonality
    from agents.music.listening.tone import measure_tone
    from agents.music.loudness import (
        HOP_S,
        gated_loudness,
        hop_energies,
        in_lufs,
        true_peak_dbtp,
        window_energies,
    )

    mono = (stereo[0] + stereo[1]) * np.float32(0.5)
    hops = hop_energies(stereo, sample_rate_hz)
    tempo = measure_tempo(mono, sample_rate_hz)
    tonality = measure_tonality(mono, sample_rate_hz)
    tone = measure_tone(mono, sample_rate_hz)
    side_mid, correlation = _stereo_image(stereo)
    longest_silence_s, silent_share, tail_dbfs = _silences(stereo, sample_rate_hz)
    curve = in_lufs(window_energies(hops))[:: round(CURVE_HOP_S / HOP_S)]
    return AudioFacts(
        duration_s=stereo.shape[1] / sample_rate_hz,
        sample_rate_hz=sample_rate_hz,
        loudness_lufs=round(gated_loudness(hops), 3),
        true_peak_dbtp=round(true_peak_dbtp(stereo), 3),
        tempo_bpm=tempo.bpm,
        tempo_confidence=tempo.confidence,
        tempo_candidates_bpm=tempo.candidates_bpm,
        beats_s=tempo.beats_s,
        sections_s=find_boundaries(mono, sample_rate_hz),
        key=tonality.key,
        mode=tonality.mode,
        key_confidence=tonality.confidence,
        key_candidates=tonality.candidates,
        pitch_classes=tonality.pitch_classes,
        energy_curve_lufs=tuple(round(float(level), 2) for level in curve),
        balance_db=tone.balance_db,
        centroid_hz=tone.centroid_hz,
        side_mid=side_mid,
        correlation=correlation,
        longest_silence_s=longest_silence_s,
        silent_share=silent_share,
        tail_dbfs=tail_dbfs,
        clipped_samples=int(np.count_nonzero(stereo >= CLIP_LEVEL) + np.count_nonzero(stereo <= -CLIP_LEVEL)),
        dc_offset=float(np.abs(stereo.mean(axis=1, dtype=np.float64)).max()),
        timbre=tone.timbre,
    )


def _stereo_image(stereo: "NDArray[np.float32]") -> tuple[float, float]:
    """Side over mid energy and the correlation of the channels."""
    import numpy as np

    left = float(np.einsum("i,i->", stereo[0], stereo[0], dtype=np.float64))
    right = float(np.einsum("i,i->", stereo[1], stereo[1], dtype=np.float64))
    both = float(np.einsum("i,i->", stereo[0], stereo[1], dtype=np.float64))
    mid, side = left + right + 2 * both, left + right - 2 * both
    side_mid = side / mid if mid > 1e-9 else 0.0
    correlation = both / (left * right) ** 0.5 if left * right > 1e-18 else 0.0
    return round(min(side_mid, 1000.0), 4), round(correlation, 4)


def _silences(stereo: "NDArray[np.float32]", sample_rate_hz: int) -> tuple[float, float, float]:
    """The longest silence inside the song, the silent share of the whole, and the level of its end in dBFS."""
    import numpy as np

    block = max(1, int(SILENT_BLOCK_S * sample_rate_hz))
    count = max(1, stereo.shape[1] // block)
    shaped = stereo[:, : count * block].reshape(2, count, -1)
    rms = np.sqrt(np.einsum("cbs,cbs->b", shaped, shaped, dtype=np.float64) / (2 * shaped.shape[2]))
    silent = rms < SILENT_RMS
    sounding = np.flatnonzero(~silent)
    last = stereo[:, -block:].astype(np.float64)
    tail_dbfs = round(20 * float(np.log10(max(np.sqrt(np.mean(last * last)), 1e-6))), 1)
    if not len(sounding):
        return round(count * SILENT_BLOCK_S, 2), 1.0, tail_dbfs
    longest = int(np.diff(sounding).max(initial=1)) - 1
    return round(longest * SILENT_BLOCK_S, 2), round(float(silent.mean()), 4), tail_dbfs
