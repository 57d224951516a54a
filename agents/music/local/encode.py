"""Writing recordings: WAV 16-bit with dither, FLAC 24-bit, MP3 at the highest rate; whole files or none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storage.clock import sub_seed
from storage.errors import RenderError

Stereo = NDArray[np.float32]
Quantise = Callable[[Stereo], NDArray[np.float32 | np.int16 | np.int32]]
CHUNK = 1 << 18


def write_wav(audio: Stereo, path: Path, sample_rate_hz: int, seed: int) -> None:
    """16-bit PCM with triangular dither of two quantisation steps, seeded."""
    rng = np.random.default_rng(sub_seed(seed, "dither"))

    def quantise(frames: NDArray[np.float32]) -> NDArray[np.int16]:
        dither = rng.random(frames.shape, np.float32) - rng.random(frames.shape, np.float32)
        # Digital silence stays silent: dither masks rounding, and there is none to mask.
        dither[np.all(frames == 0, axis=1)] = 0
        return np.clip(np.rint(frames * np.float32(32767) + dither), -32768, 32767).astype(np.int16)

    _write(audio, path, sample_rate_hz, "WAV", "PCM_16", quantise)


def write_flac(audio: Stereo, path: Path, sample_rate_hz: int) -> None:
    """24-bit lossless."""

    def quantise(frames: NDArray[np.float32]) -> NDArray[np.int32]:
        full_scale = 2**23 - 1
        return (
            np.clip(np.rint(frames * np.float64(full_scale)), -full_scale, full_scale).astype(np.int32) << 8
        )

    _write(audio, path, sample_rate_hz, "FLAC", "PCM_24", quantise)


def write_mp3(audio: Stereo, path: Path, sample_rate_hz: int) -> None:
    """Constant rate, the highest the format has: 320 kb/s from 32 kHz on, less at lower sample rates."""
    _write(audio, path, sample_rate_hz, "MP3", "MPEG_LAYER_III", lambda frames: frames, constant_rate=True)


def _write(
    audio: Stereo,
    path: Path,
    sample_rate_hz: int,
    container: str,
    subtype: str,
    quantise: Quantise,
    *,
    constant_rate: bool = False,
) -> None:
    import soundfile

    part = path.with_name(path.name + ".part")
    options = {"compression_level": 0.0, "bitrate_mode": "CONSTANT"} if constant_rate else {}
    try:
        with soundfile.SoundFile(
            part, "w", sample_rate_hz, audio.shape[0], format=container, subtype=subtype, **options
        ) as sink:
            for start in range(0, audio.shape[1], CHUNK):
                sink.write(quantise(audio[:, start : start + CHUNK].T))
        part.replace(path)
    except soundfile.LibsndfileError as error:
        raise RenderError(f"could not write {path.name}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
