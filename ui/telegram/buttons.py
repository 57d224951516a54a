"""Buttons: what a press says, in at most 64 bytes, and which ones stand under a song."""

import re
from dataclasses import dataclass
from decimal import Decimal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from storage.approval_rows import Approval
from storage.types import Artist, Redo
from ui.telegram.markup import clip
from ui.wording import usd

REASONS = (
    "Weak lyrics",
    "Dull melody",
    "Poor sound",
    "Wrong mood",
    "Too much like an earlier song",
    "Cover or video is poor",
)
"""Ready reasons for a rejection, by their place in the callback data: add at the end only."""
_DATA = re.compile(r"(ap|ar):([0-9a-z]{26}):([a-z]{2,12})(?:\.([0-9a-z]{1,12})(?:\.([0-9a-f]{8}))?)?")
_PREFIX = {"ap": "apr", "ar": "art"}

Rows = list[list[InlineKeyboardButton]]


@dataclass(frozen=True)
class Press:
    """What a button under a song or an artist says."""

    id: str
    """Of the approval or the artist."""
    verb: str
    argument: str | None = None
    seen: str | None = None
    """What the message showed, in 8 hex digits: the beginning of a song's `words_sha256`, or an artist's version.

    None on a button of older messages, and on one that asks for nothing yet.
    """


def read_press(data: str) -> Press | None:
    """A press, or None for what none of our buttons says."""
    found = _DATA.fullmatch(data)
    if found is None:
        return None
    kind, ulid, verb, argument, seen = found.groups()
    return Press(f"{_PREFIX[kind]}_{ulid}", verb, argument, seen)


def version_seen(artist: Artist) -> str:
    """An artist's version as a button under it says it."""
    return f"{artist.version:08x}"


def button(
    text: str, id_: str, verb: str, argument: str | None = None, *, seen: str | None = None
) -> InlineKeyboardButton:
    """One button of an approval or an artist; with `seen`, an argument comes before it."""
    prefix, _, ulid = id_.partition("_")
    kind = next(kind for kind, of in _PREFIX.items() if of == prefix)
    data = f"{kind}:{ulid}:" + ".".join(part for part in (verb, argument, seen) if part)
    return InlineKeyboardButton(text, callback_data=data)


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The rows as Telegram takes them; None takes all buttons away."""
    return InlineKeyboardMarkup(rows) if rows else None


def open_rows(asked: Approval) -> Rows:
    """A song that waits."""
    approve = [
        button(
            f"✅ Approve {take.named()}" if asked.takes > 1 else "✅ Approve",
            asked.id,
            "approve",
            str(take.number),
            seen=asked.words_sha256[:8],
        )
        for take in asked.offered
    ]
    return [
        *(approve[start : start + 2] for start in range(0, len(approve), 2)),
        [
            button("❌ Reject", asked.id, "reject"),
            button("🔁 Redo", asked.id, "redo"),
            button("🕓 Later", asked.id, "later"),
        ],
        [button("✏️ Edit", asked.id, "words")],
    ]


def reason_rows(asked: Approval) -> Rows:
    """Why is it rejected?"""
    ready = [button(reason, asked.id, "reject", str(place)) for place, reason in enumerate(REASONS)]
    return [
        *(ready[start : start + 2] for start in range(0, len(ready), 2)),
        [button("✍️ Other: reply to this message", asked.id, "why"), _back(asked)],
    ]


def why_rows(asked: Approval) -> Rows:
    """Waiting for a reply."""
    return [[_back(asked)]]


def redo_rows(asked: Approval) -> Rows:
    """What is made anew?"""
    parts = [
        button(f"🔁 {part.capitalize()}", asked.id, "redo", part)
        for part in asked.redoable
        if part is not Redo.SONG
    ]
    price = asked.facts.get("song_price_usd")
    cost = "price unknown" if price is None else usd(Decimal(str(price)))
    whole = [button(f"🔁 The whole song ({clip(cost, 20)})", asked.id, "redo", Redo.SONG)]
    return [parts[:2], parts[2:], [*(whole if Redo.SONG in asked.redoable else ()), _back(asked)]]


def words_rows(asked: Approval) -> Rows:
    """Waiting for other words."""
    written = [button("↩️ As it was written", asked.id, "written")] if asked.edits else []
    return [[*written, _back(asked)]]


def undo_rows(asked: Approval) -> Rows:
    """It was decided, and can be taken back."""
    return [[button("↩️ Undo", asked.id, "undo")]]


def _back(asked: Approval) -> InlineKeyboardButton:
    return button("⬅️ Back", asked.id, "back")


def label_button(text: str, *verbs: str) -> InlineKeyboardButton:
    """A button of the label itself."""
    return InlineKeyboardButton(text, callback_data=":".join(("lb", *verbs)))
