"""Answers to people: a line beside a press, a message below a command, and one line for each failure."""

import logging
import traceback

from telegram import CallbackQuery, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from agents.redaction import redact
from configs.settings import SettingsError
from storage.errors import LabelError
from ui.telegram.buttons import Rows, keyboard
from ui.telegram.markup import ANSWER_MAX, clip, plain
from ui.telegram.refusals import words

log = logging.getLogger(__name__)
UNEXPECTED = "Something went wrong here; the label's log tells what."


async def answer_press(query: CallbackQuery, text: str = "", *, is_alert: bool = False) -> None:
    """Say a line beside a press. Best effort: after a while Telegram takes no answer any more."""
    try:
        await query.answer(clip(text, ANSWER_MAX) or None, show_alert=is_alert)
    except TelegramError as error:
        log.debug("a press was not answered: %s", words(error))


async def reply(update: Update, markup: str, rows: Rows | None = None) -> None:
    """A message of HTML in the chat, and topic, that an update came from."""
    message = update.effective_message
    if message is not None:
        await message.reply_text(markup, parse_mode="HTML", reply_markup=keyboard(rows or []), do_quote=False)


async def tell_failure(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """The edge to people: what a handler raised becomes one line, and nothing has happened."""
    error = context.error
    assert error is not None
    expected = isinstance(error, LabelError | SettingsError)
    if isinstance(error, TelegramError):
        log.warning("Telegram: %s", words(error))
        return
    if not expected:
        log.error("unexpected: %s", redact("".join(traceback.format_exception(error))))
    line = " ".join(str(error).split()) if expected else UNEXPECTED
    if not isinstance(update, Update):
        return
    try:
        if update.callback_query is not None:
            await answer_press(update.callback_query, line, is_alert=True)
        else:
            await reply(update, plain(clip(line, 1000)))
    except TelegramError as failure:
        log.warning("Telegram: %s", words(failure))
