"""`labelmate artist …`: the roster."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from runtime.label import Label
from storage import queries
from storage.errors import UsageError
from storage.roster_files import read_roster
from storage.types import Artist, Cadence, PersonaWish
from ui.cli import changes, moves, portrait
from ui.cli.artist_account import account
from ui.cli.options import ArtistName, Json, Limit, Who, at_desk, person
from ui.cli.output import show, show_rows
from ui.cli.session import find_artist, with_label
from ui.wording import moment, usd

app = typer.Typer(
    no_args_is_help=True,
    help="The roster: list, show, create, edit, import, accept, searched, changes, rollback, pause, resume, evolve, retire, autopilot, voice, avatar.",
)
for command in (changes.changes, changes.rollback):
    app.command()(command)


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
    show(artist, as_json=as_json, drawn=account(artist))


Themes = Annotated[list[str] | None, typer.Option("--theme", help="What it sings about; repeat for more.")]
Moods = Annotated[list[str] | None, typer.Option("--mood", help="How it feels; repeat for more.")]
Platforms = Annotated[
    list[str] | None, typer.Option("--platform", help="Of configs/posts.yaml; repeat for more.")
]
Calls = Annotated[list[str] | None, typer.Option("--cta", help="What its posts ask for; repeat for more.")]
Pins = Annotated[
    list[str] | None,
    typer.Option("--pin", help="A gene, sound or style_notes that never changes by itself; repeat for more."),
]
Tagline = Annotated[str | None, typer.Option(help="One sentence.")]
Backstory = Annotated[
    str | None, typer.Option(help="It says of itself that it is a virtual artist, made with AI.")
]
Audience = Annotated[str | None, typer.Option(help="Whom it is for.")]
DaysPerSong = Annotated[int | None, typer.Option(min=1, max=365, help="Days from song to song.")]
Teasers = Annotated[int | None, typer.Option(min=0, max=7, help="Teasers for each song.")]
PostsPerWeek = Annotated[int | None, typer.Option(min=0, max=7, help="Other posts a week.")]
Adaptability = Annotated[
    float | None, typer.Option("--trends", min=0, max=1, help="How far it follows trends; 0: not at all.")
]


@app.command()
def create(
    *,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; without it, the seed picks.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, help="The same seed, roster and trends make the same artist."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name; without it, one is invented.")] = None,
    language: Annotated[str | None, typer.Option(help="Of its lyrics, such as en or pt-BR.")] = None,
    tagline: Tagline = None,
    backstory: Backstory = None,
    audience: Audience = None,
    theme: Themes = None,
    mood: Moods = None,
    platform: Platforms = None,
    cta: Calls = None,
    days_per_song: DaysPerSong = None,
    teasers: Teasers = None,
    posts_per_week: PostsPerWeek = None,
    trends: Adaptability = None,
    pin: Pins = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Invent an artist unlike those on the roster, as a candidate, around whatever you fix."""
    chosen = secrets.randbelow(2**31) if seed is None else seed
    wish = wish_of(
        name=name,
        language=language,
        tagline=tagline,
        backstory=backstory,
        audience=audience,
        themes=theme,
        moods=mood,
        platforms=platform,
        calls_to_action=cta,
        cadence=_cadence(Cadence(), days_per_song, teasers, posts_per_week),
        trend_adaptability=trends,
        pinned=pin,
    )
    artist = with_label(
        lambda label: label.create_artist(seed=chosen, genre=genre, who=person(who), wish=wish)
    )
    show(artist, as_json=as_json, drawn=account(artist))


@app.command()
def edit(
    name: ArtistName,
    *,
    tagline: Tagline = None,
    backstory: Backstory = None,
    lyrical_voice: Annotated[
        str | None, typer.Option(help="Who speaks in its words, to whom, in what tone.")
    ] = None,
    audience: Audience = None,
    theme: Themes = None,
    mood: Moods = None,
    platform: Platforms = None,
    cta: Calls = None,
    days_per_song: DaysPerSong = None,
    teasers: Teasers = None,
    posts_per_week: PostsPerWeek = None,
    trends: Adaptability = None,
    pin: Pins = None,
    unpin: Annotated[bool, typer.Option("--unpin", help="Let everything change again.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Change what may change of an artist; name, language, voice and look stay. Lists are replaced whole."""

    async def change(label: Label) -> Artist:
        artist = await find_artist(label, name)
        wish = wish_of(
            tagline=tagline,
            backstory=backstory,
            lyrical_voice=lyrical_voice,
            audience=audience,
            themes=theme,
            moods=mood,
            platforms=platform,
            calls_to_action=cta,
            cadence=_cadence(artist.persona.cadence, days_per_song, teasers, posts_per_week),
            trend_adaptability=trends,
            pinned=[] if unpin else pin,
        )
        if not wish.given():
            raise UsageError("Say what to change; `labelmate artist edit --help` lists it")
        desk = at_desk(label, who)
        edited = await desk.artists.edit(artist, wish)
        if wish.cadence or wish.platforms or wish.calls_to_action:
            await desk.plan.redraw(edited)
        return edited

    artist = with_label(change)
    show(artist, as_json=as_json, drawn=account(artist))


@app.command("import")
def import_roster(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A roster.yaml, or the original's artists.db.")
    ],
    *,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A name of the file; repeat for more.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="For what the file leaves open.")] = 1,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Bring artists from a file, as candidates; what it leaves open is invented. Again, it goes on where it stopped."""
    entries = read_roster(file)
    if only:
        names = {name.lower() for name in only}
        entries = tuple(entry for entry in entries if (entry.wish.name or "").lower() in names)
        if len(entries) < len(names):
            raise UsageError(f"{file} does not have all of {', '.join(only)}")

    async def bring(label: Label) -> list[Artist]:
        return await at_desk(label, who).artists.bring_in(entries, seed=seed)

    show_rows(
        "artists",
        with_label(bring),
        {
            "artist": lambda artist: artist.slug,
            "name": lambda artist: artist.persona.name,
            "genre": lambda artist: artist.persona.genre,
            "tagline": lambda artist: artist.persona.tagline,
        },
        as_json=as_json,
        empty="Nobody was brought.",
    )


@app.command()
def searched(
    name: ArtistName,
    *,
    found: Annotated[
        str | None, typer.Option("--found", help="Where you searched, and what you found.")
    ] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Nobody searched after all; not once something came out.")
    ] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Record your own search for others of this name; until then no release of the artist is ready to be published."""
    if (found is None) is not take_back:
        raise UsageError("Say --found with what you found, or --take-back")

    async def record(label: Label) -> Artist:
        artists, artist = at_desk(label, who).artists, await find_artist(label, name)
        if found is None:
            return await artists.take_back_name_search(artist)
        return await artists.record_name_search(artist, found)

    artist = with_label(record)
    told = (
        "no search is on record any more, and its releases wait"
        if found is None
        else "your search is on record, and its releases may go out"
    )
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {told}")


def wish_of(**given: object) -> PersonaWish:
    """What a person fixes, checked. Raises UsageError in one line."""
    fixed = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    try:
        return PersonaWish.model_validate(fixed)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{str(first['loc'][0]).replace('_', ' ')}: {first['msg']}") from None


def _cadence(present: Cadence, days: int | None, teasers: int | None, posts: int | None) -> Cadence | None:
    changes = {"days_per_song": days, "teasers_per_song": teasers, "posts_per_week": posts}
    given = {name: value for name, value in changes.items() if value is not None}
    return present.model_copy(update=given) if given else None


for command in (
    moves.accept,
    moves.pause,
    moves.resume,
    moves.evolve,
    moves.autopilot,
    portrait.voice,
    portrait.avatar,
    moves.retire,
):
    app.command()(command)
