"""The second errand: songs, alerts and the day's digest, outside quiet hours."""

import logging

from telegram import Bot
from telegram.error import TelegramError

from configs.settings import Settings
from storage import approval_rows, chat_messages, chats, outbox
from storage.outbox import Message
from ui.telegram import alerts
from ui.telegram.board import Board
from ui.telegram.buttons import keyboard
from ui.telegram.courier import Courier
from ui.telegram.digest import digest
from ui.telegram.hours import digest_day, is_quiet
from ui.telegram.markup import TEXT_MAX, shown_units
from ui.telegram.office import Office
from ui.telegram.owner import owners_chat
from ui.telegram.refusals import is_chat_gone, words

log = logging.getLogger(__name__)
ALERTS_A_ROUND = 50
DIGEST, SUMMARY = "digest", "waiting_summary"
KINDS = ("approval", *alerts.KINDS, DIGEST, SUMMARY)


class Sends:
    """What is new, on its way to the chats."""

    def __init__(self, office: Office, bot: Bot, board: Board) -> None:
        self._office = office
        self._store = office.store
        self._bot = bot
        self._board = board

    async def round(self, courier: Courier) -> bool:
        """All alerts, the digest if it is due, and one song."""
        settings, now = await self._office.label.live.now(), self._office.tempo.now()
        if is_quiet(now, settings) or not await self._store.read(chats.list_chats):
            return False
        if day := digest_day(now, settings):
            await self._once(DIGEST, f"digest/{day}")
        # Looked at before it is claimed: what may not be sent yet stays where it is.
        waiting = await self._store.read(outbox.waiting, kinds=KINDS)
        did_something = False
        if any(waiting.get(kind) for kind in alerts.KINDS):
            did_something = await self._send_alerts(courier)
        for kind in (DIGEST, SUMMARY):
            for message in await courier.claim((kind,), 1) if waiting.get(kind) else ():
                await courier.deliver([message], lambda each=message: self._tell_everybody(each))
                did_something = True
        if waiting.get("approval"):
            did_something |= await self._send_song(courier, settings)
        return did_something

    async def _send_song(self, courier: Courier, settings: Settings) -> bool:
        if await self._store.read(chat_messages.most_open) >= settings.undecided_per_label_max:
            return await self._once(SUMMARY, f"waiting/{self._office.tempo.now().date()}")
        messages = await courier.claim(("approval",), 1)
        for message in messages:
            approval_id = str(message.payload["approval_id"])
            await courier.deliver([message], lambda each=approval_id: self._board.post(each))
        return bool(messages)

    async def _send_alerts(self, courier: Courier) -> bool:
        """To the owner, once each; those that waited through the night come as one message."""
        chat_id = await owners_chat(self._office)
        messages = [] if chat_id is None else await courier.claim(alerts.KINDS, ALERTS_A_ROUND)
        page: list[Message] = []
        length = 0
        for message in messages:
            line_length = shown_units(alerts.alert_line(message)) + 1
            if page and length + line_length > TEXT_MAX:
                await courier.deliver(page, lambda each=page: self._tell_owner(each))
                page, length = [], 0
            page.append(message)
            length += line_length
        if page:
            await courier.deliver(page, lambda: self._tell_owner(page))
        return bool(messages)

    async def _tell_owner(self, page: list[Message]) -> bool:
        """Whether there was a chat to tell it in."""
        text = "\n".join(map(alerts.alert_line, page))
        while (chat_id := await owners_chat(self._office)) is not None:
            try:
                await self._bot.send_message(
                    chat_id, text, parse_mode="HTML", reply_markup=keyboard(alerts.alert_buttons(page))
                )
            except TelegramError as error:
                if not is_chat_gone(error):
                    raise
                await self._store.write(chats.leave_chat, chat_id=chat_id)
            else:
                return True
        return False

    async def _tell_everybody(self, message: Message) -> None:
        """The digest or the summary, to each chat; one that fails is not worth telling the others twice."""
        text = await digest(self._office) if message.kind == DIGEST else await self._summary()
        for chat in await self._store.read(chats.list_chats) if text else ():
            try:
                await self._bot.send_message(chat.id, str(text), parse_mode="HTML")
            except TelegramError as error:
                log.warning("%s: one chat was not told: %s", message.kind, words(error))
                if is_chat_gone(error):
                    await self._store.write(chats.leave_chat, chat_id=chat.id)

    async def _summary(self) -> str:
        waiting = await self._store.read(approval_rows.undecided)
        rest = max(1, waiting - await self._store.read(chat_messages.most_open))
        return f"🎧 {rest} more wait. They come here as you decide; /pending lists them, the oldest first."

    async def _once(self, kind: str, key: str) -> bool:
        return await self._store.write(outbox.send_once, kind=kind, dedupe_key=key, payload={})
