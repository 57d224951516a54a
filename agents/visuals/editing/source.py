"""A shot's pictures as raw yuv420p: one ffmpeg process that seeks, scales, crops and sets the rate."""

import subprocess
import tempfile
from typing import Protocol

import imageio_ffmpeg

from agents.visuals.editing.clip import first_frame, fit, probe_clip
from agents.visuals.timeline import Shot, Timeline
from agents.visuals.visualizer.frame import Frame
from storage.errors import RenderError

HELD_MAX_S = 0.5
"""How long the last picture may stand in where a clip ends a little before it said that it would."""
GRAPH = (
    "setpts=PTS-STARTPTS,fps={fps}:round=up,"
    "scale={wide}:{high}:flags=bicubic:out_color_matrix=bt709:out_range=tv,"
    "crop={width}:{height}:{left}:{top},setsar=1,format=yuv420p"
)
"""`round=up` shows at each time the last picture that had begun by then, as MoviePy does."""


class Pictures(Protocol):
    """Whatever gives a shot its pictures, one after another."""

    @property
    def frame(self) -> Frame: ...

    def read(self) -> None: ...

    def close(self) -> None: ...


class Source:
    """Reads one picture after another into `frame`, until it is closed; its process decodes ahead meanwhile."""

    def __init__(self, timeline: Timeline, number: int) -> None:
        shot = timeline.shots[number]
        self.frame = Frame(timeline.width, timeline.height)
        self._spare = Frame(timeline.width, timeline.height)
        self._clip = shot.clip.name
        self._held_left = round(HELD_MAX_S * timeline.fps)
        self._has_begun = self._has_ended = False
        command = _command(timeline, shot, timeline.source_frames(number))
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process that writes it
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program and our own arguments, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0
        )

    def read(self) -> None:
        """Move on by one picture. Raises RenderError where the clip shows nothing, or ends much too soon."""
        if not self._has_ended and self._fills_spare():
            self.frame, self._spare = self._spare, self.frame
            self._has_begun = True
            return
        self._has_ended = True
        self._held_left -= 1
        if not self._has_begun or self._held_left < 0:
            how = "ends too soon" if self._has_begun else "shows nothing"
            raise RenderError(f"the clip {self._clip} {how}: {self._said() or 'it is shorter than it says'}")

    def close(self) -> None:
        """End the process; whatever it had decoded ahead is gone."""
        assert self._process.stdout is not None
        self._process.kill()
        self._process.stdout.close()
        self._process.wait()
        self._errors.close()

    def _fills_spare(self) -> bool:
        """Whether another whole picture came. What is shown is only ever a whole one."""
        pipe, room = self._process.stdout, self._spare.buffer.data
        while room:
            count: int = pipe.readinto(room)  # type: ignore[union-attr]  # a raw pipe: bufsize is 0
            if not count:
                return False
            room = room[count:]
        return True

    def _said(self) -> str:
        self._errors.seek(0)
        return " / ".join(self._errors.read().decode(errors="replace").split("\n")).strip(" /")[-300:]


def _command(timeline: Timeline, shot: Shot, frames: int) -> list[str]:
    clip = probe_clip(shot.clip)
    at = fit(clip, timeline.width, timeline.height, shot.focus_x)
    graph = GRAPH.format(
        fps=timeline.fps,
        wide=at.width,
        high=at.height,
        width=timeline.width,
        height=timeline.height,
        left=at.left,
        top=at.top,
    )
    # Half a picture early, so that rounding never skips the one that is meant.
    seek_s = max(0.0, (first_frame(clip, shot.in_s) - 0.5) / clip.fps)
    return [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-nostdin", "-loglevel", "error", "-threads", "1", "-ss", f"{seek_s:.6f}"),
        *("-protocol_whitelist", "file", "-i", str(shot.clip.resolve()), "-an", "-sn", "-dn"),
        *("-vf", graph, "-frames:v", str(frames), "-f", "rawvideo", "pipe:1"),
    ]
