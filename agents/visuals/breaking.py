"""Breaking text that is too long for its room: more lines, and cuts through words wider than a line."""

from collections.abc import Callable
from math import ceil

from agents.visuals.script import clusters

HYPHEN = "-"
Width = Callable[[str], float]


def broken(text: str, room: float, width_of: Width, *, cuts: bool) -> list[str] | None:
    """The words line after line, none wider than the room; None where a word is, and may not or cannot be cut."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and width_of(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        elif width_of(word) <= room:
            lines.append(word)
        elif cuts and (parts := _cut(word, room, width_of)):
            lines += parts
        else:
            return None
    return lines


def _cut(word: str, room: float, width_of: Width) -> list[str]:
    """As few parts as go into the room, about equally wide: a last one of two letters would look like a slip."""
    pieces = clusters(word)
    widths = [width_of(piece) for piece in pieces]
    for count in range(max(2, ceil(sum(widths) / room)), len(pieces) + 1):
        parts = _shared(pieces, widths, count)
        if all(width_of(part) <= room for part in parts):
            return parts
    return []


def _shared(pieces: list[str], widths: list[float], count: int) -> list[str]:
    share = sum(widths) / count
    parts, taken = [""], 0.0
    for piece, width in zip(pieces, widths, strict=True):
        if parts[-1] and len(parts) < count and taken + width / 2 > share * len(parts):
            # A hyphen tells that the word goes on; between signs it would be one of them.
            parts[-1] += HYPHEN if parts[-1][-1].isalpha() and piece[0].isalpha() else ""
            parts.append("")
        parts[-1] += piece
        taken += width
    return parts
