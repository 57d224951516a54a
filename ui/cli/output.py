"""Where words go: data alone to stdout, everything else to stderr."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from pydantic import TypeAdapter
from rich.console import Console, RenderableType
from rich.table import Table

from storage.types import Frozen

Row = TypeVar("Row", bound=Frozen)
PLAIN_WIDTH = 160
"""Columns where nothing tells how wide the reader's screen is."""


def screen() -> Console:
    """Stdout for people; without colours and wide where it is no terminal."""
    return _console(sys.stdout.isatty(), stderr=False)


def sideline() -> Console:
    """Stderr, for progress and remarks."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(is_terminal: bool, *, stderr: bool) -> Console:
    return Console(stderr=stderr, highlight=False, width=None if is_terminal else PLAIN_WIDTH)


def show(data: Frozen, *, as_json: bool, drawn: RenderableType) -> None:
    """One thing: as JSON, or as it was drawn for people."""
    if as_json:
        sys.stdout.write(data.model_dump_json(indent=2) + "\n")
    else:
        screen().print(drawn)


def show_rows(
    name: str,
    rows: Sequence[Row],
    columns: Mapping[str, Callable[[Row], str]],
    *,
    as_json: bool,
    empty: str,
) -> None:
    """A list: as `{name: [...]}`, or as a table, or as the line that says why there is none."""
    if as_json:
        listed = TypeAdapter(dict[str, list[dict[str, object]]]).dump_json(
            {name: [row.model_dump(mode="json") for row in rows]}, indent=2
        )
        sys.stdout.write(listed.decode() + "\n")
    elif not rows:
        screen().print(empty, markup=False)
    else:
        screen().print(table(rows, columns))


def table(rows: Sequence[Row], columns: Mapping[str, Callable[[Row], str]]) -> Table:
    """Rows under their headings; cells are text, never markup."""
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in columns:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(_plain(cell(row)) for cell in columns.values()))
    return drawn


def facts(lines: Mapping[str, str | None]) -> Table:
    """Names and values, one line each; those without a value are left out."""
    drawn = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in lines.items():
        if value:
            drawn.add_row(name, _plain(value))
    return drawn


def _plain(text: str):  # noqa: ANN202 - rich.text.Text, imported where it is needed
    from rich.text import Text

    return Text(text)


def remark(text: str) -> None:
    """A line beside the data."""
    sideline().print(text, markup=False, soft_wrap=True)
