"""`labelmate`: which command lives in which module. Nothing but the called one is imported."""

import sys
from importlib import import_module
from typing import Annotated, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

FIRST, MORE = "Commands", "More"
TYPER_INTERRUPTED = 130
"""What Typer makes of Ctrl-C; no command of ours returns it."""


class Entry(NamedTuple):
    """A command of the first page, known before its module is."""

    where: str
    """`module:attribute`: a command's function, or the app of a group."""
    panel: str
    text: str
    """The first line of its own help; a test compares them."""


ENTRIES = {
    "demo": Entry(
        "ui.cli.demo:demo", FIRST, "Make a new artist and one finished song, without key or network."
    ),
    "init": Entry("ui.cli.init:init", FIRST, "Choose the home and the keys, if there are any."),
    "up": Entry(
        "ui.cli.up:up",
        FIRST,
        "Start the label, its console and its bot; it makes the songs that are asked for.",
    ),
    "status": Entry("ui.cli.status:status", FIRST, "Show what is being made and what waits for you."),
    "approve": Entry("ui.cli.approval:approve", FIRST, "Approve a song; it takes effect a moment later."),
    "reject": Entry(
        "ui.cli.approval:reject", FIRST, "Reject a song and say why; it takes effect a moment later."
    ),
    "stop": Entry("ui.cli.service:stop", FIRST, "Halt all spending at once, until resumed."),
    "doctor": Entry(
        "ui.cli.doctor:doctor", FIRST, "Check this machine and this home, with a remedy for each fault."
    ),
    "artist": Entry(
        "ui.cli.artist:app",
        MORE,
        "The roster: list, show, create, edit, import, accept, searched, changes, rollback, pause, resume, evolve, retire, autopilot, voice, avatar.",
    ),
    "plan": Entry(
        "ui.cli.plan:app", MORE, "Calendars: what each artist makes and posts when; show, edit, add, redraw."
    ),
    "trends": Entry("ui.cli.trends:app", MORE, "What is in the air: show, read the sources now."),
    "memory": Entry("ui.cli.memory:app", MORE, "What artists remember: search songs, show lessons."),
    "audience": Entry(
        "ui.cli.audience:app", MORE, "Listeners: bring a service's file, fetch numbers, rate a song, show."
    ),
    "song": Entry("ui.cli.song:app", MORE, "Songs: list, show, ask for one, bring one."),
    "inbox": Entry("ui.cli.inbox:app", MORE, "Songs to make by hand: list, show what to paste, deliver."),
    "cycle": Entry(
        "ui.cli.cycle:app", MORE, "Songs in the making: list, show, run, cancel, resolve, replay."
    ),
    "approval": Entry("ui.cli.approval:app", MORE, "Questions to you: list, show, redo, later, close, undo."),
    "release": Entry("ui.cli.release:app", MORE, "Finished releases: list, show, published, withdrawn."),
    "error": Entry("ui.cli.fault:app", MORE, "Faults by kind, and patches of labelmate's own code."),
    "experiment": Entry(
        "ui.cli.experiment:app", MORE, "Experiments: create, list, report, promote, stop, withdraw."
    ),
    "simulate": Entry(
        "ui.cli.simulate:simulate",
        MORE,
        "Rehearse a roster's months: your rules and experiments against seeded listeners, without a song.",
    ),
    "budget": Entry("ui.cli.budget:budget", MORE, "Show what was spent, and the caps."),
    "telegram": Entry("ui.cli.telegram:app", MORE, "Telegram: link a person and a chat."),
    "reviewer": Entry("ui.cli.reviewer:app", MORE, "People who may decide: list, add, remove, forget."),
    "studio": Entry("ui.cli.studio:app", MORE, "The engines alone: song, cover, video."),
    "config": Entry("ui.cli.config:app", MORE, "Settings: show, set, unset, check, example."),
    "db": Entry("ui.cli.database:app", MORE, "The database: upgrade, backup, restore."),
    "down": Entry("ui.cli.service:down", MORE, "End the label that `up` started; nothing is lost."),
}


def program(called: str | None = None) -> TyperGroup:
    """The command line with the called command loaded; of the others it knows what their entry says."""
    app = typer.Typer(add_completion=False, no_args_is_help=True)
    app.callback()(labelmate)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for name, entry in ENTRIES.items():
        known = TyperCommand(name, help=entry.text, rich_help_panel=entry.panel)
        group.add_command(load(name) if name == called else known)
    return group


def load(name: str) -> TyperCommand | TyperGroup:
    """The command behind an entry, with its module imported."""
    module, _, attribute = ENTRIES[name].where.partition(":")
    target = getattr(import_module(module), attribute)
    if not isinstance(target, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(target)
        target = single
    command = get_command(target)
    command.name = name
    assert isinstance(command, TyperCommand | TyperGroup)
    return command


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"labelmate {version('labelmate')}")
        raise typer.Exit


def labelmate(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """A label of virtual music artists that runs itself.

    Start with `labelmate demo`; it needs no key and no network, and never touches your own label.
    """


def run(args: list[str]) -> int:
    """Run one command line; returns the exit code. Whatever happens, a person gets one line."""
    try:
        # Options of the first level are flags, so a called command is the first word or there is none.
        called = args[0] if args else None
        result = program(called).main(args=args, prog_name="labelmate", standalone_mode=False)
        if result == TYPER_INTERRUPTED:
            raise KeyboardInterrupt  # Typer keeps it to itself
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge to people
        from ui.cli.edge import tell

        return tell(error, as_json="--json" in args)
    return result if isinstance(result, int) else 0


def main() -> None:
    """The `labelmate` program."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
