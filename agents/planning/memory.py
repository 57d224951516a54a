"""What earlier songs tell the next one: what was used lately, and what people approved."""

from storage.types import Frozen, MadePiece, Outcome

LATELY = 3
"""Themes and keys of this many latest songs are avoided while others are left."""


class Recollection(Frozen):
    """An artist's memory as the planner weighs it."""

    used_titles: tuple[str, ...]
    recent_themes: tuple[str, ...]
    """Latest first, each once."""
    recent_keys: tuple[str, ...]
    approved_themes: tuple[str, ...]
    approved_moods: tuple[str, ...]
    """One entry for each approval."""
    rejected_moods: tuple[str, ...]
    approved_tempo_bpm: float | None
    """Mean tempo of the approved songs."""


def recollect(memory: tuple[MadePiece, ...]) -> Recollection:
    """Sum up earlier songs, latest last."""
    latest = memory[::-1][:LATELY]
    approved = [piece for piece in memory if piece.outcome == Outcome.APPROVED]
    rejected = [piece for piece in memory if piece.outcome == Outcome.REJECTED]
    tempos_bpm = [piece.tempo_bpm for piece in approved]
    return Recollection(
        used_titles=tuple(dict.fromkeys(piece.title for piece in memory)),
        recent_themes=tuple(dict.fromkeys(piece.theme for piece in latest)),
        recent_keys=tuple(dict.fromkeys(piece.key for piece in latest)),
        approved_themes=tuple(dict.fromkeys(piece.theme for piece in approved)),
        approved_moods=tuple(piece.mood for piece in approved),
        rejected_moods=tuple(piece.mood for piece in rejected),
        approved_tempo_bpm=sum(tempos_bpm) / len(tempos_bpm) if tempos_bpm else None,
    )
