"""Options that many commands share."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from runtime.desk import Desk
    from runtime.label import Label

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]
Who = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Who does this; without it, the name you are logged in with."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most rows to show.")]
ArtistName = Annotated[str, typer.Argument(metavar="ARTIST", help="Name, slug or id of an artist.")]


def at_desk(label: "Label", name: str | None) -> "Desk":
    """The desk of whoever types: who can open the home owns the label."""
    from runtime.desk import Desk
    from runtime.desk.actor import Actor

    return Desk(label, Actor(alias=person(name), surface="cli"))


def person(name: str | None) -> str:
    """Who acts: the given name, or the login name of the system."""
    import getpass

    if name and name.strip():
        return name.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return "somebody"
