"""Small pictures of numbers as inline SVG: they take the page's colours and need no library."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.console.markup import Markup, el

TONES = 6
"""Colours that a series may have, `--s0` to `--s5` in look/tokens.css."""


@dataclass(frozen=True)
class Series:
    """One colour's values, one for each label of the plot."""

    name: str
    values: tuple[float, ...]


def bars(labels: Sequence[str], series: Sequence[Series], *, unit: str, line: float | None = None) -> Markup:
    """Stacked bars, and a dashed line such as a cap where it is near enough to be seen."""
    width, height, foot = 560.0, 150.0, 18.0
    totals = [sum(each.values[index] for each in series) for index in range(len(labels))]
    top = max([*totals, 1e-9]) * 1.12
    if line is not None and line <= top * 3:
        top = max(top, line * 1.06)
    step = width / max(1, len(labels))
    drawn: list[Markup] = []
    for index, label in enumerate(labels):
        floor = height - foot
        for tone, each in enumerate(series):
            tall = each.values[index] / top * (height - foot)
            if tall > 0:
                floor -= tall
                value = each.values[index]
                told = (
                    f"{label}: {each.name} {value:g} {unit}"
                    if value.is_integer()
                    else f"{label}: {each.name} {value:.2f} {unit}"
                )
                drawn.append(
                    _rect(index * step + step * 0.16, floor, step * 0.68, tall, f"s{tone % TONES}", told)
                )
        if (len(labels) - 1 - index) % (1 if len(labels) <= 8 else 3) == 0:
            drawn.append(
                el("text", label, x=_n(index * step + step / 2), y=_n(height - 4), text_anchor="middle")
            )
    drawn.append(el("line", x1=0, x2=_n(width), y1=_n(height - foot), y2=_n(height - foot), cls="axis"))
    if line is not None and line <= top:
        y = (height - foot) * (1 - line / top)
        drawn.append(el("line", x1=0, x2=_n(width), y1=_n(y), y2=_n(y), cls="cap"))
        drawn.append(el("text", f"{line:g} {unit}", x=_n(width), y=_n(y - 4), text_anchor="end"))
    legend = [
        el("span", el("i", cls=f"s{tone % TONES}"), each.name)
        for tone, each in enumerate(series)
        if any(each.values)
    ]
    picture = el("svg", drawn, viewBox=f"0 0 {width:g} {height:g}", role="img", aria_label=f"{unit} by day")
    return el("figure", picture, el("figcaption", legend), cls="lm-plot")


def gauge(share: float, *, warn_from: float = 0.8) -> Markup:
    """How much of something is used up."""
    tone = "over" if share >= 1 else "near" if share >= warn_from else ""
    return el("div", el("i", style=f"width:{min(1.0, max(0.0, share)) * 100:.1f}%"), cls=f"lm-gauge {tone}")


def ring(share: float, word: str, *, is_good: bool) -> Markup:
    """A score in its ring."""
    round_ = 2 * 3.14159 * 20
    shown = min(1.0, max(0.0, share)) * round_
    return el(
        "svg",
        el("circle", cx=24, cy=24, r=20, cls="track"),
        el(
            "circle",
            cx=24,
            cy=24,
            r=20,
            cls="value",
            stroke_dasharray=f"{shown:.1f} {round_:.1f}",
            transform="rotate(-90 24 24)",
        ),
        el("text", word, x=24, y=28.5, text_anchor="middle"),
        viewBox="0 0 48 48",
        cls=f"lm-ring {'good' if is_good else 'weak'}",
        role="img",
        aria_label=f"score {word}",
    )


def spark(values: Sequence[float], *, told: str) -> Markup:
    """A line of values between 0 and 1, the latest at the right."""
    width, height = 120.0, 28.0
    if len(values) < 2:
        return Markup("")
    step = (width - 6) / (len(values) - 1)
    points = [(3 + index * step, height - 3 - value * (height - 6)) for index, value in enumerate(values)]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    last = points[-1]
    return el(
        "svg",
        el("polyline", points=path),
        el("circle", cx=_n(last[0]), cy=_n(last[1]), r=2.6),
        viewBox=f"0 0 {width:g} {height:g}",
        cls="lm-spark",
        role="img",
        aria_label=told,
    )


def wave(peaks: Sequence[float]) -> Markup:
    """A recording's loudness over its time, 0 to 1, mirrored about the middle."""
    width = float(len(peaks) * 4)
    drawn = [
        el("rect", x=index * 4, y=_n(32 - tall), width=2.6, height=_n(2 * tall), rx=1.3)
        for index, tall in ((index, max(1.0, peak * 30)) for index, peak in enumerate(peaks))
    ]
    return el("svg", drawn, viewBox=f"0 0 {width:g} 64", preserveAspectRatio="none", aria_hidden="true")


def _rect(x: float, y: float, width: float, height: float, cls: str, told: str) -> Markup:
    shape = {"x": _n(x), "y": _n(y), "width": _n(width), "height": _n(height)}
    return el("rect", el("title", told), **shape, rx=2, cls=cls)


def _n(value: float) -> str:
    return f"{value:.1f}"
