"""Swiss: flat forms on a strict grid, type ranged left."""

from collections.abc import Callable

import numpy as np

from agents.visuals.colour import Rgb
from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.cover.type_area import FEW_LETTERS, SAFE, Layout, TypeArea

LONG = 60
"""Characters of a title that needs more room than one of a few words."""
Module = Callable[[Artboard, float, float, float, Rgb, Rgb, int], None]


def paint(board: Artboard) -> Layout:
    paper: Ink = "ground" if board.is_dark else "paper"
    board.fill(board.rgb(paper))
    columns = int(board.stream.choice([3, 4, 5]))
    cell = (1 - 2 * SAFE) / columns
    # A long title, and one of a few large letters, takes the place of a row where rows are low enough to be spared.
    rows = int((0.70 if FEW_LETTERS < len(board.title) <= LONG else 0.60) / cell)
    inks: list[Ink] = ["deep", "body", "glow", "accent", "paper" if board.is_dark else "ground"]
    modules = [_quarter, _half, _disc, _stripes, _square, _dots, _leaf]
    chosen = [modules[i] for i in board.stream.permutation(len(modules))[:4]]
    for row in range(rows):
        for column in range(columns):
            first, second = (inks[i] for i in board.stream.permutation(len(inks))[:2])
            x, y = SAFE + column * cell, SAFE + row * cell
            if board.stream.random() < 0.88:
                module = chosen[int(board.stream.integers(len(chosen)))]
                turn = int(board.stream.integers(4))
                module(board, x, y, cell, board.rgb(first), board.rgb(second), turn)
    below = SAFE + rows * cell
    board.grain(1.6)
    strong: tuple[Ink, ...] = ("paper", "glow") if board.is_dark else ("ground", "deep")
    quiet: tuple[Ink, ...] = ("glow", "paper") if board.is_dark else ("deep", "ground")
    return Layout(
        title=TypeArea(
            (SAFE, below + 0.045, 1 - SAFE, 0.88), 0.125, anchor="top", lines=3, leading=0.98, inks=strong
        ),
        artist=TypeArea((SAFE, 0.89, 1 - SAFE, 1 - SAFE), 0.038, lines=1, inks=quiet),
    )


def _box(x: float, y: float, cell: float) -> np.ndarray:
    return np.array([[x, y], [x + cell, y], [x + cell, y + cell], [x, y + cell]])


def _sector(centre: tuple[float, float], radius: float, start_deg: float, end_deg: float) -> np.ndarray:
    angles = np.deg2rad(np.linspace(start_deg, end_deg, 90))
    rim = np.stack([centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1)
    return np.concatenate([rim, [centre]])


def _corner(x: float, y: float, cell: float, turn: int) -> tuple[float, float]:
    return (x + cell * (turn in (1, 2)), y + cell * (turn in (2, 3)))


def _quarter(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.polygon(_box(x, y, cell), second)
    centre = _corner(x, y, cell, turn)
    board.polygon(_sector(centre, cell, 90 * turn, 90 * turn + 90), first)


def _half(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.polygon(_box(x, y, cell), first)
    middle = (x + cell / 2, y + cell / 2)
    board.polygon(_sector(middle, cell / 2, 90 * turn, 90 * turn + 180), second)


def _disc(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.disc(x + cell / 2, y + cell / 2, cell / 2, first)
    if turn % 2:
        board.disc(x + cell / 2, y + cell / 2, cell / 4, second)


def _stripes(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.polygon(_box(x, y, cell), second)
    for stripe in range(4):
        start = stripe * cell / 4
        if turn % 2:
            bar = np.array(
                [
                    [x, y + start],
                    [x + cell, y + start],
                    [x + cell, y + start + cell / 8],
                    [x, y + start + cell / 8],
                ]
            )
        else:
            bar = np.array(
                [
                    [x + start, y],
                    [x + start + cell / 8, y],
                    [x + start + cell / 8, y + cell],
                    [x + start, y + cell],
                ]
            )
        board.polygon(bar, first)


def _square(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.polygon(_box(x, y, cell), first)
    if turn == 0:
        board.polygon(_box(x + cell / 4, y + cell / 4, cell / 2), second)


def _dots(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    if turn % 2:
        board.polygon(_box(x, y, cell), second)
    for place in range(16):
        board.disc(
            x + cell * (0.125 + 0.25 * (place % 4)),
            y + cell * (0.125 + 0.25 * (place // 4)),
            cell * 0.07,
            first,
        )


def _leaf(board: Artboard, x: float, y: float, cell: float, first: Rgb, second: Rgb, turn: int) -> None:
    board.polygon(_box(x, y, cell), second)
    one, other = ((x, y + cell), (x + cell, y)) if turn % 2 else ((x, y), (x + cell, y + cell))
    starts = (270, 90) if turn % 2 else (0, 180)
    leaf = [
        _sector(centre, cell, start, start + 90)[:-1]
        for centre, start in zip((one, other), starts, strict=True)
    ]
    board.polygon(np.concatenate(leaf), first)
