"""Audience files as they are downloaded: Spotify for Artists, YouTube Studio, and a distributor's sales report.

Which one it is, is told by its columns. Cells are data: numbers are read, titles are only compared.
"""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path

from storage.errors import UsageError
from storage.types import AudienceRow, Frozen

BYTES_MAX = 20_000_000
ROWS_MAX = 50_000
EARNINGS = "earnings_usd"
"""Alone may be less than nothing: a correction takes back what was paid before."""
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")


class Format(Frozen):
    """One service's file: which columns tell it, and what each measured column is called here."""

    source: str
    title: tuple[str, ...]
    """Names under which the song's title stands."""
    metrics: dict[str, str]
    """Our metric by their column."""

    def fits(self, columns: set[str]) -> bool:
        return bool(columns & set(self.title)) and bool(columns & set(self.metrics))


FORMATS = (
    Format(
        source="youtube_studio",
        title=("video title",),
        metrics={
            "views": "views",
            "watch time (hours)": "watch_hours",
            "likes": "likes",
            "subscribers": "followers",
        },
    ),
    Format(
        source="distributor",
        title=("title", "track title", "song title"),
        # A revenue that does not name its currency is nobody's dollars.
        metrics={"quantity": "streams", "earnings (usd)": EARNINGS},
    ),
    Format(
        source="spotify_for_artists",
        title=("song", "title"),
        metrics={"streams": "streams", "listeners": "listeners", "saves": "saves"},
    ),
)


def read_audience(path: Path) -> tuple[AudienceRow, ...]:
    """What a file says of each song, one row a song and metric, sums where a song stands in several lines.

    Raises:
        UsageError: it is none of the known files; the line names the columns that were looked for.
    """
    text = _text(path)
    dialect = "excel-tab" if "\t" in text.partition("\n")[0] else "excel"
    reader = csv.reader(io.StringIO(text), dialect)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        told = next((one for one in FORMATS if one.fits(set(columns))), None)
        if told is None:
            raise UsageError(_not_known(path, columns))
        sums = _sums(path, told, columns, ((reader.line_num, row) for row in reader))
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: {error}") from error
    if not sums:
        raise UsageError(f"{path} has no songs under its columns")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return tuple(
        AudienceRow(title=title, source=told.source, metric=metric, value=value, file_sha256=digest)
        for (title, metric), value in sums.items()
    )


def _sums(
    path: Path, told: Format, columns: list[str], rows: Iterator[tuple[int, list[str]]]
) -> dict[tuple[str, str], float]:
    """What each title's rows add up to, by measure; a row comes with its line in the file."""
    at = next(columns.index(name) for name in told.title if name in columns)
    measured = {columns.index(name): metric for name, metric in told.metrics.items() if name in columns}
    sums: dict[tuple[str, str], float] = {}
    for number, (line, row) in enumerate(rows):
        if number >= ROWS_MAX:
            raise UsageError(f"{path} has more than {ROWS_MAX} lines")
        if not row or len(row) <= at or not (title := " ".join(row[at].split())[:200]):
            continue  # the total of YouTube's table has no title
        for place, metric in measured.items():
            cell = row[place].strip() if place < len(row) else ""
            if cell:
                value = _number(path, line, columns[place], cell, may_be_negative=metric == EARNINGS)
                sums[title, metric] = sums.get((title, metric), 0.0) + value
    return sums


def _number(path: Path, line: int, column: str, cell: str, *, may_be_negative: bool) -> float:
    told = cell.replace("$", "")
    where = f"{path}, line {line}: {cell[:20]!r} under {column!r}"
    if "," in told and not _THOUSANDS.fullmatch(told):
        raise UsageError(f"{where} is no count: a comma parts thousands, as in 1,250.00")
    try:
        value = float(told.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or (value < 0 and not may_be_negative):
        raise UsageError(f"{where} is no count")
    return value


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise UsageError(f"{path} is larger than {BYTES_MAX // 1_000_000} MB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8: export it as CSV") from error


def _not_known(path: Path, columns: list[str]) -> str:
    known = "; ".join(
        f"{one.source} has {one.title[0]!r} and one of {', '.join(map(repr, one.metrics))}" for one in FORMATS
    )
    return f"{path} has the columns {', '.join(columns)[:120] or 'none'}, which are nobody's: {known}"
