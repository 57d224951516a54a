"""`labelmate song …`: songs as people think of them; each is made by one cycle."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agents.music.lyric_sheet import read_sheet
from runtime.desk.cycles import Bringing
from runtime.label import Label
from storage.types import CycleState
from ui.cli import cycle as cycle_commands
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import show
from ui.cli.session import find_artist, with_label
from ui.cli.wishes import Density, Energy, Form, KeyName, Mood, Seconds, Seed, Tempo, Theme, Title
from ui.wishes import Formats, wish

app = typer.Typer(no_args_is_help=True, help="Songs: list, show, ask for one, bring one.")


@app.command("list")
def list_songs(*, artist: cycle_commands.WhoseSongs = None, limit: Limit = 50, as_json: Json = False) -> None:
    """Show finished songs, the newest first; `cycle list` shows those in the making too."""
    cycle_commands.show_cycles("songs", artist, (CycleState.ENDED,), limit, as_json=as_json)


@app.command("show")
def show_song(ref: cycle_commands.Ref, *, as_json: Json = False) -> None:
    """Show one song: its steps, files, critique and release."""
    cycle_commands.show_cycle(ref, as_json=as_json)


class AiRole(StrEnum):
    """How much of a recording a model made."""

    HUMAN = "human"
    ASSISTED = "assisted"
    GENERATED = "generated"


@app.command("import")
def import_song(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The recording: WAV, FLAC or MP3.")],
    *,
    artist: Annotated[str, typer.Option("--artist", help="Whose song.")],
    title: Title = None,
    theme: Theme = None,
    mood: Mood = None,
    lyrics: Annotated[
        Path | None,
        typer.Option("--lyrics", metavar="FILE", help="Its words, UTF-8, `[Chorus]` above each part."),
    ] = None,
    tempo_bpm: Tempo = None,
    key: KeyName = None,
    made_by: Annotated[
        AiRole, typer.Option(help="How much of it a model made; the release says so.")
    ] = AiRole.GENERATED,
    licence: Annotated[
        str, typer.Option(help="On what terms you have it, for the release's papers.")
    ] = Bringing().licence,
    formats: Annotated[
        Formats | None, typer.Option(help="Which full videos; without it, VIDEO_FORMATS.")
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Bring a recording made elsewhere: it is mastered, filmed and decided on like any other song."""
    wanted = wish(title=title, theme=theme, mood=mood, tempo_bpm=tempo_bpm, key=key)
    words = read_sheet(lyrics) if lyrics else ""

    async def bring(label: Label):  # noqa: ANN202 - the cycle and whether somebody works on it
        whose = await find_artist(label, artist)
        aspects = (formats or Formats(label.settings.video_formats)).aspects()
        request = wanted.model_copy(update={"formats": aspects})
        bringing = Bringing(licence=licence, ai_role=made_by.value)
        cycle = await at_desk(label, who).cycles.import_song(whose.id, file, request, bringing, words=words)
        return cycle, label.running is not None

    cycle, is_running = with_label(bring)
    when = "it goes on when a place is free" if is_running else "it goes on with the next `labelmate up`"
    asked = cycle.request
    drawn = (
        f"{asked.title} is brought: {asked.seconds:.0f} s, {asked.tempo_bpm:g} BPM, {asked.key} {asked.mode}; "
        f"{when}: `labelmate cycle show {cycle.id}`"
    )
    show(cycle, as_json=as_json, drawn=drawn)


@app.command()
def make(
    *,
    artist: Annotated[str, typer.Option("--artist", help="Whose song.")],
    theme: Theme = None,
    title: Title = None,
    seconds: Seconds = None,
    tempo_bpm: Tempo = None,
    key: KeyName = None,
    mood: Mood = None,
    form: Form = None,
    density: Density = None,
    energy: Energy = None,
    seed: Seed = None,
    formats: Annotated[
        Formats | None, typer.Option(help="Which full videos; without it, VIDEO_FORMATS.")
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Ask for a song; the running label makes it, or the next `labelmate up`."""
    wanted = wish(
        seed=seed, seconds=seconds, theme=theme, title=title, tempo_bpm=tempo_bpm, key=key, mood=mood,
        form=form, density=density, energy=energy,
    )  # fmt: skip

    async def ask(label: Label):  # noqa: ANN202 - the cycle and whether somebody works on it
        whose = await find_artist(label, artist)
        aspects = (formats or Formats(label.settings.video_formats)).aspects()
        request = wanted.model_copy(update={"formats": aspects})
        return await at_desk(label, who).cycles.ask_song(whose.id, request), label.running is not None

    cycle, is_running = with_label(ask)
    when = "it starts when a place is free" if is_running else "it starts with the next `labelmate up`"
    show(cycle, as_json=as_json, drawn=f"{cycle.id} is asked for; {when}: `labelmate cycle show {cycle.id}`")
