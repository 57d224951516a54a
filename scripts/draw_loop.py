"""Draw docs/loop.svg, one song's way through labelmate, from the steps as the code has them.

`python scripts/draw_loop.py > docs/loop.svg`. A step that this file does not know stops it, so the picture
cannot fall behind.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from storage.types import CycleStep

COLUMNS = 6
BOX_W, BOX_H, GAP_X, GAP_Y, MARGIN = 150, 76, 34, 96, 44
WIDTH = 2 * MARGIN + COLUMNS * BOX_W + (COLUMNS - 1) * GAP_X
HEIGHT = 2 * MARGIN + 2 * BOX_H + GAP_Y + 46

COLOURS = {
    "creative actor": "#dbe7ff",
    "render tasks": "#ffe9cc",
    "critic actor": "#ffd9dc",
    "reflection actor": "#e8dcff",
    "people or policy": "#d6f3dc",
    "artist actor": "#e6e6e6",
}
STEPS = {
    CycleStep.PLAN: ("creative actor", "brief: tempo, key,", "mood, form, title"),
    CycleStep.WRITE: ("creative actor", "lyrics that fit", "the form"),
    CycleStep.COMPOSE: ("creative actor", "score, and the plan", "of beats and lines"),
    CycleStep.PRODUCE: ("render tasks", "rendered, mixed,", "mastered"),
    CycleStep.CRITICISE: ("critic actor", "measured findings,", "a score"),
    CycleStep.PAINT: ("render tasks", "cover and", "30 s preview"),
    CycleStep.REFLECT: ("reflection actor", "what to keep,", "what to change"),
    CycleStep.ASK: ("people or policy", "approve, reject,", "redo"),
    CycleStep.FILM: ("render tasks", "16:9 and 9:16", "music videos"),
    CycleStep.PACKAGE: ("render tasks", "release folder: tags,", "credits, checksums"),
    CycleStep.LEARN: ("artist actor", "memory, experiment,", "lifecycle"),
}


def place(index: int) -> tuple[int, int]:
    """Left and top, in pixels, of the box at a position: rightwards above, leftwards below."""
    row, column = divmod(index, COLUMNS)
    if row:
        column = COLUMNS - 1 - column
    return MARGIN + column * (BOX_W + GAP_X), MARGIN + row * (BOX_H + GAP_Y)


def box(index: int, title: str, colour: str, lines: tuple[str, ...]) -> Iterator[str]:
    left, top = place(index)
    middle = left + BOX_W / 2
    yield f'<rect x="{left}" y="{top}" width="{BOX_W}" height="{BOX_H}" rx="10" fill="{colour}" stroke="#555"/>'
    yield f'<text x="{middle:g}" y="{top + 25}" class="title">{escape(title)}</text>'
    for number, line in enumerate(lines):
        yield f'<text x="{middle:g}" y="{top + 45 + 16 * number}">{escape(line)}</text>'


def arrow(path: str, label: str = "", at: tuple[float, float] = (0, 0), kind: str = "") -> Iterator[str]:
    yield f'<path d="{path}" class="arrow {kind}" marker-end="url(#tip)"/>'
    if label:
        yield f'<text x="{at[0]:g}" y="{at[1]:g}" class="label">{escape(label)}</text>'


def onward(index: int) -> Iterator[str]:
    """From a box to the next one."""
    left, top = place(index)
    next_left, next_top = place(index + 1)
    if top != next_top:
        middle = left + BOX_W / 2
        yield from arrow(f"M{middle:g},{top + BOX_H} V{next_top - 4}")
    elif next_left > left:
        yield from arrow(f"M{left + BOX_W},{top + BOX_H / 2:g} H{next_left - 4}")
    else:
        yield from arrow(f"M{left},{top + BOX_H / 2:g} H{next_left + BOX_W + 4}")


def way_back() -> Iterator[str]:
    """Below the threshold a song is planned anew."""
    steps = list(CycleStep)
    start_left, top = place(steps.index(CycleStep.CRITICISE))
    plan_left, _ = place(steps.index(CycleStep.PLAN))
    from_x, to_x, low = start_left + BOX_W / 2, plan_left + BOX_W * 0.7, top + BOX_H + 38
    path = f"M{from_x:g},{top + BOX_H} V{low} H{to_x:g} V{top + BOX_H + 4}"
    words = "below the threshold: revised, with the critic's changes"
    yield from arrow(path, words, ((from_x + to_x) / 2, low - 8), "again")


def next_song() -> Iterator[str]:
    """What was learnt belongs to the artist, whose next song it shapes."""
    left, top = place(len(CycleStep))
    x = left + BOX_W * 0.3
    _, plan_top = place(0)
    label = ("next song", (x + 46, top - 20))
    yield from arrow(f"M{x:g},{top} V{plan_top + BOX_H + 4}", *label)


def legend() -> Iterator[str]:
    top, left = HEIGHT - MARGIN + 2, MARGIN
    for who, colour in COLOURS.items():
        yield f'<rect x="{left}" y="{top - 12}" width="16" height="16" rx="4" fill="{colour}" stroke="#555"/>'
        yield f'<text x="{left + 24}" y="{top + 1}" class="who">{escape(who)}</text>'
        left += 178


def picture() -> str:
    """The whole SVG."""
    steps = list(CycleStep)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>One song: {', '.join(steps)}; then the next</title>",
        "<style>text{font:13px system-ui,sans-serif;fill:#333;text-anchor:middle}",
        ".title{font-weight:600;font-size:16px;fill:#111}.who{text-anchor:start}.label{font-style:italic}",
        ".arrow{fill:none;stroke:#444;stroke-width:1.6}.again{stroke-dasharray:6 4}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
        '<path d="M0,0 L8,4 L0,8 z" fill="#444"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="#fcfcfa"/>',
    ]
    for index, step in enumerate(steps):
        who, *lines = STEPS[step]
        parts += box(index, step, COLOURS[who], tuple(lines))
        parts += onward(index)
    parts += box(len(steps), "the artist", "#ffffff", ("persona, memory,", "genes, look"))
    parts += [*way_back(), *next_song(), *legend(), "</svg>"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(picture(), end="")
