"""`labelmate audience …`: what real listeners did, as your services tell it, and what you say yourself."""

from pathlib import Path
from typing import Annotated

import typer

from agents.audience.addresses import read_address
from agents.audience.files import read_audience
from runtime.audience import Fetched, compare_audiences, fetch_audiences
from runtime.label import Label
from storage import audience, audience_links, queries
from storage.audience import Reception
from storage.errors import UsageError
from storage.types import Frozen
from ui.cli import cycle as cycle_commands
from ui.cli.options import ArtistName, Json, Limit, Who, person
from ui.cli.output import show, show_rows
from ui.cli.session import find_artist, with_label

app = typer.Typer(
    no_args_is_help=True, help="Listeners: bring a service's file, fetch numbers, rate a song, show."
)


class Rated(Frozen):
    """A rating that was kept."""

    observation_id: str
    cycle_id: str
    rating: float


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV of Spotify for Artists, YouTube Studio or your distributor."
        ),
    ],
    *,
    artist: Annotated[str, typer.Option("--artist", help="Whose songs.")],
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Bring a file as it was downloaded; the same file twice adds nothing."""
    rows = read_audience(file)

    async def bring(label: Label) -> audience.Brought:
        whose = await find_artist(label, artist)
        brought = await label.store.write(
            audience.bring_audience, artist_id=whose.id, rows=rows, who=person(who)
        )
        await compare_audiences(label.store, await label.live.now())
        return brought

    brought = with_label(bring)
    told = f"{brought.kept} numbers of {brought.source} are kept, {brought.known} were known"
    if brought.unknown_titles:
        told += f"; no release of {brought.artist}: {', '.join(brought.unknown_titles)[:200]}"
    if brought.unpublished_titles:
        told += (
            "; compared with other artists' only after `labelmate release published`: "
            f"{', '.join(brought.unpublished_titles)[:200]}"
        )
    show(brought, as_json=as_json, drawn=told)


class Linked(Frozen):
    """Where a song can be heard."""

    cycle_id: str
    source: str
    ref: str


@app.command()
def link(
    ref: cycle_commands.Ref,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Of its video at YouTube, or its recording at MusicBrainz.")
    ],
    *,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Say where a released song can be heard, so that its numbers can be fetched; a new address takes the old one's place."""
    address = read_address(url)
    if address is None:
        raise UsageError(
            f"{url[:80]} leads to no song that can be counted: give https://www.youtube.com/watch?v=… "
            "or https://musicbrainz.org/recording/…"
        )

    async def keep(label: Label) -> Linked:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        await label.store.write(
            audience_links.link_song,
            cycle_id=cycle.id,
            source=address.source,
            ref=address.ref,
            who=person(who),
        )
        return Linked(cycle_id=cycle.id, source=address.source, ref=address.ref)

    linked = with_label(keep)
    show(linked, as_json=as_json, drawn=f"{linked.cycle_id} is {linked.ref} at {linked.source}")


@app.command()
def fetch(*, as_json: Json = False) -> None:
    """Read the numbers of linked songs now, where a key is set; what is fresh, failing or over its calls waits."""

    async def read(label: Label) -> list[Fetched]:
        return await fetch_audiences(label.store, await label.live.now())

    show_rows(
        "fetched",
        with_label(read),
        {
            "source": lambda row: row.source,
            "songs": lambda row: str(row.songs),
            "new numbers": lambda row: str(row.kept),
            "waiting": lambda row: str(row.waiting),
            "unclear, link them": lambda row: ", ".join(row.unclear),
            "why not": lambda row: row.why_not,
        },
        as_json=as_json,
        empty="Nobody is asked: YOUTUBE_API_KEY or LISTENBRAINZ_TOKEN lets a service's numbers be read.",
    )


@app.command()
def rate(
    ref: cycle_commands.Ref,
    rating: Annotated[float, typer.Argument(min=0, max=1, help="0 to 1.")],
    *,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Say how good a song is; it decides nothing."""

    async def keep(label: Label) -> Rated:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        kept = await label.store.write(audience.rate_song, cycle_id=cycle.id, rating=rating, who=person(who))
        return Rated(observation_id=kept, cycle_id=cycle.id, rating=rating)

    rated = with_label(keep)
    show(rated, as_json=as_json, drawn=f"{rated.cycle_id} is rated {rating:g}")


@app.command("show")
def show_audience(name: ArtistName, *, limit: Limit = 200, as_json: Json = False) -> None:
    """Show what each source says of an artist's songs, at its latest; simulated listeners are not among them."""

    async def read(label: Label) -> list[Reception]:
        artist = await find_artist(label, name)
        return await label.store.read(audience.receptions_of, artist_id=artist.id, limit=limit)

    show_rows(
        "audience",
        with_label(read),
        {
            "song": lambda row: row.title,
            "source": lambda row: row.source,
            "metric": lambda row: row.metric,
            "value": lambda row: f"{row.value:g}",
        },
        as_json=as_json,
        empty="Nobody has told anything yet: `labelmate audience import FILE --artist NAME` brings a service's file.",
    )
