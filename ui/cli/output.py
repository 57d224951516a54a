"""Where words go: data alone to stdout, everything else to stderr."""

import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

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
    elif isinstance(drawn, str):
        # Titles and reasons are people's words, never markup; unbroken, so that a command in it can be copied.
        screen().print(drawn, markup=False, soft_wrap=True)
    else:
        screen().print(drawn, crop=False)


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
        drawn.add_row(*(Text(cell(row)) for cell in columns.values()))
    return drawn


class Facts:
    """Names and values, one after the other; those without a value are left out.

    Prose is wrapped beside its name. A path never is, so that it can be copied and clicked.
    """

    def __init__(self, lines: Mapping[str, str | Path | None]) -> None:
        self._lines = {name: value for name, value in lines.items() if value}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        indent = max(map(len, self._lines), default=0) + 2
        for name, value in self._lines.items():
            parts = [str(value)] if isinstance(value, Path) else _wrapped(value, options.max_width - indent)
            for head, part in zip_longest([name], parts, fillvalue=""):
                yield Text.assemble((head.ljust(indent), "bold"), part, no_wrap=True, overflow="ignore")


def _wrapped(prose: str, width: int) -> list[str]:
    return [
        part
        for line in prose.splitlines()
        for part in textwrap.wrap(line, max(20, width), break_long_words=False, break_on_hyphens=False)
    ]


def remark(text: str) -> None:
    """A line beside the data."""
    sideline().print(text, markup=False, soft_wrap=True)
