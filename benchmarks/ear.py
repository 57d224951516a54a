"""A second pair of ears: measures of a recording that share no code with the engine or its critic."""

from dataclasses import dataclass

import numpy as np
from scipy import fft, signal

MEL_BANDS, CEPSTRA = 40, 20
FRAME, HOP = 2048, 512
LOUD_SHARE = 0.7
"""Of the frames, the louder ones tell a genre: intros and tails of all genres are alike."""
FLOOR = 1e-7
"""Band energy below which nothing is heard under the rest."""
LONG_FRAME_S = 0.75
"""Of a chroma frame: long enough to part semitones at 80 Hz."""


@dataclass(frozen=True)
class Heard:
    """What the second ears measured."""

    mfcc: np.ndarray
    """float64 (3 × CEPSTRA,): means of mel cepstra, their mean change from frame to frame, and in a fifth of a second."""
    chroma: np.ndarray
    """float64 (12,): share of each pitch class from C on."""


def hear(stereo: np.ndarray, sample_rate_hz: int) -> Heard:
    """Measure float32 (2, samples)."""
    mono = stereo.mean(axis=0)
    return Heard(_mfcc(mono, sample_rate_hz), _chroma(mono, sample_rate_hz))


def _mfcc(mono: np.ndarray, rate_hz: int) -> np.ndarray:
    """After S. Davis and P. Mermelstein, 1980: triangular mel filters, logarithm, cosine transform."""
    _, _, spectrum = signal.stft(mono, rate_hz, nperseg=FRAME, noverlap=FRAME - HOP, boundary=None)
    mel = np.linspace(0, 2595 * np.log10(1 + rate_hz / 2 / 700), MEL_BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hz = np.arange(FRAME // 2 + 1) * rate_hz / FRAME
    rising = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    bands = np.maximum(0, np.minimum(rising, falling)) @ np.abs(spectrum) ** 2
    level = bands.sum(axis=0)
    loud = level >= np.quantile(level, 1 - LOUD_SHARE)
    cepstra = np.asarray(fft.dct(np.log(bands[:, loud] + FLOOR), axis=0, norm="ortho"))[:CEPSTRA]
    cepstra[0] -= cepstra[0].mean()
    slow = signal.decimate(cepstra, 8, axis=1, ftype="fir")
    return np.concatenate(
        [
            cepstra.mean(axis=1),
            np.abs(np.diff(cepstra, axis=1)).mean(axis=1),
            np.abs(np.diff(slow, axis=1)).mean(axis=1),
        ]
    )


def _chroma(mono: np.ndarray, rate_hz: int) -> np.ndarray:
    """Bells a third of a semitone wide over the magnitudes of C2 to B6, frames weighted alike."""
    size = 2 ** int(np.log2(LONG_FRAME_S * rate_hz))
    _, _, spectrum = signal.stft(
        mono, rate_hz, window="blackmanharris", nperseg=size, noverlap=size // 2, boundary=None
    )
    # Steady partials, not the smear of drums: what lies over the median of its surroundings.
    magnitudes = np.abs(spectrum)
    floor = signal.medfilt2d(magnitudes.astype(np.float32), (25, 1))
    magnitudes = np.maximum(magnitudes - floor, 0)
    hz = np.arange(1, magnitudes.shape[0]) * rate_hz / size
    semitones = 12 * np.log2(hz / 440) + 69
    chroma = np.zeros((12, magnitudes.shape[1]))
    for pitch in range(36, 96):
        bell = np.exp(-0.5 * ((semitones - pitch) / 0.25) ** 2)
        chroma[pitch % 12] += bell @ magnitudes[1:]
    chroma = chroma[:, chroma.sum(axis=0) > chroma.sum(axis=0).max() * 1e-3]
    chroma = np.sqrt(chroma)
    return (chroma / chroma.sum(axis=0)).mean(axis=1)


def home_chroma(chroma: np.ndarray) -> np.ndarray:
    """Chroma turned so that the strongest pitch class is first: keys no longer tell songs apart."""
    return np.roll(chroma, -int(np.argmax(chroma)))


def pitch_classes_in(chroma: np.ndarray, tonic: int, scale: tuple[int, ...]) -> int:
    """How many of the seven strongest pitch classes are of the key."""
    strongest = np.argsort(chroma)[-7:]
    return len({(tonic + step) % 12 for step in scale} & {int(pitch) for pitch in strongest})


def onset_slope(
    stereo: np.ndarray, sample_rate_hz: int, beats_s: tuple[float, ...]
) -> tuple[float, float, int]:
    """The slope of heard onsets over planned beats, their residual spread in ms, and how many beats were heard."""
    mono = stereo.mean(axis=0)
    hop = max(1, sample_rate_hz // 400)
    _, _, spectrum = signal.stft(mono, sample_rate_hz, nperseg=8 * hop, noverlap=7 * hop, boundary=None)
    level = np.log1p(1000 * np.abs(spectrum))
    flux = np.maximum(np.diff(level, axis=1), 0).sum(axis=0)
    peaks, _ = signal.find_peaks(flux, height=np.percentile(flux, 90), distance=20)
    onsets_s = (peaks + 1 + 4) * hop / sample_rate_hz
    pairs = [
        (beat_s, float(onsets_s[i]))
        for beat_s in beats_s
        for i in [int(np.argmin(np.abs(onsets_s - beat_s)))]
        if len(onsets_s) and abs(onsets_s[i] - beat_s) < 0.05
    ]
    if len(pairs) < 8:
        return 0.0, 0.0, len(pairs)
    planned, heard = np.array(pairs).T
    slope, start = np.polyfit(planned, heard, 1)
    return float(slope), float(1000 * np.std(heard - slope * planned - start)), len(pairs)


def true_peak_db(stereo: np.ndarray) -> float:
    """The largest magnitude at eight times the rate, in dBTP, through a polyphase filter of SciPy's own design."""
    fine = [np.abs(signal.resample_poly(channel.astype(np.float64), 8, 1)).max() for channel in stereo]
    return float(20 * np.log10(max(1e-6, *fine)))


def nearest_centroid(train: np.ndarray, train_labels: list[str], test: np.ndarray) -> list[str]:
    """A label for each row of `test`: that of the nearest class mean, each feature at unit spread within classes."""
    labels = sorted(set(train_labels))
    owner = np.array([labels.index(label) for label in train_labels])
    centroids = np.stack([train[owner == i].mean(axis=0) for i in range(len(labels))])
    spread = np.sqrt(np.mean((train - centroids[owner]) ** 2, axis=0)) + 1e-9
    distance = (((test[:, None] - centroids[None]) / spread) ** 2).sum(axis=2)
    return [labels[int(i)] for i in distance.argmin(axis=1)]
