"""A simulated roster as one picture: four plots over its generations."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from agents.simulation.report import Generation, Report
from agents.visuals.colour import find_palette, srgb
from agents.visuals.typefaces import Typeface, load_font
from storage.types import LifecycleState

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PALETTE = "glacier"
WIDE, TALL, GAP, HEAD, FOOT, LEFT = 560, 250, 34, 92, 46, 54
"""Pixels of a plot, between two, above all, below all, and left of a plot for its numbers."""
TICKS = 4


@dataclass(frozen=True)
class Line:
    """One curve over the generations."""

    name: str
    values: tuple[float, ...]
    is_strong: bool = True


@dataclass(frozen=True)
class Plot:
    title: str
    lines: tuple[Line, ...]
    top: float
    form: str = "{:.2f}"


def draw_report(report: Report) -> "Image":
    """1242 × 756 pixels: approvals, diversity, artists at work, and what experiments lost."""
    from PIL import Image, ImageDraw

    colours = find_palette(PALETTE)
    size = (2 * (LEFT + WIDE) + GAP + LEFT // 2, HEAD + 2 * (TALL + GAP) + FOOT + 40)
    image = Image.new("RGB", size, srgb(colours.ground))
    pen = ImageDraw.Draw(image)
    paper = srgb(colours.paper)
    title = f"{report.artists} artists, {report.cycles} cycles, profile {report.profile}, seed {report.seed}"
    pen.text((LEFT, 22), title, font=load_font(Typeface("Inter", 600), 20), fill=paper)
    pen.text((LEFT, 52), _summary(report), font=load_font(Typeface("Inter", 400), 14), fill=paper)
    for number, plot in enumerate(_plots(report.generations)):
        left = LEFT + (number % 2) * (WIDE + LEFT + GAP)
        top = HEAD + 24 + (number // 2) * (TALL + GAP + 34)
        _draw(pen, plot, left, top, report.generations)
    return image


def _summary(report: Report) -> str:
    states = ", ".join(
        f"{report.states[state.value]} {state}" for state in LifecycleState if report.states[state.value]
    )
    return (
        f"{report.songs} songs, {report.approval_rate:.0%} approved; at the end {states}; "
        f"{report.false_retirements} retired falsely, {report.missed_retirements} missed; "
        f"changes: {report.changes_kept} kept, {report.changes_rolled_back} rolled back"
    )


def round_top(largest: float, least: float) -> float:
    """An axis' end above the largest value, whose marks are 1, 2 or 5 times a power of ten of the least step between them."""
    steps = (least * digit * 10**power for power in count() for digit in (1, 2, 5))
    return TICKS * next(step for step in steps if TICKS * step > largest)


def _plots(generations: Sequence[Generation]) -> tuple[Plot, ...]:
    def of(name: str) -> tuple[float, ...]:
        return tuple(float(getattr(each, name)) for each in generations)

    def added(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(sum(values[: index + 1]) for index in range(len(values)))

    lost, evenly = added(of("lost")), added(of("lost_evenly"))
    return (
        Plot(
            "approved, and liked by listeners",
            (Line("listener score", of("listener_score")), Line("approval rate", of("approval_rate"), False)),
            1.0,
        ),
        Plot(
            "diversity: distance to the nearest artist",
            (Line("diversity", of("diversity")),),
            round_top(max(of("diversity"), default=0.0), 0.05),
            "{:.2f}",
        ),
        Plot(
            "artists at work",
            (Line("at work", of("at_work")),),
            round_top(max(of("at_work"), default=0.0), 1),
            "{:.0f}",
        ),
        Plot(
            "approvals lost against each artist's best variant",
            (Line("Thompson sampling", lost), Line("even split", evenly, False)),
            round_top(max((*evenly, *lost), default=0.0), 1),
            "{:.0f}",
        ),
    )


def _draw(pen: "ImageDraw", plot: Plot, left: int, top: int, generations: Sequence[Generation]) -> None:
    colours = find_palette(PALETTE)
    paper, faint = srgb(colours.paper), srgb(colours.body)
    small, font = load_font(Typeface("Inter", 400), 12), load_font(Typeface("Inter", 500), 14)
    pen.text((left, top - 24), plot.title, font=font, fill=paper)
    foot = top + TALL
    for tick in range(TICKS + 1):
        y = foot - TALL * tick / TICKS
        pen.line([(left, y), (left + WIDE, y)], fill=srgb(colours.deep))
        pen.text(
            (left - 8, y), plot.form.format(plot.top * tick / TICKS), font=small, fill=paper, anchor="rm"
        )
    last = generations[-1].slots
    for share in (0.0, 0.5, 1.0):
        anchor = {0.0: "lt", 0.5: "mt", 1.0: "rt"}[share]
        pen.text(
            (left + WIDE * share, foot + 6), f"{last * share:.0f}", font=small, fill=paper, anchor=anchor
        )
    x_name = left + WIDE
    for line in reversed(plot.lines):
        colour = srgb(colours.glow) if line.is_strong else faint
        points = [
            (left + WIDE * each.slots / last, foot - TALL * min(1.0, value / plot.top))
            for each, value in zip(generations, line.values, strict=True)
        ]
        if len(points) > 1:
            pen.line(points, fill=colour, width=3 if line.is_strong else 2, joint="curve")
        else:
            pen.ellipse(
                [(points[0][0] - 3, points[0][1] - 3), (points[0][0] + 3, points[0][1] + 3)], fill=colour
            )
        if len(plot.lines) > 1:
            pen.text((x_name, top - 22), line.name, font=small, fill=colour, anchor="rt")
            x_name -= int(small.getlength(line.name)) + 18
