"""`labelmate artist …`: the roster."""

import secrets
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from agents.transitions import Trigger, move
from runtime.label import Label
from storage import artists, queries
from storage.types import Artist, LifecycleState
from ui.cli.options import ArtistName, Json, Limit, Who, person
from ui.cli.output import Facts, show, show_rows
from ui.cli.session import find_artist, with_label
from ui.wording import moment, usd

app = typer.Typer(no_args_is_help=True, help="The roster: list, show, create, pause, resume, retire.")
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the change.")]


@app.command("list")
def list_artists(*, limit: Limit = 100, as_json: Json = False) -> None:
    """Show every artist with what became of its songs."""
    rows = with_label(lambda label: label.store.read(queries.roster, limit=limit))
    show_rows(
        "artists",
        rows,
        {
            "artist": lambda row: row.slug,
            "genre": lambda row: row.genre,
            "state": lambda row: f"{row.state} ({row.pause_reason})" if row.pause_reason else row.state,
            "songs": lambda row: str(row.songs),
            "approved": lambda row: str(row.approved),
            "rejected": lambda row: str(row.rejected),
            "making": lambda row: str(row.in_the_making),
            "spent": lambda row: usd(row.spent_usd),
            "last run": lambda row: moment(row.last_run_at),
        },
        as_json=as_json,
        empty="There is no artist yet; `labelmate artist create` makes one.",
    )


@app.command("show")
def show_artist(name: ArtistName, *, as_json: Json = False) -> None:
    """Show one artist whole: persona, look, genes, notes."""
    artist = with_label(lambda label: find_artist(label, name))
    show(artist, as_json=as_json, drawn=_drawn(artist))


@app.command()
def create(
    *,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; without it, the seed picks.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="The same seed and roster make the same artist.")
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Invent an artist unlike those on the roster, as a candidate."""
    chosen = secrets.randbelow(2**31) if seed is None else seed
    artist = with_label(lambda label: label.create_artist(seed=chosen, genre=genre, who=person(who)))
    show(artist, as_json=as_json, drawn=_drawn(artist))


@app.command()
def pause(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let an artist make nothing; a song under way stops at its next step."""
    _change(name, Trigger.PAUSE, reason, who, as_json=as_json)


@app.command()
def resume(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let a paused artist work again."""
    _change(name, Trigger.RESUME, reason, who, as_json=as_json)


@app.command()
def retire(
    name: ArtistName,
    *,
    reason: Reason = "by a person",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """End an artist's career for ever; what it made stays."""
    if not yes:
        typer.confirm(f"Retire {name} for ever?", abort=True, err=True)
    _change(name, Trigger.RETIRE, reason, who, as_json=as_json)


def _change(name: str, trigger: Trigger, reason: str, who: str | None, *, as_json: bool) -> None:
    async def change(label: Label) -> Artist:
        artist = await find_artist(label, name)
        return await label.store.write(
            artists.set_state,
            artist_id=artist.id,
            before=artist.state,
            after=move(artist.state, trigger),
            trigger=trigger,
            evidence=None,
            bound=None,
            reason=reason,
            who=person(who),
        )

    artist = with_label(change)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name} is {artist.state}")


def _drawn(artist: Artist) -> Group:
    persona = artist.persona
    paused = artist.state is LifecycleState.PAUSED
    return Group(
        Facts(
            {
                "name": f"{persona.name} ({artist.slug}, {artist.id})",
                "state": f"{artist.state}, version {artist.version}",
                "paused": f"{moment(artist.paused_at)}: {artist.pause_reason}" if paused else None,
                "genre": ", ".join((persona.genre, *persona.secondary_genres)),
                "tagline": persona.tagline,
                "voice": persona.lyrical_voice,
                "themes": ", ".join(persona.themes),
                "moods": ", ".join(persona.moods),
                "audience": persona.audience,
                "influences": ", ".join(persona.influences),
                "look": f"{persona.visual.palette}; {persona.visual.display_font}; {', '.join(persona.visual.scenes)}",
                "genes": ", ".join(f"{name} {value:+.2f}" for name, value in artist.genes),
                "notes": artist.style_notes or None,
                "made by": persona.source,
                "since": moment(artist.created_at),
            }
        ),
        "",
        Text(persona.backstory),
    )
