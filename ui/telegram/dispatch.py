"""Sending one song to one chat: as video, as sound or in words, in the artist's topic where there is one."""

import asyncio
import logging
from dataclasses import dataclass

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, TelegramError

from runtime.studio import StudioConfig
from storage import chats
from storage.approval_rows import Approval, OfferedTake
from storage.chats import Chat
from ui.telegram.buttons import Rows, keyboard
from ui.telegram.media import KINDS, Medium, medium
from ui.telegram.office import Office
from ui.telegram.refusals import is_chat_gone, is_file_refused, is_topic_gone, words
from ui.telegram.tempo import Pace
from ui.telegram.topics import Topics

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """A song's message: words, buttons, and in short what it shows."""

    text: str
    rows: Rows
    shown: str


@dataclass(frozen=True)
class Place:
    """Where a message goes."""

    chat_id: int
    thread_id: int | None
    under: int | None = None
    """The message that it answers."""


@dataclass(frozen=True)
class Sent:
    """Where a message now stands."""

    chat_id: int
    message_id: int
    has_media: bool
    thread_id: int | None


class Dispatch:
    """The way of a song to a chat."""

    def __init__(self, office: Office, bot: Bot, pace: Pace) -> None:
        self._store = office.store
        self._studio = StudioConfig.of(office.settings)
        self._bot = bot
        self._pace = pace
        self._topics = Topics(office, bot)

    async def send(self, chat: Chat, asked: Approval, in_topic: Notice, bare: Notice) -> Sent | None:
        """Send it; None where the chat is gone. `bare` is for a place that does not name the artist."""
        await self._pace.room(chat.id)
        try:
            return await self._send_in_topic(chat, asked, in_topic, bare)
        except ChatMigrated as moved:
            # The group became a supergroup: it is another chat now, with every member still in it.
            await self._store.write(chats.leave_chat, chat_id=chat.id)
            new = await self._store.write(
                chats.enrol_chat, chat_id=moved.new_chat_id, is_forum=chat.is_forum, who=chat.added_by
            )
            return await self._send_in_topic(new, asked, in_topic, bare)
        except TelegramError as error:
            if not is_chat_gone(error):
                raise
            await self._store.write(chats.leave_chat, chat_id=chat.id)
            return None

    async def _send_in_topic(self, chat: Chat, asked: Approval, in_topic: Notice, bare: Notice) -> Sent:
        thread_id = await self._topics.thread(chat, asked)
        try:
            return await self._send_richest(chat, asked, bare if thread_id is None else in_topic, thread_id)
        except BadRequest as error:
            if not is_topic_gone(error):
                raise
        await self._topics.forget(chat, asked)
        thread_id = await self._topics.thread(chat, asked)
        return await self._send_richest(chat, asked, bare if thread_id is None else in_topic, thread_id)

    async def send_others(self, asked: Approval, sent: Sent) -> None:
        """The takes after the first, under the song's message; what cannot be sent is still in the console."""
        for take in asked.offered[1:] if sent.has_media else ():
            told = Notice(f"{take.named().capitalize()} of this song", [], "")
            await self._pace.room(sent.chat_id)
            try:
                place = Place(sent.chat_id, sent.thread_id, sent.message_id)
                await self._send_take(asked, take, told, place)
            except TelegramError as error:
                log.warning("%s: take %d was not sent: %s", asked.id, take.number, words(error))

    async def _send_richest(self, chat: Chat, asked: Approval, notice: Notice, thread_id: int | None) -> Sent:
        message = await self._send_take(asked, asked.offered[0], notice, Place(chat.id, thread_id))
        if message is not None:
            return Sent(chat.id, message.message_id, has_media=True, thread_id=thread_id)
        message = await self._bot.send_message(
            chat.id,
            notice.text,
            parse_mode="HTML",
            reply_markup=keyboard(notice.rows),
            message_thread_id=thread_id,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return Sent(chat.id, message.message_id, has_media=False, thread_id=thread_id)

    async def _send_take(
        self, asked: Approval, take: OfferedTake, notice: Notice, place: Place
    ) -> Message | None:
        """A take as video or as sound; None where neither can be sent."""
        for kind in KINDS:
            file = await asyncio.to_thread(medium, self._studio, asked, take, kind)
            if file is None:
                continue
            try:
                return await self._send_file(file, asked, notice, place)
            except TelegramError as error:
                if not is_file_refused(error):
                    raise
        return None

    async def _send_file(self, file: Medium, asked: Approval, notice: Notice, place: Place) -> Message:
        rows = keyboard(notice.rows)
        above = None
        if place.under is not None:
            above = ReplyParameters(place.under, allow_sending_without_reply=True)
        if file.kind == "audio":
            return await self._bot.send_audio(
                place.chat_id,
                file.content,
                caption=notice.text,
                parse_mode="HTML",
                reply_markup=rows,
                message_thread_id=place.thread_id,
                reply_parameters=above,
                filename=file.filename,
                title=asked.title[:64],
                performer=asked.artist_name[:64],
            )
        return await self._bot.send_video(
            place.chat_id,
            file.content,
            caption=notice.text,
            parse_mode="HTML",
            reply_markup=rows,
            message_thread_id=place.thread_id,
            reply_parameters=above,
            filename=file.filename,
            thumbnail=file.thumbnail,
            supports_streaming=True,
        )
