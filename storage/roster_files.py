"""Rosters as files: a `roster.yaml` of our own, or the SQLite file of the original system, read and never written."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from storage.errors import UsageError
from storage.types import Frozen, LifecycleState, PersonaWish

FILE_BYTES_MAX = 5_000_000
ROWS_MAX = 10_000
ORIGINAL_GENRES = {"electronic": "techno", "lo-fi": "lofi", "hip-hop": "trap", "dnb": "drum_and_bass"}
"""What the original calls genres that we call otherwise."""
ORIGINAL_COLUMNS = ("name", "genre", "style_notes", "llm_config", "status")
_FIELDS = ("genre", "style_notes", *PersonaWish.model_fields)


class RosterEntry(Frozen):
    """One artist of a file, as far as the file knows it."""

    label: str
    """Where it stands, for messages."""
    wish: PersonaWish
    genre: str | None = None
    style_notes: str = ""
    adventurousness: float | None = None
    state: LifecycleState = LifecycleState.CANDIDATE


def read_roster(path: Path) -> tuple[RosterEntry, ...]:
    """The artists of a file. Raises UsageError in one line for what is no roster."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX * 100:
            raise UsageError(f"{path} is too large for a roster")
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    entries = _original(path) if head.startswith(b"SQLite format 3") else _yaml(path)
    if not entries:
        raise UsageError(f"{path} has no artists")
    return entries


def _yaml(path: Path) -> tuple[RosterEntry, ...]:
    if path.stat().st_size > FILE_BYTES_MAX:
        raise UsageError(f"{path} is too large for a roster.yaml")
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = getattr(error, "problem_mark", None)
        raise UsageError(f"{path} is no YAML{f', line {where.line + 1}' if where else ''}") from error
    rows = table.get("artists") if isinstance(table, dict) else table
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{path}: write a list `artists:`, each with `name:` and what else you fix")
    return tuple(_entry(f"{path.name}, artist {number}", row) for number, row in enumerate(rows, 1))


def _entry(label: str, row: dict[str, Any]) -> RosterEntry:
    if unknown := sorted(str(name) for name in row.keys() - set(_FIELDS)):
        raise UsageError(f"{label}: no field {unknown[0]!r}; there are {', '.join(_FIELDS)}")
    given = {name: value for name, value in row.items() if name in PersonaWish.model_fields}
    for name in ("themes", "moods", "influences", "platforms", "calls_to_action", "pinned"):
        if isinstance(given.get(name), list):
            given[name] = tuple(given[name])
    try:
        wish = PersonaWish.model_validate(given)
        return RosterEntry(
            label=f"{label} ({wish.name})" if wish.name else label,
            wish=wish,
            genre=row.get("genre"),
            style_notes=row.get("style_notes") or "",
        )
    except ValidationError as error:
        first = error.errors()[0]
        told = "write a list, as [salt, fog]" if first["type"] == "tuple_type" else first["msg"]
        raise UsageError(f"{label}: {'.'.join(map(str, first['loc']))}: {told}") from error


def _original(path: Path) -> tuple[RosterEntry, ...]:
    """The original's `artists`: retired ones stay behind, and nobody comes with an autopilot."""
    try:
        # Read-only, so that not even a journal is left beside it.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            columns = {row[1] for row in connection.execute("PRAGMA table_info(artists)")}
            if missing := [name for name in ORIGINAL_COLUMNS if name not in columns]:
                raise UsageError(
                    f"{path} has no column artists.{missing[0]}: it is no roster of the original"
                )
            query = (
                f"SELECT {', '.join(ORIGINAL_COLUMNS)} FROM artists ORDER BY created_at, artist_id LIMIT ?"  # noqa: S608 - our own names
            )
            rows = connection.execute(query, (ROWS_MAX,)).fetchall()
    except sqlite3.Error as error:
        raise UsageError(f"{path} is no database that can be read: {error}") from error
    return tuple(
        _of_original(path.name, *row) for row in rows if str(row[-1]).lower() != LifecycleState.RETIRED
    )


def _of_original(
    file: str, name: object, genre: object, notes: object, config: object, _status: object
) -> RosterEntry:
    label = f"{file}, {str(name)[:40]}"
    known = str(genre or "").strip().lower().replace(" ", "_") or None
    try:
        wish = PersonaWish(name=str(name).strip())
    except ValidationError as error:
        raise UsageError(f"{label}: {error.errors()[0]['msg']}") from error
    return RosterEntry(
        label=label,
        wish=wish,
        genre=ORIGINAL_GENRES.get(known, known) if known else None,
        style_notes=str(notes or "")[:1000],
        adventurousness=_temperature(config),
    )


def _temperature(config: object) -> float | None:
    """The original evolved a temperature of 0.1 to 1.0: what we call adventurousness."""
    try:
        found = json.loads(str(config))["temperature"]
        return min(1.0, max(0.0, float(found)))
    except (ValueError, KeyError, TypeError):
        return None
