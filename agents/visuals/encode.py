"""Raw pictures in, MP4 out: one ffmpeg process per film, and nothing left behind when it fails."""

import contextlib
import fcntl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import imageio_ffmpeg

from storage.errors import DiskFullError, LabelError, RenderError

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow")
ARGUMENTS = """
-nostdin -y -loglevel error
-f rawvideo -pix_fmt yuv420p -s {width}x{height} -r {fps}
-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 -i pipe:0
-ss {start_s:.6f} -i {audio}
-map 0:v:0 -map 1:a:0 -t {duration_s:.6f} -threads 1
-c:v libx264 -preset {preset} -crf {crf} -aq-mode 3 -aq-strength 0.8 -maxrate {rate_kbps}k -bufsize {buffer_kbps}k
-x264-params mbtree=1:rc-lookahead=12:vbv-init=0.1 -g {key_frames} -pix_fmt yuv420p
-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709
-c:a aac -b:a 192k -ar 48000 -ac 2
-map_metadata -1 -fflags +bitexact -movflags +faststart -f mp4 {target}
"""
"""ffmpeg's words. The fastest presets switch the macroblock tree
off, and with it on `superfast` makes files as small as `veryfast` does, in half the time. The buffer begins all but
empty, for films open from black, and with two seconds' worth to spend at once a short one would pass its ceiling. One thread, because with
more and a ceiling of the rate no two films are alike; the other core is busy drawing."""


@dataclass(frozen=True)
class Quality:
    """How well x264 keeps pictures: its constant rate factor, and the ceiling of the rate at 1280×720 and 30 a second."""

    crf: int
    rate_720p30_kbps: int


DRAWN = Quality(21, 1360)
"""With the sound, at most 12 MB a minute, which lively passages reach."""
FILMED = Quality(24, 2600)
"""Of what a camera saw: grain and leaves need more."""
PIPE_BYTES = 1 << 20
"""Most that a pipe may hold without privileges: fewer turns between us and the encoder."""


@dataclass(frozen=True)
class Reel:
    """The shape of a film: size in pixels, frames a second, and the span of the audio it shows."""

    width: int
    height: int
    fps: int
    frames: int
    start_s: float

    @property
    def duration_s(self) -> float:
        return self.frames / self.fps


class Encoder:
    """A context that takes yuv420p frames and writes `target`; leaving it by an error kills ffmpeg."""

    def __init__(self, reel: Reel, audio: Path, target: Path, preset: str, quality: Quality = DRAWN) -> None:
        self._command = _command(reel, audio, target, preset, quality)
        self._target = target

    def __enter__(self) -> Self:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program and our own arguments, no shell
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, bufsize=0
        )
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # a user who holds too many pipes keeps a small one
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        return self

    def write(self, frame: memoryview) -> None:
        """One frame: the Y plane, then U and V at half size; raises RenderError if ffmpeg has gone, DiskFullError if for want of space."""
        try:
            while frame:
                frame = frame[self._pipe.write(frame) :]
        except (BrokenPipeError, OSError) as error:
            self._process.wait(timeout=10)
            raise self._failure("stopped") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is not None:
                self._process.kill()
            with contextlib.suppress(OSError):
                self._pipe.close()
            code = self._process.wait(timeout=120)
            if kind is None and code != 0:
                raise self._failure(f"failed ({code})")
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._errors.close()

    @property
    def _pipe(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]  # a raw pipe: bufsize is 0

    def _failure(self, how: str) -> LabelError:
        words = self._last_words()
        if "No space left" in words:
            return DiskFullError("the disk is full: free some space, the film is rendered again")
        return RenderError(f"the video encoder {how}: {words}")

    def _last_words(self) -> str:
        self._errors.seek(0)
        said = " / ".join(self._errors.read().decode(errors="replace").split("\n")).strip(" /")
        return said[-400:] or "it said nothing"


def _command(reel: Reel, audio: Path, target: Path, preset: str, quality: Quality) -> list[str]:
    # Larger pictures need more, but less than in proportion: their detail is coarser.
    size = reel.width * reel.height * reel.fps / (1280 * 720 * 30)
    rate_kbps = round(quality.rate_720p30_kbps * size**0.75)
    values = vars(reel) | {
        "audio": audio.resolve(),
        "target": target.resolve(),
        "preset": preset,
        "crf": quality.crf,
        "key_frames": reel.fps * 4,
        "duration_s": reel.duration_s,
        "rate_kbps": max(100, rate_kbps),
        "buffer_kbps": 2 * max(100, rate_kbps),
    }
    # Formatted word by word, so that a path with spaces stays one argument.
    return [imageio_ffmpeg.get_ffmpeg_exe(), *(word.format(**values) for word in ARGUMENTS.split())]
