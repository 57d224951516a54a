"""A press under a song: decide, send back, put off, undo; or another row of buttons."""

from collections.abc import Callable
from datetime import datetime, timedelta

from telegram import CallbackQuery, Update
from telegram.ext import ContextTypes

from runtime.desk import Desk
from storage import approval_rows, chat_messages, chats
from storage.approval_rows import WRITTEN_SHA256, Approval, ApprovalStatus
from storage.chat_messages import Posted
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.types import Redo, SongEdits
from ui.telegram.answers import answer_press, reply
from ui.telegram.board import Board
from ui.telegram.buttons import REASONS, Press, read_press
from ui.telegram.office import Office
from ui.telegram.rewording import Rewording, numbered

UNKNOWN = "This button is none of mine; /pending shows what waits"
MENUS = {
    "reject": ("reasons", ""),
    "why": ("why", "Reply to the song's message with your reason"),
    "redo": ("redo", ""),
    "words": ("words", "Reply to the song's message with other words"),
    "back": ("open", ""),
}
"""Which buttons a press brings, and what is said beside it."""
REASON_WAIT = timedelta(minutes=10)
"""How long a song's message takes a reply for the reason that was announced."""


class Presses:
    """The buttons of approvals. The store's compare-and-set decides who was first."""

    def __init__(self, office: Office, board: Board, wake: Callable[[], None]) -> None:
        self._office = office
        self._store = office.store
        self._board = board
        self._wake = wake

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Do what a button says, if it is one of ours and stands under its own song."""
        query = update.callback_query
        press = read_press(query.data or "") if query is not None else None
        if query is None or press is None:
            raise NotFoundError(UNKNOWN)
        try:
            asked = await self._store.read(approval_rows.approval_by_id, approval_id=press.id)
        except NotFoundError:
            raise NotFoundError(UNKNOWN) from None
        if press.verb == "show":
            await self._show(update, query, asked)
            return
        posted = await self._place(query, asked)
        desk = await self._office.desk(update)
        try:
            line = await self._do(desk, press, asked, posted, await _whose(self._office, update))
        except ConflictError:
            # Its buttons are out of date, so the message is brought up to date too.
            await self._board.refresh(asked.id)
            raise
        await answer_press(query, line)
        if press.verb == "words":
            await reply(update, numbered(asked))
        self._wake()

    async def _do(self, desk: Desk, press: Press, asked: Approval, posted: Posted, person_id: str) -> str:
        match press.verb, press.argument:
            case "approve", str(take) if take.isdecimal():
                asked.require_words(press.seen or WRITTEN_SHA256)
                line = (await desk.decisions.approve(asked, take=int(take))).told()
            case "reject", str(place) if place.isdecimal() and int(place) < len(REASONS):
                line = (await desk.decisions.reject(asked, reason=REASONS[int(place)])).told()
            case "redo", str(part) if part in list(Redo):
                line = (await desk.decisions.send_back(asked, Redo(part))).told()
            case "later", None:
                await desk.decisions.put_off(asked)
                line = f"{asked.title} comes after the others for a while"
            case "written", None:
                await desk.decisions.edit(asked, SongEdits())
                line = f"{asked.title} has its words as they were written"
            case "undo", None:
                line = f"Taken back: {(await desk.decisions.undo(asked.id)).told()}"
            case verb, None if verb in MENUS:
                menu, line = MENUS[verb]
                if verb == "why":
                    until = self._office.tempo.now() + REASON_WAIT
                    menu = f"{menu}:{person_id}:{until.isoformat(timespec='seconds')}"
                await self._offer(asked, posted, menu)
            case _:
                raise NotFoundError(UNKNOWN)
        return line

    async def _offer(self, asked: Approval, posted: Posted, menu: str) -> None:
        if asked.status != ApprovalStatus.PENDING:
            raise ConflictError(asked.told())
        await self._board.offer(posted, menu)

    async def _show(self, update: Update, query: CallbackQuery, asked: Approval) -> None:
        chat = update.effective_chat
        enrolled = None if chat is None else await self._store.read(chats.chat_by_id, chat_id=chat.id)
        if enrolled is not None:
            await answer_press(query)
            await self._board.show_again(enrolled, asked.id)

    async def _place(self, query: CallbackQuery, asked: Approval) -> Posted:
        """The message that was pressed, as ours; one that we sent and could not note any more is noted now."""
        message = query.message
        if message is None:
            raise UsageError("This message is too old; /pending shows what waits")
        place = {"chat_id": message.chat.id, "message_id": message.message_id}
        posted = await self._store.read(chat_messages.message_at, **place)
        if posted is None:
            has_media = not getattr(message, "text", None)
            note = {"approval_id": asked.id, "has_media": has_media, "shown": "open|"}
            await self._store.write(chat_messages.keep_message, **place, **note)
            return Posted(**place, **note)
        if posted.approval_id != asked.id:
            raise NotFoundError(UNKNOWN)
        return posted


class Replies:
    """A reply to a song's message: the reason for a rejection where one was announced, or other words for the song."""

    def __init__(self, office: Office, wake: Callable[[], None]) -> None:
        self._office = office
        self._store = office.store
        self._wake = wake
        self._reword = Rewording(office, wake)

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Reject with these words, if that is what the message waits for; else read them as an edit, if they are one."""
        message = update.effective_message
        answered = message.reply_to_message if message is not None else None
        if message is None or answered is None:
            return
        posted = await self._store.read(
            chat_messages.message_at, chat_id=message.chat_id, message_id=answered.message_id
        )
        if posted is None:
            return
        if not posted.shown.startswith("why:"):
            await self._reword(update, posted.approval_id)
            return
        _, person_id, until = posted.shown.rpartition("|")[0].split(":", 2)
        # Others may talk about the song in replies to it; only who announced a reason gives one.
        if person_id != await _whose(self._office, update):
            await self._reword(update, posted.approval_id)
            return
        if datetime.fromisoformat(until) < self._office.tempo.now():
            raise UsageError("That was too long ago; press Reject and Other again, then reply")
        asked = await self._store.read(approval_rows.approval_by_id, approval_id=posted.approval_id)
        desk = await self._office.desk(update)
        await desk.decisions.reject(asked, reason=(message.text or "")[:1000])
        self._wake()


async def _whose(office: Office, update: Update) -> str:
    """The id of the person an update comes from; empty for a stranger. No alias: people may be forgotten."""
    visitor = await office.visitor(update)
    return visitor.person.id if visitor is not None and visitor.person is not None else ""
