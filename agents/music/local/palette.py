"""An artist's own instruments, picked from the genre's stock by its signature."""

import random
from dataclasses import dataclass

from agents.music.local.instruments import INSTRUMENTS
from agents.music.local.voices import Voice
from configs.genres import Genre
from storage.clock import sub_seed
from storage.errors import ConfigurationError


@dataclass(frozen=True)
class Palette:
    """Who plays each part."""

    voices: dict[str, Voice]
    names: dict[str, str]
    kit: str


def choose_palette(genre: Genre, signature_seed: int) -> Palette:
    """The same signature always owns the same instruments.

    Raises:
        ConfigurationError: the genre's stock names an instrument that does not exist.
    """
    names: dict[str, str] = {}
    for part in ("melody", "counter", "chords", "pad", "arpeggio", "bass", "kit"):
        stock: tuple[str, ...] = getattr(genre.stock, part)
        rng = random.Random(sub_seed(signature_seed, "palette", part))
        fresh = [name for name in stock if name not in names.values()]
        names[part] = rng.choice(fresh or list(stock))
    kit = names.pop("kit")
    names["harmony"] = names["melody"]
    unknown = sorted(set(names.values()) - set(INSTRUMENTS))
    if unknown:
        raise ConfigurationError(f"genres.yaml names unknown instruments: {', '.join(unknown)}")
    return Palette(voices={part: INSTRUMENTS[name] for part, name in names.items()}, names=names, kit=kit)
