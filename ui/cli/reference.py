"""`docs/cli.md`, written from the commands themselves: `python -m ui.cli.reference` prints it."""

import sys
from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from ui.cli.main import ENTRIES, load

_HEADER = """\
# Commands

Written from the commands by `make docs`; a test compares it. `labelmate COMMAND --help` says the same.

Every command that lists or makes takes `--json`: one JSON object on stdout and nothing else there; progress goes to
stderr. An error is one line on stderr, and under `--json` also `{"error": {"code", "message"}}` on stdout.

| exit code | means |
|---|---|
| 0 | done; a rejected song is a result, not a failure |
| 1 | failed |
| 2 | the command line is wrong, or asks for what is not there |
| 3 | the settings, the machine or the home are not fit |
| 4 | a provider is unavailable |
| 130 | interrupted; every finished step is kept |
"""


def reference() -> str:
    """The whole text."""
    return _HEADER + "".join(part for name in ENTRIES for part in _section(name))


def _section(name: str) -> Iterator[str]:
    yield f"\n## labelmate {name}\n\n"
    command = load(name)
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            assert isinstance(inner, TyperCommand)
            yield f"### labelmate {name} {inner.name}\n\n"
            yield from _page(inner, f"labelmate {name} {inner.name}")
    else:
        yield from _page(command, f"labelmate {name}")


def _page(command: TyperCommand, path: str) -> Iterator[str]:
    context = typer.Context(command, info_name=path)
    yield "\n".join(line.strip() for line in (command.help or "").strip().splitlines()) + "\n\n"
    yield f"```\n{path} {' '.join(command.collect_usage_pieces(context))}\n```\n\n"
    rows = [record for param in command.get_params(context) if (record := param.get_help_record(context))]
    for signature, text in rows:
        if "--help" not in signature:
            yield f"- `{' '.join(signature.split())}`: {' '.join(text.split())}\n"
    yield "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
