"""Other words for a song, by a reply to its message: `title: NEW TITLE`, `3: NEW LINE`, or `words:` and all lines."""

import re
from collections.abc import Callable

from pydantic import ValidationError
from telegram import Update

from storage import approval_rows
from storage.approval_rows import Approval
from storage.errors import UsageError
from storage.types import SongEdits
from ui.telegram.markup import clip, paragraphs, plain
from ui.telegram.office import Office

HOW = "✏️ Reply to the song's message: title: NEW TITLE, or 3: NEW LINE"
LINE_MAX_CHARS = 200
_TITLE = re.compile(r"title\s*:\s*(.*)", re.IGNORECASE)
_LINE = re.compile(r"(?:line\s*)?(\d{1,3})\s*:\s*(.*)", re.IGNORECASE)
_ALL = re.compile(r"(?:words|lyrics)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)


def read_rewording(text: str, asked: Approval) -> SongEdits | None:
    """The words that a reply wants, over those that stand there; None where it wants none.

    Raises UsageError for what begins like one and is none.
    """
    wanted_title, lines = asked.wanted_title, list(asked.wanted_words)
    whole = _ALL.fullmatch(text.strip())
    if whole is not None:
        lines = [line.strip() for line in whole.group(1).splitlines() if line.strip()]
    else:
        given = [line.strip() for line in text.splitlines() if line.strip()]
        found = [(_TITLE.fullmatch(line), _LINE.fullmatch(line), line) for line in given]
        if not any(title or numbered for title, numbered, _ in found):
            return None
        for title, numbered, line in found:
            if title:
                wanted_title = title.group(1).strip()
            elif numbered and 1 <= int(numbered.group(1)) <= len(lines):
                lines[int(numbered.group(1)) - 1] = numbered.group(2).strip()
            elif numbered:
                raise UsageError(
                    f"{asked.title} has {len(lines)} lines; there is no line {numbered.group(1)}"
                )
            else:
                raise UsageError(f"“{clip(line, 40)}” is neither a title nor a line: write title: … or 3: …")
    if any(not line or len(line) > LINE_MAX_CHARS or not line.isprintable() for line in lines):
        raise UsageError(f"A line has 1 to {LINE_MAX_CHARS} plain characters")
    return _changes(asked, wanted_title, tuple(lines))


def numbered(asked: Approval) -> str:
    """Title and lines as they stand, with the numbers by which they are changed."""
    told = [f"{place}: {plain(clip(line, 120))}" for place, line in enumerate(asked.wanted_words, 1)]
    return paragraphs([plain(HOW), f"title: {plain(asked.wanted_title)}", "\n".join(told)])


def change_told(asked: Approval) -> str | None:
    """What differs from what was written, in one line; None where nothing does."""
    edits = asked.edits
    if edits is None:
        return None
    count = sum(one != other for one, other in zip(asked.words, edits.lines or asked.words, strict=False))
    parts = [f"title was “{clip(asked.title, 60)}”"] if edits.title else []
    parts += [f"{count} line{'s' if count > 1 else ''} changed"] if count else []
    return f"✏️ {', '.join(parts)}" if parts else None


def changed_lines(asked: Approval) -> str:
    """The lines that differ from what was written, with their numbers; empty where none does."""
    wanted = zip(asked.words, asked.wanted_words, strict=False)
    return " / ".join(f"{place}: {new}" for place, (old, new) in enumerate(wanted, 1) if old != new)


class Rewording:
    """A reply that brings other words; everybody's message tells of it."""

    def __init__(self, office: Office, wake: Callable[[], None]) -> None:
        self._office = office
        self._wake = wake

    async def __call__(self, update: Update, approval_id: str) -> None:
        """Put the words beside the question, if the reply holds any."""
        message = update.effective_message
        asked = await self._office.store.read(approval_rows.approval_by_id, approval_id=approval_id)
        edits = read_rewording((message and message.text) or "", asked)
        if edits is None:
            return
        desk = await self._office.desk(update)
        await desk.decisions.edit(asked, edits)
        self._wake()


def _changes(asked: Approval, title: str, lines: tuple[str, ...]) -> SongEdits:
    """What differs from what was written."""
    changed: dict[str, object] = {}
    if title != asked.title:
        changed["title"] = title
    if lines != asked.words:
        changed["lines"] = lines
    try:
        return SongEdits.model_validate(changed)
    except ValidationError:
        raise UsageError("A title has 1 to 120 characters") from None
