"""`labelmate artist changes|rollback`: what an artist has changed of itself, and the way back."""

from typing import Annotated

import typer

from runtime.label import Label
from storage import evolutions
from storage.errors import NotFoundError
from storage.evolutions import Evolution
from ui.cli.options import ArtistName, Json, Who, at_desk
from ui.cli.output import show, show_rows
from ui.cli.session import find_artist, with_label
from ui.wording import moment, trial_line


def changes(name: ArtistName, *, as_json: Json = False) -> None:
    """Show an artist's changes, the latest first: what moved and why, and how its songs did beside those before."""

    async def read(label: Label) -> list[Evolution]:
        return await label.store.read(evolutions.evolutions_of, artist_id=(await find_artist(label, name)).id)

    show_rows(
        "changes",
        with_label(read),
        {
            "when": lambda row: moment(row.at),
            "state": lambda row: row.status.replace("_", " "),
            "steps": lambda row: "\n".join(
                f"{edit.gene} {edit.delta:+.2f}: {edit.because}" for edit in row.edits
            ),
            "trial": trial_line,
            "who": lambda row: row.who,
        },
        as_json=as_json,
        empty="It has not changed yet.",
    )


def rollback(
    name: ArtistName,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the change.")],
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Take the change on trial back: genes, notes and sound are again what they were before it."""

    async def take(label: Label) -> Evolution:
        artist = await find_artist(label, name)
        trial = await label.store.read(evolutions.evolution_on_trial, artist_id=artist.id)
        if trial is None:
            raise NotFoundError(
                f"{artist.persona.name} has no change on trial; `artist changes` lists those before"
            )
        return await at_desk(label, who).artists.roll_back(artist, trial.id, reason=reason)

    back = with_label(take)
    show(back, as_json=as_json, drawn=f"The artist is again as in version {back.parent_version}")
