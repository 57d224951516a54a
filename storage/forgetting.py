"""A forgotten person's name, wherever it stands: a pseudonym takes its place.

Columns are found by what they are called, so that a new table is not forgotten itself: `who` and `…_by` hold a name
alone, `why` and `reason` hold people's own words.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Column, Table, Text, func, or_, select, type_coerce, update

from storage import tables
from storage.columns import Json
from storage.store import Tx

_TEXTS = tuple(
    column
    for table in tables.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Text)
)
SENTENCES = (tables.steps.c.error, tables.fixes.c.reason)
"""What the label wrote itself: a name stands in it after `by` alone, and the same word elsewhere is no name."""
NAMES = (
    *(
        column
        for column in _TEXTS
        if (column.name == "who" or column.name.endswith("_by")) and column.name != "decided_by"
    ),
    tables.link_codes.c.alias,
)
"""A name and nothing else; `decided_by` says of what kind whoever decided was."""
WORDS = tuple(
    column
    for column in _TEXTS
    if (column.name in ("why", "reason") or column.name.endswith("_reason")) and column not in SENTENCES
)
"""What people typed, and sentences around it."""
DOCUMENTS = (
    tables.events.c.body,
    tables.outbox.c.payload,
    tables.artists.c.persona,
    tables.artist_versions.c.persona,
    tables.artist_versions.c.evidence,
    tables.lifecycle_changes.c.evidence,
)
NAME_KEYS = frozenset({"who", "alias", "by"})
WORD_KEYS = frozenset({"why", "reason", "found"})
"""Of the documents, as far in as these stand."""
_REASON = re.compile(r'("reason":)("(?:[^"\\]|\\.)*")')
Change = Callable[[str], str]


def forget_name(tx: Tx, *, alias: str, pseudonym: str, others: Collection[str]) -> None:
    """Put the pseudonym in place of an alias on every row; `others` are the aliases of everybody else."""
    for column in NAMES:
        tx.connection.execute(update(column.table).where(column == alias).values({column.name: pseudonym}))
    longer = [other for other in others if alias.lower() in other.lower()]

    def in_words(told: str) -> str:
        return renamed(told, alias, pseudonym, longer)

    def in_sentence(told: str) -> str:
        return renamed(told, alias, pseudonym, longer, before="by ")

    for columns, change in ((WORDS, in_words), (SENTENCES, in_sentence)):
        for column in columns:
            _rewrite(tx, column, alias, change)

    def in_document(value: object, key: str = "") -> object:
        match value:
            case str():
                if key in NAME_KEYS:
                    return pseudonym if value == alias else value
                return in_words(value) if key in WORD_KEYS else value
            case dict():
                members = cast("Mapping[str, object]", value)
                return {name: in_document(member, name) for name, member in members.items()}
            case list():
                return [in_document(member, key) for member in cast("list[object]", value)]
            case _:
                return value

    for column in DOCUMENTS:
        _rewrite(tx, column, alias, in_document)
    _forget_in_verdicts(tx, alias, pseudonym, in_words)


def renamed(told: str, alias: str, pseudonym: str, longer: Iterable[str], *, before: str = "") -> str:
    """A text with a pseudonym for an alias, but for words and longer names of which that is a part.

    A hyphen makes a longer name only between two words: `Ann-Marie` is somebody else, `-Ann` is a signature.
    """
    names = sorted((*longer, alias), key=len, reverse=True)
    spaced = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
    pattern = re.compile(rf"(?<!\w)(?<!\w-){re.escape(before)}({spaced})(?!\w|-\w)", re.IGNORECASE)
    folded = alias.lower().split()

    def instead(found: re.Match[str]) -> str:
        return f"{before}{pseudonym}" if found[1].lower().split() == folded else found[0]

    return pattern.sub(instead, told)


def _rewrite(tx: Tx, column: Column[Any], alias: str, change: Callable[[Any], object]) -> None:
    """Change a column where it may name somebody; only such rows are read."""
    table = cast("Table", column.table)
    keys = tuple(table.primary_key.columns)
    # As it stands in JSON, where the column holds some; of several words the first, whatever stands between them.
    first = alias.split(maxsplit=1)[0]
    word = json.dumps(first, ensure_ascii=False)[1:-1] if isinstance(column.type, Json) else first
    # A database folds the case of ASCII alone.
    forms = {word, word.lower(), word.upper(), word.capitalize()}
    text = type_coerce(column, Text)
    named = or_(*(text.icontains(form, autoescape=True) for form in sorted(forms)))
    for told, *identity in tx.connection.execute(select(column, *keys).where(named)).all():
        changed = change(told)
        if changed != told:
            mine = (key == value for key, value in zip(keys, identity, strict=True))
            tx.connection.execute(update(table).where(*mine).values({column.name: changed}))


def _forget_in_verdicts(tx: Tx, alias: str, pseudonym: str, in_words: Change) -> None:
    """A step keeps its verdict as the bytes that it was written in; all but name and reason stay as they are."""
    output = tables.steps.c.output
    kept, now = (f'"who":{json.dumps(name, ensure_ascii=False)}' for name in (alias, pseudonym))
    tx.connection.execute(
        update(tables.steps)
        .where(output.contains(kept, autoescape=True))
        .values(output=func.replace(output, kept, now))
    )

    def reason(found: re.Match[str]) -> str:
        return found[1] + json.dumps(in_words(json.loads(found[2])), ensure_ascii=False)

    def in_verdict(told: str) -> str:
        return _REASON.sub(reason, told) if '"decided_by":' in told else told

    _rewrite(tx, output, alias, in_verdict)
