"""`labelmate memory …`: what artists remember of their songs."""

from typing import Annotated

import typer

from agents.music.length import FASTEST_BPM, SLOWEST_BPM
from agents.music.theory import parse_key
from runtime.label import Label
from storage.errors import UsageError
from storage.lessons import lessons_of
from storage.memory import Found, search_memory
from storage.types import KnownLesson
from ui.cli.options import ArtistName, Json, Limit
from ui.cli.output import show_rows
from ui.cli.session import find_artist, with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="What artists remember: search songs, show lessons.")


@app.command()
def search(
    text: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Words of title, theme, mood, hook, lesson or lines.")
    ] = "",
    *,
    artist: Annotated[
        str | None, typer.Option("--artist", help="Whose songs; without it, everybody's.")
    ] = None,
    theme: Annotated[str, typer.Option(help="A part of the theme.")] = "",
    key: Annotated[
        str | None, typer.Option("--key", metavar="'F# minor'", help="Tonic, and mode if you like.")
    ] = None,
    slowest: Annotated[float, typer.Option("--bpm-from", help="Slowest tempo.")] = SLOWEST_BPM,
    fastest: Annotated[float, typer.Option("--bpm-to", help="Fastest tempo.")] = FASTEST_BPM,
    min_score: Annotated[float | None, typer.Option(min=0, max=1, help="Critic's score.")] = None,
    outcome: Annotated[str, typer.Option(help="approved, rejected, undecided …")] = "",
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Find songs by text, theme, key, tempo, score and outcome, the newest first."""
    if slowest > fastest:
        raise UsageError(f"--bpm-from {slowest:g} is above --bpm-to {fastest:g}")
    tonic, mode = ("", None) if key is None else parse_key(key)

    async def find(label: Label) -> list[Found]:
        return await label.store.read(
            search_memory,
            text=text,
            artist_id=(await find_artist(label, artist)).id if artist else None,
            theme=theme,
            key=f"{tonic} {mode}" if mode else tonic,
            tempo_bpm=(slowest, fastest),
            score_min=min_score,
            outcome=outcome,
            limit=limit,
        )

    show_rows(
        "songs",
        with_label(find),
        {
            "title": lambda row: row.piece.title,
            "artist": lambda row: row.artist,
            "theme": lambda row: row.piece.theme,
            "mood": lambda row: row.piece.mood,
            "bpm": lambda row: f"{row.piece.tempo_bpm:.0f}",
            "key": lambda row: f"{row.piece.key} {row.piece.mode}",
            "score": lambda row: "" if row.piece.score is None else f"{row.piece.score:.2f}",
            "outcome": lambda row: row.piece.outcome,
            "made": lambda row: moment(row.at),
            "cycle": lambda row: row.cycle_id,
        },
        as_json=as_json,
        empty="No song is like that; artists remember theirs from the critic's word on.",
    )


@app.command()
def lessons(name: ArtistName, *, limit: Limit = 20, as_json: Json = False) -> None:
    """Show what an artist's songs taught it, with the evidence that is left; it fades by half in sixty days."""

    async def read(label: Label) -> tuple[KnownLesson, ...]:
        artist = await find_artist(label, name)
        return await label.store.read(lessons_of, artist_id=artist.id, limit=limit)

    show_rows(
        "lessons",
        with_label(read),
        {
            "about": lambda row: row.about,
            "lesson": lambda row: row.text,
            "songs": lambda row: str(row.songs),
            "evidence": lambda row: f"{row.evidence:.2f}",
            "in the genes": lambda row: "yes" if row.is_absorbed else "",
        },
        as_json=as_json,
        empty="It has learnt nothing yet: lessons come from the reflections on its songs.",
    )
