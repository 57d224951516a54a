"""An artist's topic in a forum: made once, and made anew when somebody deletes it."""

import logging

from telegram import Bot
from telegram.error import BadRequest

from storage import chats
from storage.approval_rows import Approval
from storage.chats import Chat
from ui.telegram.office import Office
from ui.telegram.refusals import words

log = logging.getLogger(__name__)
NAME_MAX = 128


class Topics:
    """Where an artist's songs stand in a chat."""

    def __init__(self, office: Office, bot: Bot) -> None:
        self._store = office.store
        self._bot = bot

    async def thread(self, chat: Chat, asked: Approval) -> int | None:
        """The artist's thread; None in a plain chat, and where the bot may not make topics."""
        if not chat.is_forum:
            return None
        key = {"chat_id": chat.id, "artist_id": asked.artist_id}
        known = await self._store.read(chats.topic_of, **key)
        if known is not None:
            return known
        try:
            topic = await self._bot.create_forum_topic(chat.id, asked.artist_name[:NAME_MAX])
        except BadRequest as error:
            log.warning(
                "no topic for %s: %s; give the bot the right to manage topics",
                asked.artist_name,
                words(error),
            )
            return None
        await self._store.write(chats.keep_topic, **key, thread_id=topic.message_thread_id)
        return topic.message_thread_id

    async def forget(self, chat: Chat, asked: Approval) -> None:
        """It was deleted; the next song makes another."""
        await self._store.write(chats.drop_topic, chat_id=chat.id, artist_id=asked.artist_id)
