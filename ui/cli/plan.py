"""`labelmate plan …`: the calendars of the label's artists."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from agents.planning.wishes import THEME_MAX, TITLE_MAX
from runtime.label import Label
from storage import content_plan
from storage.content_plan import PlanChange, PlanEntry
from storage.errors import UsageError
from storage.types import Frozen, PieceKind, PlannedPiece
from ui.cli.options import ArtistName, Json, Limit, Who, at_desk
from ui.cli.output import show, show_rows
from ui.cli.session import find_artist, with_label
from ui.typed import read_day

app = typer.Typer(
    no_args_is_help=True,
    help="Calendars: what each artist makes and posts when; show, edit, add, redraw.",
)
EntryId = Annotated[str, typer.Argument(metavar="ID", help="Id of an entry, as `plan show` tells it.")]
Day = Annotated[str | None, typer.Option("--day", metavar="YYYY-MM-DD", help="In LABEL_TIMEZONE.")]
Platform = Annotated[str | None, typer.Option(help="A name of configs/posts.yaml, such as tiktok.")]
Text = Annotated[str | None, typer.Option(help="The post's words; {title} becomes the song's title.")]
Call = Annotated[str | None, typer.Option("--cta", help="What the post asks for.")]
Theme = Annotated[str | None, typer.Option(help="Of a song: what it is to be about.")]
Title = Annotated[str | None, typer.Option(help="Of a song: what it is to be called.")]
TEXT_MAX = 5000


class Drawn(Frozen):
    """What `plan redraw` did."""

    artist: str
    entries: int


@app.command("show")
def show_plan(
    name: Annotated[
        str | None, typer.Argument(metavar="[ARTIST]", help="Whose calendar; without it, everybody's.")
    ] = None,
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days from today.")] = 28,
    past: Annotated[int, typer.Option(min=0, max=366, help="Days before today.")] = 0,
    limit: Limit = 500,
    as_json: Json = False,
) -> None:
    """Show what is made and posted on the coming days."""

    async def read(label: Label) -> list[PlanEntry]:
        artist = None if name is None else await find_artist(label, name)
        today = datetime.now(UTC).astimezone(ZoneInfo(label.settings.label_timezone)).date()
        return await label.store.read(
            content_plan.plan_of,
            artist_id=artist.id if artist else None,
            first=today - timedelta(days=past),
            last=today + timedelta(days=days),
            limit=limit,
        )

    show_rows(
        "plan",
        with_label(read),
        {
            "day": lambda row: row.day.strftime("%a %d %b"),
            "artist": lambda row: row.slug,
            "what": lambda row: f"{row.kind} {row.platform}".strip(),
            "state": lambda row: row.status,
            "words": _words,
            "id": lambda row: row.id,
        },
        as_json=as_json,
        empty="Nothing is planned: calendars are drawn by the running label for artists that you have accepted.",
    )


@app.command()
def edit(
    entry: EntryId,
    *,
    day: Day = None,
    platform: Platform = None,
    text: Text = None,
    cta: Call = None,
    theme: Theme = None,
    title: Title = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Change an entry; what you changed is never drawn over."""
    change = PlanChange(
        day=read_day(day),
        platform=platform,
        text=_bounded("--text", text, TEXT_MAX),
        call_to_action=_bounded("--cta", cta, 240),
        theme=_bounded("--theme", theme, THEME_MAX),
        title=_bounded("--title", title, TITLE_MAX),
    )
    if change == PlanChange():
        raise UsageError("Say what to change: --day, --platform, --text, --cta, --theme or --title")
    _change(entry, change, who, as_json=as_json)


@app.command()
def skip(entry: EntryId, *, who: Who = None, as_json: Json = False) -> None:
    """Leave an entry out; it is not drawn again."""
    _change(entry, PlanChange(status="skipped"), who, as_json=as_json)


@app.command()
def done(entry: EntryId, *, who: Who = None, as_json: Json = False) -> None:
    """Say that you have posted it."""
    _change(entry, PlanChange(status="done"), who, as_json=as_json)


@app.command()
def add(
    name: ArtistName,
    *,
    kind: Annotated[PieceKind, typer.Option(help="song, teaser or post.")],
    day: Annotated[str, typer.Option("--day", metavar="YYYY-MM-DD", help="In LABEL_TIMEZONE.")],
    platform: Platform = None,
    text: Text = None,
    cta: Call = None,
    theme: Theme = None,
    title: Title = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Put something of your own on an artist's calendar."""
    chosen = read_day(day)
    assert chosen is not None
    piece = PlannedPiece(
        day=chosen,
        kind=kind,
        platform=platform or "",
        text=_bounded("--text", text, TEXT_MAX) or "",
        call_to_action=_bounded("--cta", cta, 240) or "",
        theme=_bounded("--theme", theme, THEME_MAX),
        title=_bounded("--title", title, TITLE_MAX),
    )

    async def put(label: Label) -> PlanEntry:
        return await at_desk(label, who).plan.add(await find_artist(label, name), piece)

    entry = with_label(put)
    show(entry, as_json=as_json, drawn=_line(entry))


@app.command()
def redraw(name: ArtistName, *, who: Who = None, as_json: Json = False) -> None:
    """Draw an artist's coming days anew, from its cadence and platforms; what people wrote stays."""

    async def draw(label: Label) -> Drawn:
        artist = await find_artist(label, name)
        return Drawn(artist=artist.slug, entries=await at_desk(label, who).plan.redraw(artist))

    drawn = with_label(draw)
    told = f"{drawn.entries} entries are drawn: `labelmate plan show {drawn.artist}`"
    show(drawn, as_json=as_json, drawn=told)


def _change(entry_id: str, change: PlanChange, who: str | None, *, as_json: bool) -> None:
    async def change_it(label: Label) -> PlanEntry:
        return await at_desk(label, who).plan.change(entry_id, change)

    entry = with_label(change_it)
    show(entry, as_json=as_json, drawn=_line(entry))


def _line(entry: PlanEntry) -> str:
    return f"{entry.day} {entry.artist_name}, {f'{entry.kind} {entry.platform}'.strip()}, {entry.status}: {_words(entry)}"


def _words(entry: PlanEntry) -> str:
    if entry.kind is PieceKind.SONG:
        about = [f"“{entry.title}”" if entry.title else "", f"about {entry.theme}" if entry.theme else ""]
        return " ".join(part for part in about if part) or "the artist chooses"
    return f"{entry.shown_text} {entry.call_to_action}".strip()


def _bounded(option: str, text: str | None, chars_max: int) -> str | None:
    if text is not None and len(text) > chars_max:
        raise UsageError(f"{option} has {len(text)} characters: at most {chars_max}")
    return text
