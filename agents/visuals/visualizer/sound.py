"""The audio, listened to once per frame: bands, loudness and the waveform itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from storage.errors import UsageError

Floats = NDArray[np.float32]
BAND_COUNT = 24
WINDOW = 2048
SILENT_PEAK = 10 ** (-70 / 20)
_ANALYSIS_HZ = 26_000
"""Files above this rate are halved: nothing here needs the top octave."""


@dataclass(frozen=True)
class Sound:
    """What was heard, one row per video frame.

    bands: float32 (frames, 24) from 40 Hz to 10 kHz, 0 to about 1.2, each relative to its own loud moments.
    loudness: float32 (frames,), 0–1 relative to the span's loudest. wave: float32 (samples,) in [-1, 1].
    """

    bands: Floats
    loudness: Floats
    wave: Floats
    sample_rate_hz: int
    fps: int

    @cached_property
    def parts(self) -> Floats:
        """The means of the bands below 160 Hz, up to 1.6 kHz, and above: float32 (frames, 3)."""
        return np.stack([bands.mean(axis=1) for bands in np.split(self.bands, [6, 16], axis=1)], axis=1)

    @property
    def is_silent(self) -> bool:
        """Whether nothing in it can be heard."""
        return float(np.abs(self.wave).max(initial=0.0)) < SILENT_PEAK

    def waveform(self, frame: int, samples: int) -> Floats:
        """`samples` values of the waveform from where the frame begins, zeros past the end."""
        start = frame * self.sample_rate_hz // self.fps
        piece = self.wave[start : start + samples]
        return piece if len(piece) == samples else np.pad(piece, (0, samples - len(piece)))


def audio_length_s(audio: Path) -> float:
    """Length of an audio file; raises UsageError if it is none."""
    try:
        facts = soundfile.info(str(audio))
    except (soundfile.LibsndfileError, OSError) as error:
        raise UsageError(f"{audio.name} cannot be read as audio: give a WAV, FLAC or MP3 file") from error
    return facts.frames / facts.samplerate


def listen(audio: Path, start_s: float, frames: int, fps: int) -> Sound:
    """Analyses `frames` video frames of the file from `start_s` on."""
    wave, rate = _read_mono(audio, start_s, frames / fps)
    centres = np.arange(frames) * rate // fps
    bands = _bands(np.pad(wave, (WINDOW // 2, WINDOW)), centres, rate)
    bands = np.log1p(bands * np.linspace(1, 4, BAND_COUNT, dtype=np.float32))
    bands = np.clip(bands / (np.percentile(bands, 98, axis=0) + 1e-6), 0, 1.2)
    fall = np.float32(0.84 ** (30 / fps))
    for row in range(1, frames):
        np.maximum(bands[row], bands[row - 1] * fall, out=bands[row])
    return Sound(bands.astype(np.float32), _loudness(wave, centres, rate), wave, rate, fps)


def _read_mono(audio: Path, start_s: float, length_s: float) -> tuple[Floats, int]:
    """The span as one channel, read in blocks so that long songs stay small in memory."""
    with soundfile.SoundFile(str(audio)) as file:
        rate = file.samplerate
        step = 2 if rate > _ANALYSIS_HZ else 1
        file.seek(min(int(start_s * rate), file.frames))
        left = min(int(length_s * rate), file.frames - file.tell())
        pieces: list[Floats] = []
        while left > 0:
            block = file.read(min(left, 1 << 18), dtype="float32", always_2d=True)
            if not len(block):
                break
            left -= len(block)
            mono = _mean(list(block.T))
            whole = len(mono) // step * step
            pieces.append(_mean([mono[first:whole:step] for first in range(step)]))
    wave = np.concatenate(pieces) if pieces else np.zeros(1, dtype=np.float32)
    return wave, rate // step


def _mean(rows: Sequence[Floats]) -> Floats:
    """Their mean, row upon row: across so few, NumPy's own takes ten times as long."""
    return np.add.reduce(rows) / np.float32(len(rows))


def _bands(padded: Floats, centres: NDArray[np.int64], rate: int) -> Floats:
    window = np.hanning(WINDOW).astype(np.float32)
    edges_hz = np.geomspace(40, min(10_000, rate * 0.45), BAND_COUNT + 1)
    bins = np.clip(np.rint(edges_hz * WINDOW / rate).astype(int), 1, WINDOW // 2)
    starts = np.maximum.accumulate(np.maximum(bins[:-1], 1 + np.arange(BAND_COUNT)))
    every = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)
    rows = []
    for first in range(0, len(centres), 256):
        chosen = np.minimum(centres[first : first + 256], len(every) - 1)
        # Scaled here and back: without a scale NumPy (2.4) leaves single precision, at six times the cost.
        spectra = np.abs(np.fft.rfft(every[chosen] * window, axis=1, norm="forward")) * np.float32(WINDOW)
        sums = np.add.reduceat(spectra[:, : bins[-1] + BAND_COUNT], starts, axis=1)
        rows.append(sums / np.diff(starts, append=bins[-1] + BAND_COUNT).clip(1))
    return np.concatenate(rows)


def _loudness(wave: Floats, centres: NDArray[np.int64], rate: int) -> Floats:
    """RMS over 0.4 s around each frame, relative to the loudest."""
    energy = np.concatenate([[0.0], np.cumsum(wave.astype(np.float64) ** 2)])
    half = max(1, rate // 5)
    low, high = np.clip(centres - half, 0, len(wave)), np.clip(centres + half, 0, len(wave))
    rms = np.sqrt((energy[high] - energy[low]) / (2 * half))
    return (rms / max(float(rms.max()), 1e-9)).astype(np.float32)
