"""The songs' messages: sent once to each chat, and edited wherever they stand."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden

from storage import approval_rows, chat_messages, chats, experiments, ledger
from storage.approval_rows import Approval, ApprovalStatus
from storage.chat_messages import Posted
from storage.chats import Chat
from ui.telegram import buttons
from ui.telegram.buttons import Rows
from ui.telegram.caption import SongFacts, caption
from ui.telegram.dispatch import Dispatch, Notice
from ui.telegram.markup import plain
from ui.telegram.office import Office
from ui.telegram.refusals import is_chat_gone, is_gone, is_unchanged
from ui.telegram.rewording import HOW

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
UNDO = "undo:"
HINT = "✍️ Reply to this message with the reason"


@dataclass(frozen=True)
class _Menu:
    """What is offered under a waiting song."""

    rows: Callable[[Approval], Rows]
    hint: str = ""


MENUS = {
    "open": _Menu(buttons.open_rows),
    "reasons": _Menu(buttons.reason_rows),
    "why": _Menu(buttons.why_rows, HINT),
    "redo": _Menu(buttons.redo_rows),
    "words": _Menu(buttons.words_rows, plain(HOW)),
}


class Board:
    """Every message that shows a song."""

    def __init__(self, office: Office, bot: Bot, dispatch: Dispatch) -> None:
        self._office = office
        self._store = office.store
        self._bot = bot
        self._dispatch = dispatch
        # One edit of a song's messages at a time: the later one must not be overtaken.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def post(self, approval_id: str) -> None:
        """Send a waiting song to every chat that does not show it; one that was decided meanwhile is not sent."""
        for chat in await self._store.read(chats.list_chats):
            async with self._lock(approval_id):
                asked = await self._store.read(approval_rows.approval_by_id, approval_id=approval_id)
                shown_in = await self._store.read(chat_messages.messages_of, approval_id=approval_id)
                if asked.status == ApprovalStatus.PENDING and chat.id not in {
                    each.chat_id for each in shown_in
                }:
                    await self._send(chat, asked)

    async def show_again(self, chat: Chat, approval_id: str) -> None:
        """Send a song once more, because a person asked to see it."""
        async with self._lock(approval_id):
            asked = await self._store.read(approval_rows.approval_by_id, approval_id=approval_id)
            await self._send(chat, asked)

    async def refresh(self, approval_id: str) -> None:
        """Bring every message of a song up to date."""
        async with self._lock(approval_id):
            asked = await self._store.read(approval_rows.approval_by_id, approval_id=approval_id)
            posted = await self._store.read(chat_messages.messages_of, approval_id=approval_id)
            for each in posted:
                await self._edit(each, asked, self._view(asked))

    async def offer(self, posted: Posted, menu: str) -> None:
        """Put another row of buttons under a song that still waits."""
        async with self._lock(posted.approval_id):
            asked = await self._store.read(approval_rows.approval_by_id, approval_id=posted.approval_id)
            waits = asked.status == ApprovalStatus.PENDING
            await self._edit(posted, asked, menu if waits else self._view(asked))

    async def close_undo(self) -> bool:
        """Take the undo button from songs whose decision has taken effect; says whether there were any."""
        now = self._office.tempo.now()
        showing = await self._store.read(chat_messages.messages_showing, prefix=UNDO)
        over = {
            each.approval_id
            for each in showing
            if datetime.fromisoformat(each.shown.removeprefix(UNDO).partition("|")[0]) <= now
        }
        for approval_id in over:
            await self.refresh(approval_id)
        return bool(over)

    async def _send(self, chat: Chat, asked: Approval) -> None:
        song, view = await self._facts(asked), self._view(asked)
        in_topic, bare = (self._notice(asked, song, view, tagged=tagged) for tagged in (False, True))
        sent = await self._dispatch.send(chat, asked, in_topic, bare)
        if sent is not None:
            await self._store.write(
                chat_messages.keep_message,
                chat_id=sent.chat_id,
                message_id=sent.message_id,
                approval_id=asked.id,
                has_media=sent.has_media,
                shown=in_topic.shown,
            )
            # After the song is noted as sent, so that nothing here could send its message twice.
            await self._dispatch.send_others(asked, sent)

    async def _edit(self, posted: Posted, asked: Approval, view: str) -> None:
        place = {"chat_id": posted.chat_id, "message_id": posted.message_id}
        chat = await self._store.read(chats.chat_by_id, chat_id=posted.chat_id)
        song = await self._facts(asked)
        notice = self._notice(asked, song, view, tagged=chat is None or not chat.is_forum)
        if notice.shown == posted.shown:
            return
        rows = {"reply_markup": buttons.keyboard(notice.rows), "parse_mode": "HTML"}
        try:
            if posted.has_media:
                await self._bot.edit_message_caption(**place, caption=notice.text, **rows)
            else:
                await self._bot.edit_message_text(
                    notice.text, **place, link_preview_options=NO_PREVIEW, **rows
                )
        except (BadRequest, Forbidden) as error:
            if is_chat_gone(error):
                await self._store.write(chats.leave_chat, chat_id=posted.chat_id)
                return
            if isinstance(error, BadRequest) and is_gone(error):
                await self._store.write(chat_messages.forget_message, **place)
                return
            if not (isinstance(error, BadRequest) and is_unchanged(error)):
                raise
        await self._store.write(chat_messages.mark_shown, **place, shown=notice.shown)

    async def _facts(self, asked: Approval) -> SongFacts:
        cost_usd = await self._store.read(ledger.charged, cycle_id=asked.cycle_id)
        arms = await self._store.read(experiments.assignments_of, cycle_id=asked.cycle_id)
        return SongFacts(cost_usd=cost_usd, assignments=tuple(arms))

    def _notice(self, asked: Approval, song: SongFacts, view: str, *, tagged: bool) -> Notice:
        menu = MENUS.get(
            view.partition(":")[0], _Menu(buttons.undo_rows if view.startswith(UNDO) else lambda _: [])
        )
        text = caption(asked, song, self._office.settings, tagged=tagged, hint=menu.hint)
        # Without the tag: the same words in a topic and beside one are the same message. With the song's words: they
        # stand in its buttons, also where two changes are told alike.
        told = f"{text.rpartition(chr(10))[0]}\n{asked.words_sha256}"
        digest = hashlib.sha256(told.encode()).hexdigest()[:12]
        return Notice(text, menu.rows(asked), f"{view}|{digest}")

    def _view(self, asked: Approval) -> str:
        if asked.status == ApprovalStatus.PENDING:
            return "open"
        is_open = asked.effective_at is not None and asked.effective_at > self._office.tempo.now()
        if asked.status == ApprovalStatus.DECIDED and is_open and asked.effective_at is not None:
            return f"{UNDO}{asked.effective_at.isoformat()}"
        return "final"

    def _lock(self, approval_id: str) -> asyncio.Lock:
        return self._locks.setdefault(approval_id, asyncio.Lock())
