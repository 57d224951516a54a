"""The fingerprint of a recording, by which a plan knows its own song (after Haitsma and Kalker, ISMIR 2002).

A bit for each second and pair of neighbouring bands says whether the upper one gains on the lower one. Loudness and
equalisation cancel out; lossy formats turn only bits of changes too small to hear, and those weigh least.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HOPS_A_SECOND = 20
BANDS = 17
LOWEST_HZ, HIGHEST_HZ = 100, 3_400
"""What every sample rate in use has, and what every lossy format keeps."""
SHIFTS = range(-10, 11)
"""By how many hops a recording may have been padded or trimmed: half a second, as much as its length may differ."""
FEWEST_SECONDS = 6
"""Of less, chance has a say."""


def fingerprint(audio: Path) -> str:
    """The bits of each second in hexadecimal, four digits a second. Raises UsageError for what is no audio."""
    import numpy as np

    return np.packbits(_changes(_levels(audio), 0) > 0).tobytes().hex()


def strangeness(mark: str, audio: Path) -> float:
    """How much of what changes in a recording contradicts a fingerprint, 0–1: near 0 for its own, near 0.5 for another's.

    0 where there is too little to compare. Raises UsageError for what is no audio.
    """
    import numpy as np

    try:
        told = np.unpackbits(np.frombuffer(bytes.fromhex(mark), np.uint8)).reshape(-1, BANDS - 1)
    except ValueError as error:
        raise UsageError("the plan's fingerprint is none: give the recording's own plan") from error
    levels = _levels(audio)
    return min(_contradicted(told, _changes(levels, shift)) for shift in SHIFTS)


def _contradicted(told: "NDArray[np.uint8]", changes: "NDArray[np.float32]") -> float:
    seconds = min(len(told), len(changes))
    weights = abs(changes[:seconds])
    total = float(weights.sum())
    if seconds < FEWEST_SECONDS or not total:
        return 0.0
    return float(weights[(changes[:seconds] > 0) != told[:seconds]].sum()) / total


def _changes(levels: "NDArray[np.float32]", shift: int) -> "NDArray[np.float32]":
    """By how much, in natural logarithms, each band gains on the one below from second to second: (seconds, bands − 1)."""
    import numpy as np

    levels = levels[shift:] if shift >= 0 else np.pad(levels, ((-shift, 0), (0, 0)))
    seconds = len(levels) // HOPS_A_SECOND
    powers = levels[: seconds * HOPS_A_SECOND].reshape(seconds, HOPS_A_SECOND, BANDS).mean(axis=1)
    # Sixty decibels below the loudest, nobody hears what changes.
    heard = np.log(powers + 1e-6 * max(float(powers.max(initial=0.0)), 1e-12))
    return np.diff(np.diff(heard, axis=1), axis=0)


def _levels(audio: Path) -> "NDArray[np.float32]":
    """The power of each band in each hop; read in blocks, so that long songs stay small in memory."""
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(str(audio)) as file:
            hop = max(1, round(file.samplerate / HOPS_A_SECOND))
            edges_hz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1)
            edges = np.minimum(np.rint(edges_hz * hop / file.samplerate).astype(int), hop // 2)
            window = np.hanning(hop).astype(np.float32)
            rows = [
                np.add.reduceat(np.abs(np.fft.rfft(block.mean(axis=1) * window)) ** 2, edges)[:BANDS]
                for block in file.blocks(hop, dtype="float32", always_2d=True, fill_value=0.0)
            ]
    except (soundfile.LibsndfileError, OSError) as error:
        raise UsageError(f"{audio.name} cannot be read as audio: give a WAV, FLAC or MP3 file") from error
    return np.array(rows, np.float32).reshape(-1, BANDS)
