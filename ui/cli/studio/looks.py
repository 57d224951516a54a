"""Seeds of what the studio draws where there is no artist on record."""

import secrets

from storage.clock import sub_seed


def drawn_seed(seed: int | None) -> int:
    """The given seed, or another one each time."""
    return secrets.randbelow(2**31) if seed is None else seed


def look_seed(artist: str) -> int:
    """One name, one look: two covers by the same artist belong together."""
    return sub_seed(0, "look", artist)
