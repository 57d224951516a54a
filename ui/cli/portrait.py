"""`labelmate artist voice|avatar`: how an artist is heard and shown."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from runtime.label import Label
from storage.errors import UsageError
from storage.types import Artist
from ui.cli.artist_account import voice_line
from ui.cli.options import ArtistName, Json, Who, at_desk
from ui.cli.output import show
from ui.cli.session import find_artist, with_label

GIVEN = "given by a person: as they have cleared it"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    ANY = "any"


def voice(
    name: ArtistName,
    *,
    gender: Annotated[Gender | None, typer.Option(help="Who sings; any leaves it to the vendor.")] = None,
    timbre: Annotated[str | None, typer.Option(help="How, such as breathy or warm baritone.")] = None,
    persona: Annotated[
        list[str] | None,
        typer.Option(
            "--persona",
            metavar="VENDOR=ID",
            help="A vendor's own id of this voice, such as suno=…; no id takes it away.",
        ),
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Show or change the voice that is asked of those who sing; the embedded engine sings nothing."""
    changes: dict[str, object] = {}
    if gender is not None:
        changes["gender"] = "" if gender is Gender.ANY else gender.value
    if timbre is not None:
        changes["timbre"] = " ".join(timbre.split())[:60]

    async def speak(label: Label) -> Artist:
        artist = await find_artist(label, name)
        known = dict(artist.persona.vocal.vendor_personas)
        for pair in persona or ():
            vendor, is_pair, id_ = pair.partition("=")
            if not is_pair or not vendor.strip():
                raise UsageError(f"--persona {pair!r}: give VENDOR=ID, such as suno=0a1b2c")
            known[vendor.strip()] = id_.strip()
        if not changes and not persona:
            return artist
        vocal = artist.persona.vocal.model_copy(
            update={**changes, "vendor_personas": {vendor: id_ for vendor, id_ in known.items() if id_}}
        )
        return await at_desk(label, who).artists.set_voice(artist, vocal)

    artist = with_label(speak)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {voice_line(artist)}")


def avatar(
    name: ArtistName,
    file: Annotated[
        Path | None,
        typer.Argument(dir_okay=False, help="A JPEG, PNG or WebP; without it, one is drawn from the look."),
    ] = None,
    *,
    licence: Annotated[str, typer.Option(help="Whose picture it is, and why you may show it.")] = GIVEN,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Show an artist by a picture of your own, or by the one that its look gives."""

    async def change(label: Label) -> Artist:
        artist = await find_artist(label, name)
        return await at_desk(label, who).artists.set_avatar(
            artist, file, licence=" ".join(licence.split())[:200]
        )

    artist = with_label(change)
    told = "is shown by your picture" if file else "has an avatar and a logo drawn from its look"
    show(artist, as_json=as_json, drawn=f"{artist.persona.name} {told}")
