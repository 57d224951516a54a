"""An artist's own instruments, as its sound DNA names them."""

from dataclasses import dataclass

from agents.music.local.instruments import INSTRUMENTS
from agents.music.local.percussion import KITS
from agents.music.local.voices import Voice
from storage.errors import ConfigurationError
from storage.types import SoundDna


@dataclass(frozen=True)
class Palette:
    """Who plays each part."""

    voices: dict[str, Voice]
    names: dict[str, str]
    kit: str


def palette_of(dna: SoundDna) -> Palette:
    """The instruments that an artist's DNA names.

    Raises:
        ConfigurationError: one of them does not exist.
    """
    names = dict(dna.instruments)
    kit = names.pop("kit")
    names["harmony"] = names["melody"]
    unknown = sorted(set(names.values()) - set(INSTRUMENTS)) + ([] if kit in KITS else [kit])
    if unknown:
        raise ConfigurationError(f"genres.yaml names unknown instruments: {', '.join(unknown)}")
    return Palette(voices={part: INSTRUMENTS[name] for part, name in names.items()}, names=names, kit=kit)
