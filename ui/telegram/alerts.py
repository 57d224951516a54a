"""What the owner is told at once: faults, money, proposals, and whatever the label calls an alert."""

from collections.abc import Mapping

from telegram import InlineKeyboardButton

from agents.redaction import redact
from storage.outbox import Message
from ui.telegram.buttons import button
from ui.telegram.markup import bold, clip, code, plain

KINDS = ("alert", "budget_warning", "lifecycle_proposal", "error_group", "name_search", "newcomer")
LINE_MAX = 400


def alert_line(message: Message) -> str:
    """One alert as a line of HTML."""
    payload = message.payload
    match message.kind:
        case "budget_warning":
            return (
                f"💸 {bold('Budget')}: {_word(payload, 'used_usd')} of {_word(payload, 'cap_usd')} USD "
                f"are used for {_word(payload, 'period')}"
            )
        case "lifecycle_proposal":
            return f"🌱 {bold(_word(payload, 'name'))} should be {_word(payload, 'move')}: {_word(payload, 'because')}"
        case "name_search":
            return (
                f"🔎 The first release of {bold(_word(payload, 'name'))} waits: look whether somebody else goes by "
                "that name, and say so under the artist"
            )
        case "newcomer":
            return (
                f"👋 The label has created {bold(_word(payload, 'name'))}, {_word(payload, 'genre')}: "
                "it makes nothing by itself until you take it on"
            )
        case "error_group":
            fingerprint = str(payload.get("fingerprint", ""))[:12]
            return f"🛠 {_fault(payload)}: {_word(payload, 'title')} ({code(fingerprint)})"
        case _:
            return f"🔔 {_word(payload, 'text')}"


def alert_buttons(messages: list[Message]) -> list[list[InlineKeyboardButton]]:
    """A way to each artist that an alert is about, five at most."""
    artists = dict.fromkeys(
        (str(message.payload["artist_id"]), str(message.payload.get("name") or "the artist"))
        for message in messages
        if message.payload.get("artist_id")
    )
    return [[button(f"Look at {clip(name, 40)}", id_, "show")] for id_, name in list(artists)[:5]]


def _fault(payload: Mapping[str, object]) -> str:
    count = payload.get("count", 1)
    if payload.get("came_back"):
        return f"{bold('A fault is back')} ({count} times)"
    return bold("A new fault") if count == 1 else f"{bold('A fault repeats')} ({count} times)"


def _word(payload: Mapping[str, object], name: str) -> str:
    return plain(clip(redact(str(payload.get(name, ""))), LINE_MAX))
