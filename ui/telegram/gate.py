"""Who is let in: the door in front of every other handler (group -1)."""

import re
from collections import OrderedDict

from telegram import CallbackQuery, Message, Update
from telegram.ext import ApplicationHandlerStop, ContextTypes

from ui.telegram.answers import answer_press
from ui.telegram.office import Office, Visitor

STRANGERS_REMEMBERED = 1000
LINK_TRIES_MAX = 5
_JOINS = re.compile(r"/(?:link|start)(?:@\w+)?(?:\s|$)")


class Gate:
    """Lets people in where they may speak; a stranger is told once whom to ask."""

    def __init__(self, office: Office) -> None:
        self._office = office
        # Numbers of strangers are kept nowhere else, and not beyond this process.
        self._told: OrderedDict[tuple[int, str], int] = OrderedDict()

    async def __call__(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Stop the update, or let it pass."""
        if update.my_chat_member is not None:
            return  # what becomes of the bot itself in a chat
        visitor = await self._office.visitor(update)
        if visitor is None:
            raise ApplicationHandlerStop
        if visitor.person is not None and visitor.chat is not None:
            return
        message = update.effective_message if update.callback_query is None else None
        if message is not None and _JOINS.match(message.text or ""):
            if visitor.person is not None or self._count(visitor, "link") <= LINK_TRIES_MAX:
                return
        elif update.callback_query is not None:
            await self._refuse_press(update.callback_query, visitor)
        elif message is not None:
            await self._refuse_message(message, visitor)
        raise ApplicationHandlerStop

    async def _refuse_press(self, query: CallbackQuery, visitor: Visitor) -> None:
        await answer_press(query, await self._why(visitor), is_alert=True)

    async def _refuse_message(self, message: Message, visitor: Visitor) -> None:
        is_meant_for_us = message.chat.type == "private" or (message.text or "").startswith("/")
        if is_meant_for_us and self._count(visitor, str(message.chat_id)) == 1:
            await message.reply_text(await self._why(visitor))

    async def _why(self, visitor: Visitor) -> str:
        if visitor.person is not None:
            return "This chat is not enrolled: /start enrols your own chat, the owner's /link a group."
        whom = await self._office.whom_to_ask()
        return f"You are not on this label's list. Your id is {visitor.number}; ask {whom} for a code."

    def _count(self, visitor: Visitor, what: str) -> int:
        key = (visitor.number, what)
        self._told[key] = self._told.pop(key, 0) + 1
        if len(self._told) > STRANGERS_REMEMBERED:
            self._told.popitem(last=False)
        return self._told[key]
