"""A film as a value: which span of which clip shows when, what is laid over it, and to what sound.

It is the one truth of two backends (`editing/`): the fast path, and MoviePy for edits of one's own. Lengths are
counted in frames, so that both cut at the same picture and the film is as long as its sound.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from storage.types import Frozen

Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
"""sRGB, as `#rrggbb`."""
Horizontal = Literal["left", "center", "right"]
Vertical = Literal["top", "center", "bottom"]
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}


class Shot(Frozen):
    """A span of a clip, scaled and cropped to fill the frame."""

    clip: Path
    in_s: float = Field(default=0.0, ge=0)
    """Where in the clip it begins."""
    frames: int = Field(gt=0)
    """How long it is the film's picture, from the end of the shot before."""
    enters: Literal["cut", "dissolve", "dip"] = "cut"
    """How it follows the shot before: at once, blended over it, or through black."""
    entry_frames: int = Field(default=0, ge=0)
    """How long that takes. For a dissolve, the shot before goes on beneath for as many frames."""
    focus_x: float = Field(default=0.5, ge=0, le=1)
    """Which part stays where the sides are cropped: 0 the left edge, 1 the right one."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.enters == "cut") != (self.entry_frames == 0):
            raise ValueError("a cut takes no frames; a dissolve or a dip takes at least one")
        if self.entry_frames > self.frames:
            raise ValueError("a shot cannot enter for longer than it lasts")
        return self


@dataclass(frozen=True)
class Span:
    """The pictures that a layer lies over, counted from the film's first."""

    first: int
    last: int
    """The one after its last."""
    comes: int
    """For how many it grows until it is whole."""
    goes: int

    def opacity(self, number: int) -> float:
        """How much of the layer is seen at a picture, 0–1."""
        if not self.first <= number < self.last:
            return 0.0
        come = (number - self.first) / self.comes if self.comes else 1.0
        left = (self.last - number) / self.goes if self.goes else 1.0
        return min(1.0, come, left)


class Layer(Frozen):
    """Something laid over the picture for a while."""

    start_s: float = Field(default=0.0, ge=0)
    duration_s: float | None = Field(default=None, gt=0)
    """None: to the end, and still whole at the last picture, which players leave standing."""
    fade_s: float = Field(default=0.0, ge=0)
    """How long it takes to come and to go."""

    def span(self, fps: float, frames: int) -> Span:
        """When it shows in a film of that many pictures."""
        first = min(round(self.start_s * fps), frames)
        last = frames
        if self.duration_s is not None:
            last = min(last, first + max(1, round(self.duration_s * fps)))
        fade = min(round(self.fade_s * fps), (last - first) // 2)
        return Span(first, last, fade, 0 if self.duration_s is None else fade)


class Ink(Layer):
    """Something drawn in one colour."""

    colour: Hex = "#ffffff"
    shadow: Hex | None = None
    """Of a soft shadow, for ink over pictures of any lightness."""
    shadow_px: float = Field(default=0.0, ge=0)


class Emblem(Ink):
    """An artist's sign, by its name in `agents/visuals/emblem.py`."""

    emblem: str
    size_px: int = Field(ge=4, le=4096)
    position: tuple[int, int]
    """Left and upper edge, in pixels."""


class Overlay(Ink):
    """Text."""

    text: str = Field(min_length=1)
    family: str = "Inter"
    weight: int = Field(default=500, ge=100, le=900)
    size_px: int = Field(default=24, ge=4, le=1000)
    """Largest size of the type; longer text is set smaller and in more lines, so that it fits."""
    max_lines: int = Field(default=1, ge=1, le=20)
    max_width: float = Field(default=1.0, gt=0, le=1)
    """Share of the frame's width that the text may take, inside its margins."""
    max_height: float = Field(default=1.0, gt=0, le=1)
    """Share of its height."""
    tracking_em: float = 0.0
    position: tuple[Horizontal | int, Vertical | int] = ("center", "bottom")
    """Words for a place inside the margin, or the left and upper edge in pixels."""
    stands: bool = False
    """Whether a vertical place in pixels is that of the lower edge."""
    margin_px: int = Field(default=10, ge=0)
    background: Hex | None = None
    """Of a box behind the text; None: no box."""
    background_opacity: float = Field(default=0.6, ge=0, le=1)
    stroke: Hex | None = None
    """Of an outline around the letters; None: none."""
    stroke_px: int = Field(default=0, ge=0, le=40)


class Veil(Layer):
    """A colour over the whole picture, more toward its edges: one look for clips of many hands, or calm behind a card."""

    colour: Hex
    centre: float = Field(default=0.1, ge=0, le=1)
    """Opacity in the middle."""
    edge: float = Field(default=0.5, ge=0, le=1)
    """Opacity in the corners."""


class Soundtrack(Frozen):
    """The sound, from a place in a file on."""

    audio: Path
    start_s: float = Field(default=0.0, ge=0)


class Timeline(Frozen):
    """One film."""

    width: int = Field(ge=64, le=4096, multiple_of=2)
    height: int = Field(ge=64, le=4096, multiple_of=2)
    fps: int = Field(default=30, ge=1, le=60)
    shots: tuple[Shot, ...] = Field(min_length=1)
    overlays: tuple[Overlay | Emblem, ...] = ()
    """Later ones over earlier ones."""
    captions: tuple[Overlay, ...] = ()
    """What is sung, over everything."""
    veils: tuple[Veil, ...] = ()
    """Beneath everything written."""
    soundtrack: Soundtrack

    @model_validator(mode="after")
    def _begins_and_passes_well(self) -> Self:
        if self.shots[0].enters == "dissolve":
            raise ValueError("the first shot has none before it to dissolve from")
        for before, after in pairwise(self.shots):
            if after.enters == "dip" and before.frames < before.entry_frames + after.entry_frames:
                raise ValueError("a shot that goes into black must last longer than its own entry")
        return self

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        return self.frames / self.fps

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that it is made of; a drawn shot's name may be among them."""
        return (self.soundtrack.audio, *(shot.clip for shot in self.shots))

    @property
    def layers(self) -> tuple[Veil | Overlay | Emblem, ...]:
        """Everything laid over the clips, in its order."""
        return (*self.veils, *self.overlays, *self.captions)

    def source_frames(self, number: int) -> int:
        """How many frames of its clip a shot needs: its own, and those beneath the dissolve after it."""
        following = self.shots[number + 1] if number + 1 < len(self.shots) else None
        tail = following.entry_frames if following and following.enters == "dissolve" else 0
        return self.shots[number].frames + tail

    def exit_frames(self, number: int) -> int:
        """How many frames a shot takes to go into black at its end."""
        following = self.shots[number + 1] if number + 1 < len(self.shots) else None
        return following.entry_frames if following and following.enters == "dip" else 0
