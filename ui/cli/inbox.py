"""`labelmate inbox …`: songs that people make elsewhere and bring, for those whose plan has no interface."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.label import Label
from storage import inbox
from storage.inbox import InboxRequest, InboxStatus
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import Facts, show, show_rows
from ui.cli.session import with_label

app = typer.Typer(no_args_is_help=True, help="Songs to make by hand: list, show what to paste, deliver.")
Ref = Annotated[
    str, typer.Argument(metavar="REQUEST", help="Id of a request or of its cycle; its end will do.")
]


@app.command("list")
def list_requests(
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were answered too, the newest first.")
    ] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show the songs that are waited for, the oldest first."""
    status = None if everything else InboxStatus.WAITING
    found = with_label(lambda label: label.store.read(inbox.requests, status=status, limit=limit))
    columns = {
        "request": lambda row: row.id,
        "artist": lambda row: row.artist_name,
        "title": lambda row: row.sheet.title,
        "style": lambda row: row.sheet.style,
        "asked": lambda row: f"{row.asked_at:%Y-%m-%d %H:%M}",
    }
    if everything:
        columns["is"] = lambda row: row.status
    show_rows("requests", found, columns, as_json=as_json, empty="No song waits to be made by hand.")


@app.command("show")
def show_request(ref: Ref, *, as_json: Json = False) -> None:
    """Show what to paste where the song is made."""
    asked = with_label(lambda label: label.store.read(inbox.find_request, ref=ref))
    show(asked, as_json=as_json, drawn=_sheet(asked))


@app.command()
def deliver(
    ref: Ref,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="The recordings: one, or several takes.")
    ],
    *,
    licence: Annotated[
        str, typer.Option(help="On what terms you have them, for the release's papers.")
    ] = "made by hand: as the maker's plan grants",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Bring the song; its cycle goes on by itself."""

    async def bring(label: Label) -> InboxRequest:
        asked = await label.store.read(inbox.find_request, ref=ref)
        return await at_desk(label, who).cycles.deliver(asked, tuple(files), licence=licence)

    asked = with_label(bring)
    takes = f"{len(asked.recordings)} takes" if len(asked.recordings) > 1 else "1 recording"
    drawn = f"{asked.sheet.title}: {takes} delivered; `labelmate cycle show {asked.cycle_id}`"
    show(asked, as_json=as_json, drawn=drawn)


def _sheet(asked: InboxRequest) -> Facts:
    sheet = asked.sheet
    return Facts(
        {
            "song": f"{sheet.title} by {asked.artist_name}",
            "is": str(asked.status),
            "style": sheet.style,
            "voice": sheet.vocal,
            "sound": f"{sheet.tempo_bpm:g} BPM, {sheet.key}, about {sheet.duration_s:.0f} s",
            "lyrics": sheet.lyrics or "none: an instrumental",
            "then": f"labelmate inbox deliver {asked.id} FILE…"
            if asked.status is InboxStatus.WAITING
            else None,
        }
    )
