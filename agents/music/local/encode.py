"""Writing recordings: WAV 16-bit with dither, FLAC 24-bit, MP3 at the highest rate; whole files or none."""

import errno
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from agents.ffmpeg import Feed
from storage.clock import sub_seed
from storage.errors import DiskFullError, RenderError

Stereo = NDArray[np.float32]
Quantise = Callable[[Stereo], NDArray[np.int16 | np.int32]]
CHUNK = 1 << 18
MP3_RATES = ((32_000, 320_000, 1.0), (16_000, 160_000, 0.95), (0, 64_000, 0.95))
"""From which sample rate in Hz, the highest bit rate there in bit/s, and by what LAME multiplies sound of that bit rate."""
LAME_QUALITY = "7"


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
    """24-bit lossless: as fine as single precision is near full scale."""

    def quantise(frames: NDArray[np.float32]) -> NDArray[np.int32]:
        full_scale = np.float32(2**23 - 1)
        return np.clip(np.rint(frames * full_scale), -full_scale, full_scale).astype(np.int32) << 8

    _write(audio, path, sample_rate_hz, "FLAC", "PCM_24", quantise)


def write_mp3(
    audio: Stereo, path: Path, sample_rate_hz: int, tags: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Constant rate, the highest the format has: 320 kb/s from 32 kHz on, 160 from 16 kHz, 64 below.

    By LAME at a quick setting: at these rates it was measured 2 dB nearer to the master than the default, which takes
    twice as long. What it takes of the level is given beforehand, for ffmpeg has no word against it. It is the LAME
    inside the ffmpeg program that films are made with: PyAV's takes three times as long for the same bits.
    """
    part = path.with_name(path.name + ".part")
    bit_rate, kept = next(each for above_hz, *each in MP3_RATES if sample_rate_hz >= above_hz)
    words = [
        *("-nostdin", "-y", "-loglevel", "error"),
        *("-f", "f32le", "-ar", str(sample_rate_hz), "-ac", str(audio.shape[0]), "-i", "pipe:0"),
        *("-c:a", "libmp3lame", "-compression_level", LAME_QUALITY, "-b:a", str(bit_rate)),
        *(word for name, value in tags.items() for word in ("-metadata", f"{name}={value}")),
        *("-id3v2_version", "3", "-f", "mp3", str(part.resolve())),
    ]
    try:
        with Feed(words, "MP3") as encoder:
            for start in range(0, audio.shape[1], CHUNK):
                piece = (audio[:, start : start + CHUNK] / kept).T.astype("<f4", order="C")
                encoder.write(memoryview(piece.tobytes()))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write(
    audio: Stereo,
    path: Path,
    sample_rate_hz: int,
    container: str,
    subtype: str,
    quantise: Quantise,
) -> None:
    import soundfile

    part = path.with_name(path.name + ".part")
    try:
        with soundfile.SoundFile(
            part, "w", sample_rate_hz, audio.shape[0], format=container, subtype=subtype
        ) as sink:
            for start in range(0, audio.shape[1], CHUNK):
                sink.write(quantise(audio[:, start : start + CHUNK].T))
        part.replace(path)
    except soundfile.LibsndfileError as error:
        if _is_full(part):
            raise DiskFullError(f"the disk of {path.name} is full: free some space") from error
        raise RenderError(f"could not write {path.name}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _is_full(part: Path) -> bool:
    """Whether nothing more can be added to a file: libsndfile only says "System error", the disk itself says why."""
    try:
        with part.open("ab") as file:
            file.write(bytes(1 << 20))
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return False
