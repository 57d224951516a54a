"""`labelmate cycle …`: songs in the making."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from runtime.label import Label
from runtime.studio import StudioConfig
from storage import model_calls, queries
from storage.cycles import Cycle
from storage.errors import UsageError
from storage.model_calls import Asked, RecordedCall
from storage.types import CycleState, Frozen
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import Facts, show, show_rows, table
from ui.cli.replay import replay_cycle
from ui.cli.running import Run, run_songs
from ui.cli.session import find_artist, run_interruptibly, shown_path, with_label
from ui.cli.wishes import Seconds, Theme
from ui.song_account import SongAccount, song_account
from ui.views import CycleRow
from ui.wishes import wish
from ui.wording import moment, printable, usd

app = typer.Typer(no_args_is_help=True, help="Songs in the making: list, show, run, cancel, resolve, replay.")
app.command("replay")(replay_cycle)
Ref = Annotated[str, typer.Argument(metavar="CYCLE", help="Id of a cycle, or the beginning of it.")]


WhoseSongs = Annotated[str | None, typer.Option("--artist", help="Of this artist only.")]


class Exchange(Frozen):
    """What a cycle said to writers, and what they answered."""

    cycle_id: str
    calls: tuple[RecordedCall, ...]


class Choice(StrEnum):
    """An operator's answer for a parked cycle."""

    GO_ON = "go_on"
    PASTE = "paste"
    BUY_AGAIN = "buy_again"
    CANCEL = "cancel"


@app.command("list")
def list_cycles(
    *,
    artist: WhoseSongs = None,
    state: Annotated[
        list[CycleState] | None, typer.Option("--state", help="In this state; give it again for more.")
    ] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show cycles, the newest first."""
    show_cycles("cycles", artist, tuple(state or ()), limit, as_json=as_json)


def show_cycles(
    name: str, artist: str | None, states: tuple[CycleState, ...], limit: int, *, as_json: bool
) -> None:
    """Read and show a list of cycles under a name of the caller's."""

    async def read(label: Label) -> list[CycleRow]:
        artist_id = (await find_artist(label, artist)).id if artist else None
        lines = await label.store.read(queries.list_cycles, artist_id=artist_id, states=states, limit=limit)
        return [CycleRow.of(line) for line in lines]

    show_rows(
        name,
        with_label(read),
        {
            "cycle": lambda row: row.id,
            "artist": lambda row: row.artist,
            "title": lambda row: row.title or "",
            "state": lambda row: row.outcome or row.state,
            "step": lambda row: "" if row.outcome else row.step or "",
            "by": lambda row: row.decided_by or "",
            "begun": lambda row: moment(row.created_at),
            "why": lambda row: row.reason,
        },
        as_json=as_json,
        empty=f"There are no such {name}; `labelmate song make --artist NAME` asks for a song.",
    )


@app.command("show")
def show_cycle(
    ref: Ref,
    *,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="What was said to language models, and what they answered.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one cycle: every step, what it took, what it cost, who made it, and the files."""
    if prompts:
        _show_exchange(ref, as_json=as_json)
        return

    async def read(label: Label) -> SongAccount:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        overview = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
        config = StudioConfig.of(label.settings)
        return song_account(overview, config.releases_dir, config.assets)

    account = with_label(read)
    show(account, as_json=as_json, drawn=_drawn(account))


def _show_exchange(ref: str, *, as_json: bool) -> None:
    async def read(label: Label) -> Exchange:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        calls = await label.store.read(model_calls.calls_of, cycle_id=cycle.id)
        return Exchange(cycle_id=cycle.id, calls=tuple(calls))

    exchange = with_label(read)
    spoken = [line for call in exchange.calls for line in _spoken(call)]
    # As plain text: what models write must not be read as the terminal's own markup.
    drawn = Text("\n".join(spoken) or f"{exchange.cycle_id} has asked no writer yet")
    show(exchange, as_json=as_json, drawn=drawn)


def _spoken(call: RecordedCall) -> list[str]:
    who = call.provider if call.provider == "offline" else f"{call.provider}:{call.model}"
    cost = "price unknown" if call.cost_usd is None else usd(call.cost_usd)
    return [
        f"── {call.step} {call.call_number}: {call.task} by {who}, {call.outcome}, {call.latency_s:.2f} s, {cost}",
        *(f"{role}: {printable(words)}" for role, words in call.messages or ()),
        *(f"tried: {printable(_tried(asked))}" for asked in call.trail or ()),
        f"answer: {printable(call.reply)}",
        "",
    ]


def _tried(asked: Asked) -> str:
    kept = f", {asked.kept_usd} USD kept" if asked.kept_usd else ""
    said = f": {asked.said}" if asked.said else ""
    return f"{asked.deployment or 'nobody'} {asked.outcome} after {asked.latency_s:.2f} s{kept}{said}"


@app.command()
def run(
    *,
    artist: Annotated[
        list[str] | None, typer.Option("--artist", metavar="NAME…", help="Whose songs.")
    ] = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="[NAME…]", help="More artists.")] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="All artists that are not paused or retired.")
    ] = False,
    songs: Annotated[int, typer.Option("--cycles", min=1, max=1000, help="Songs for each artist.")] = 1,
    parallel: Annotated[
        int | None, typer.Option(min=1, help="Songs at once, where this command starts the label.")
    ] = None,
    seconds: Seconds = None,
    theme: Theme = None,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="auto|HOST:PORT", help="A running Ray to work on, where the label does not run."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make songs now and follow them, on the running label or on one started for the duration."""
    names = [*(artist or []), *(more or [])]
    if everyone == bool(names):
        raise UsageError("Name artists with --artist, or all of them with --all")
    template = wish(seconds=seconds, theme=theme)
    asked = Run(tuple(names), songs, parallel, address, template)
    made = run_interruptibly(run_songs(asked))
    show(made, as_json=as_json, drawn="\n".join(_ended(song) for song in made.cycles))
    if made.exit_code:
        raise typer.Exit(made.exit_code)


@app.command()
def cancel(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Stop a cycle at its next step; what was made stays."""

    async def stop(label: Label) -> Cycle:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        return await at_desk(label, who).cycles.cancel(cycle.id)

    cycle = with_label(stop)
    show(cycle, as_json=as_json, drawn=f"{cycle.id} stops at its next step")


@app.command()
def resolve(
    ref: Ref,
    choice: Annotated[
        Choice,
        typer.Argument(
            help="Where nothing was bought: go_on. For a purchase that nobody saw end: paste its job id, or "
            "buy_again. For both: cancel the song."
        ),
    ],
    *,
    job: Annotated[str | None, typer.Option(help="The job id that the provider shows, for paste.")] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Answer for a parked cycle, so that it goes on: after too many faults, or a purchase of unknown outcome."""
    if (choice is Choice.PASTE) != (job is not None):
        raise UsageError("Give the provider's job id with `paste --job ID`, and only there")

    async def answer(label: Label) -> Cycle:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        return await at_desk(label, who).cycles.resolve(cycle.id, choice.value, job_id=job)

    cycle = with_label(answer)
    show(cycle, as_json=as_json, drawn=f"{cycle.id} is {cycle.state}")


def _ended(song: SongAccount) -> str:
    how = f"{song.outcome}: {song.reason}" if song.outcome else f"{song.state}: {song.reason}"
    title = f"{song.title} by {song.artist.name}" if song.title else f"a song by {song.artist.name}"
    waits = song.state is CycleState.WAITING
    remedy = f"; `labelmate approve {song.approval_id}`" if waits else ""
    where = f"; {shown_path(song.release_dir)}" if song.release_dir else ""
    learnt = [reason for reason in song.planned_because if reason.startswith(("lesson", "memory"))]
    told = "".join(f"\n    {reason}" for reason in learnt)
    return f"{title} ({song.cycle_id}): {how}{remedy}{where}{told}"


def _drawn(song: SongAccount) -> Group:
    return Group(
        Facts(
            {
                "song": f"{song.title or 'not titled yet'} by {song.artist.name} ({song.cycle_id})",
                "state": f"{song.outcome} by {song.decided_by}" if song.outcome else song.state,
                "why": song.reason,
                "critic": song.critique
                and f"{song.critique.score:.2f} of {song.critique.threshold:.2f} needed",
                "planned so": "\n".join(song.planned_because) or None,
                "cost": usd(song.cost_usd),
                **{
                    name: path and shown_path(path)
                    for name, path in {
                        "listen": song.audio.mp3,
                        "cover": song.cover,
                        "preview": song.preview,
                        "release": song.release_dir,
                    }.items()
                },
            }
        ),
        "",
        table(
            song.steps,
            {
                "step": lambda step: step.name + (f" (revision {step.revision})" if step.revision else ""),
                "status": lambda step: step.status,
                "took": lambda step: "" if step.duration_s is None else f"{step.duration_s:.1f} s",
                "cpu": lambda step: f"{step.cpu_s:.1f} s",
                "by": lambda step: step.provider,
                "cost": lambda step: usd(step.cost_usd),
                "made": lambda step: (
                    ", ".join(f"{made.kind} {made.sha256[:8]}" for made in step.assets) or step.error or ""
                ),
            },
        ),
    )
