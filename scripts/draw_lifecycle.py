"""Draw docs/lifecycle.svg: an artist's states and what moves it, from the table in agents/transitions.py itself.

`python scripts/draw_lifecycle.py > docs/lifecycle.svg`. A move between states that has no line here stops it, so the
picture cannot fall behind the table.
"""

from collections.abc import Iterator

from agents.transitions import TRANSITIONS, Trigger
from storage.types import LifecycleState

BOX_W, BOX_H = 170, 64
WIDTH, HEIGHT = 1120, 560
CANDIDATE, ACTIVE, EVOLVING, PAUSED, RETIRED = LifecycleState
BOXES: dict[LifecycleState, tuple[int, int, str, str]] = {
    CANDIDATE: (120, 250, "#e3eefb", "on trial"),
    ACTIVE: (430, 70, "#dff3e4", "on the roster"),
    EVOLVING: (430, 430, "#fdf0d5", "a change on trial"),
    PAUSED: (740, 250, "#eceaf6", "makes nothing"),
    RETIRED: (1000, 250, "#e6e6e6", "for ever"),
}
"""Middle of each box, its colour, and what the state means."""
LINES: dict[tuple[LifecycleState, LifecycleState], tuple[str, int, int]] = {
    (CANDIDATE, ACTIVE): ("M150,218 L343,104", 218, 146),
    (CANDIDATE, EVOLVING): ("M150,282 L343,396", 214, 360),
    (CANDIDATE, PAUSED): ("M205,250 H651", 380, 243),
    (CANDIDATE, RETIRED): ("M100,282 C110,590 940,580 1000,286", 540, 530),
    (ACTIVE, EVOLVING): ("M405,102 V394", 368, 318),
    (EVOLVING, ACTIVE): ("M455,398 V106", 496, 318),
    (ACTIVE, PAUSED): ("M517,76 C640,90 690,130 722,214", 660, 108),
    (PAUSED, ACTIVE): ("M690,218 C660,160 610,120 519,96", 560, 164),
    (EVOLVING, PAUSED): ("M517,424 C640,410 690,370 722,286", 706, 402),
    (PAUSED, EVOLVING): ("M690,282 C660,340 610,380 519,404", 572, 344),
    (ACTIVE, RETIRED): ("M515,56 C760,40 930,90 985,214", 870, 84),
    (EVOLVING, RETIRED): ("M515,446 C760,465 930,415 985,286", 860, 404),
    (PAUSED, RETIRED): ("M825,250 H911", 868, 242),
}
"""The path between two states, and where its words stand."""
RULED = frozenset(
    {Trigger.PROMOTE, Trigger.EVOLVED, Trigger.EVOLUTION_FAILED, Trigger.RETURN, Trigger.MENDED}
)
"""What rules alone do; every other trigger is a person's too."""


def box(state: LifecycleState) -> Iterator[str]:
    x, y, colour, meaning = BOXES[state]
    yield (
        f'<rect x="{x - BOX_W / 2:g}" y="{y - BOX_H / 2:g}" width="{BOX_W}" height="{BOX_H}" rx="12" '
        f'fill="{colour}" stroke="#555"/>'
    )
    yield f'<text x="{x}" y="{y - 3}" class="title">{state}</text>'
    yield f'<text x="{x}" y="{y + 18}">{meaning}</text>'


def line(start: LifecycleState, end: LifecycleState) -> Iterator[str]:
    path, x, y = LINES[start, end]
    yield f'<path d="{path}" class="arrow" marker-end="url(#tip)"/>'
    triggers = [trigger for (left, trigger), right in TRANSITIONS.items() if (left, right) == (start, end)]
    for place, trigger in enumerate(triggers):
        name = trigger.replace("_", " ")
        kind = "rule" if trigger in RULED else "label"
        yield f'<text x="{x}" y="{y + 15 * place}" class="{kind}">{name}</text>'


def picture() -> str:
    """The whole SVG."""
    pairs = list(dict.fromkeys((start, end) for (start, _trigger), end in TRANSITIONS.items()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>An artist is {', '.join(LifecycleState)}; what moves it stands at the arrows</title>",
        "<style>text{font:13px system-ui,sans-serif;fill:#333;text-anchor:middle}",
        ".title{font-weight:600;font-size:16px;fill:#111}.label,.rule{paint-order:stroke;stroke:#fcfcfa;stroke-width:5}",
        ".rule{font-style:italic;fill:#7a4a00}.arrow{fill:none;stroke:#444;stroke-width:1.6}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
        '<path d="M0,0 L8,4 L0,8 z" fill="#444"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="#fcfcfa"/>',
        '<circle cx="14" cy="250" r="6" fill="#444"/><path d="M20,250 H30" class="arrow" marker-end="url(#tip)"/>',
    ]
    for start, end in pairs:
        parts += line(start, end)
    for state in LifecycleState:
        parts += box(state)
    words = "upright: a person or a rule; slanted: a rule alone"
    parts += [f'<text x="{WIDTH - 180}" y="{HEIGHT - 14}">{words}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    print(picture(), end="")
