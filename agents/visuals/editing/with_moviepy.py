"""The same timelines by MoviePy 2, whose whole editing interface is open to edits of one's own.

It is the slow way and the reference: a test holds the fast path to its pictures. A clip of MoviePy owns processes
and does not pickle, so none leaves this module: paths and timelines go in, files come out.
"""

import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from agents.visuals.editing.clip import first_frame, fit, probe_clip
from agents.visuals.editing.delivery import deliver, part_file, require_apart, sound_beside
from agents.visuals.editing.layers import undrawn
from agents.visuals.editing.raster import Raster, is_moved, rasterise
from agents.visuals.editing.source import Pictures
from agents.visuals.encode import FILMED
from agents.visuals.facts import VideoFacts
from agents.visuals.timeline import Emblem, Overlay, Shot, Timeline, Veil
from agents.visuals.visualizer.frame import to_rgb
from storage.errors import LabelError, RenderError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from moviepy import ImageClip, VideoClip, VideoFileClip
    from numpy.typing import NDArray

ClipT = TypeVar("ClipT")
Edit = Callable[["VideoClip"], "VideoClip"]
"""Any change that MoviePy can make to the whole film before it is written."""
COLOURS = (
    *("-vf", "settb=1/({rate}),setpts=N,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1"),
    *("-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
)
"""Of RGB it would make BT.601 without a word, and players would show other colours."""

ROUNDING = 1e-3
"""Of a picture: of a length that is a whole number of them to the last bit, MoviePy sometimes makes one less."""
MOVED = "the text did not lie in the frame where it was to stand, and was moved into it"


def render(
    timeline: Timeline,
    out: Path,
    *,
    preset: str = "superfast",
    edit: Edit | None = None,
    drawn: Mapping[Path, Pictures] | None = None,
) -> VideoFacts:
    """Make the file, after `edit` has had the whole film in its hands.

    Shots whose clip is named in `drawn` take their pictures from there; each name is of one shot, and they come once,
    in their order: an edit that turns time back cannot have them. Raises UsageError where `out` is one of its clips or
    its sound, and RenderError for a clip that cannot be shown, or an edit that fails; `out` is not touched then.
    """
    from moviepy import AudioFileClip, ColorClip, CompositeVideoClip

    require_apart(out, *timeline.sources)
    size = (timeline.width, timeline.height)
    with ExitStack() as closing, _as_render_error(out):
        readers = _Readers(closing, timeline, drawn or {})
        layers: list[VideoClip] = [ColorClip(size, (0, 0, 0), duration=timeline.duration_s)]
        begins = 0
        for number, shot in enumerate(timeline.shots):
            layers.append(_laid(readers.shot(number), timeline, number, begins))
            begins += shot.frames
        layers += _over(timeline.layers, size, timeline.fps, timeline.frames)
        sound = _opened(closing, AudioFileClip(str(timeline.soundtrack.audio)))
        start_s = timeline.soundtrack.start_s
        film = CompositeVideoClip(layers, size=size).with_duration(timeline.duration_s)
        film = film.with_audio(sound.subclipped(start_s, min(sound.duration, start_s + timeline.duration_s)))
        facts = _write(edit(film) if edit else film, out, timeline.fps, preset, FILMED.crf)
        return replace(facts, notes=undrawn(timeline.layers))


def add_text_overlay(
    video: Path, out: Path, overlay: Overlay, *, preset: str = "superfast", edit: Edit | None = None
) -> VideoFacts:
    """Burn a text into a video of any size and rate, and keep its sound if it has one.

    A text that does not lie in the frame where it was to stand is moved into it, with a note. Raises UsageError for a
    video that is not there, is `out` or ends before the text begins, and RenderError where it cannot be read or written.
    """
    from moviepy import CompositeVideoClip, VideoFileClip

    require_apart(out, video)
    if not video.is_file():
        raise UsageError(f"there is no video {video}")
    with ExitStack() as closing, _as_render_error(out):
        below = _opened(closing, VideoFileClip(str(video)))
        width, height = below.size
        # MoviePy knows the length to a hundredth of a second, in which the last picture may be lost.
        frames = max(1, round(probe_clip(video).duration_s * below.fps), int(below.duration * below.fps))
        length_s = (frames + ROUNDING) / below.fps
        if overlay.start_s >= length_s:
            raise UsageError(
                f"the text begins at {overlay.start_s:g} s, but {video.name} ends at {length_s:.2f} s"
            )
        layers: list[VideoClip] = [
            below.with_duration(length_s),
            *_over((overlay,), (width, height), below.fps, frames),
        ]
        film = CompositeVideoClip(layers, size=(width, height)).with_duration(length_s)
        if below.audio:
            film = film.with_audio(below.audio.with_duration(min(below.audio.duration, length_s)))
        facts = _write(edit(film) if edit else film, out, below.fps, preset, crf=20)
        moved = (MOVED,) if is_moved(overlay, width, height) else ()
        return replace(facts, notes=(*undrawn((overlay,)), *moved))


class _Readers:
    """One open file for each clip, however often it is shown."""

    def __init__(self, closing: ExitStack, timeline: Timeline, drawn: Mapping[Path, Pictures]) -> None:
        self._closing, self._timeline, self._drawn = closing, timeline, drawn
        self._open: dict[Path, VideoFileClip] = {}

    def shot(self, number: int) -> "VideoClip":
        """A shot's pictures at the size of the frame, from its first one to the last that it lends."""
        from moviepy import VideoFileClip

        timeline, shot = self._timeline, self._timeline.shots[number]
        if shot.clip in self._drawn:
            self._closing.callback(self._drawn[shot.clip].close)
            return _drawn_clip(self._drawn[shot.clip], timeline, number)
        facts = probe_clip(shot.clip)
        at = fit(facts, timeline.width, timeline.height, shot.focus_x)
        if shot.clip not in self._open:
            whole = VideoFileClip(str(shot.clip), audio=False, target_resolution=(at.width, at.height))
            self._open[shot.clip] = _opened(self._closing, whole)
        clip = self._open[shot.clip]
        # MoviePy cuts off at a clip's end; the fast path holds its last picture a moment, and so does this.
        in_s = first_frame(facts, shot.in_s) / facts.fps
        length_s = timeline.source_frames(number) / timeline.fps
        clip = cast("VideoFileClip", clip.with_duration(max(clip.duration, in_s + length_s)))
        cut = clip.subclipped(in_s, in_s + length_s)
        return cut.cropped(x1=at.left, y1=at.top, width=timeline.width, height=timeline.height)


def _drawn_clip(pictures: Pictures, timeline: Timeline, number: int) -> "VideoClip":
    """A clip of pictures that come one after another, each made when it is first asked for."""
    from moviepy import VideoClip

    shown = -1

    def picture(time_s: float) -> "NDArray[np.uint8]":
        nonlocal shown
        wanted = round(time_s * timeline.fps)
        if wanted < shown:
            raise RenderError(
                "drawn shots come in their order: leave time as it is, or edit the finished film"
            )
        while shown < wanted:
            pictures.read()
            shown += 1
        return to_rgb(pictures.frame)

    clip = VideoClip(duration=timeline.source_frames(number) / timeline.fps)
    # Given to the constructor, it would be asked for its first picture before the shots ahead of it are drawn.
    clip.frame_function, clip.size = picture, (timeline.width, timeline.height)
    return clip


def _opened(closing: ExitStack, clip: ClipT) -> ClipT:
    """A clip that is closed in the end, with its pipes: of a process that has ended, MoviePy leaves them open."""
    sound = getattr(clip, "audio", None)
    for reader in filter(None, (getattr(clip, "reader", None), getattr(sound, "reader", None))):
        reader.close = partial(_close_with_pipes, reader, reader.close)
    return closing.enter_context(clip)  # type: ignore[arg-type]  # MoviePy's clips are contexts, without saying so


def _close_with_pipes(reader: "_Reader", close: Callable[..., None], **how: bool) -> None:
    process = reader.proc
    close(**how)
    for pipe in (process.stdout, process.stderr) if process else ():
        assert pipe is not None
        pipe.close()


class _Reader(Protocol):
    """Those of MoviePy that own a process."""

    proc: subprocess.Popen[bytes] | None


def _laid(clip: "VideoClip", timeline: Timeline, number: int, begins: int) -> "VideoClip":
    """The shot at its place, with its way in and out."""
    from moviepy import vfx

    shot: Shot = timeline.shots[number]
    effects: list[Any] = []
    if shot.enters == "dissolve":
        effects.append(vfx.CrossFadeIn(shot.entry_frames / timeline.fps))
    if shot.enters == "dip":
        effects.append(vfx.FadeIn(shot.entry_frames / timeline.fps))
    if timeline.exit_frames(number):
        effects.append(vfx.FadeOut(timeline.exit_frames(number) / timeline.fps))
    return clip.with_effects(effects).with_start(begins / timeline.fps)


def _over(
    layers: Iterable[Veil | Overlay | Emblem], size: tuple[int, int], fps: float, frames: int
) -> Iterator["VideoClip"]:
    """Veils and texts, each for its time."""
    from moviepy import vfx

    for layer in layers:
        span = layer.span(fps, frames)
        if span.last <= span.first:
            continue
        fades: list[Any] = [vfx.CrossFadeIn(span.comes / fps)] if span.comes else []
        fades += [vfx.CrossFadeOut(span.goes / fps)] if span.goes else []
        picture = _picture(rasterise(layer, *size)).with_duration((span.last - span.first) / fps)
        yield picture.with_effects(fades).with_start(span.first / fps)


def _picture(raster: Raster) -> "ImageClip":
    from moviepy import ImageClip

    return cast(
        "ImageClip", ImageClip(raster.rgba, transparent=True).with_position((raster.left, raster.top))
    )


def _write(film: "VideoClip", out: Path, fps: float, preset: str, crf: int) -> VideoFacts:
    """By MoviePy's own writer; the sound of each render has a temporary file of its own."""
    rate = Fraction(fps).limit_denominator(1001)
    # MoviePy tells ffmpeg a rate of two decimals; pictures are counted here, and timed by the true one.
    pictures = [word.format(rate=rate) for word in ("-r", "{rate}", *COLOURS)]
    with part_file(out) as part:
        film.write_videofile(
            str(part),
            fps=float(rate),
            codec="libx264",
            preset=preset,
            audio=film.audio is not None,
            audio_codec="aac",
            audio_fps=48_000,
            audio_bitrate="192k",
            temp_audiofile=str(sound_beside(part)),
            threads=1,
            ffmpeg_params=["-crf", str(crf), *pictures, "-movflags", "+faststart", "-f", "mp4"],
            logger=None,
        )
        return deliver(part, out, needs_sound=film.audio is not None)


@contextmanager
def _as_render_error(out: Path) -> Iterator[None]:
    """Whatever MoviePy or an edit raises is one error with one line."""
    try:
        yield
    except LabelError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise RenderError(f"MoviePy could not make {out.name}: {said}") from error
