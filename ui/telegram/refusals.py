"""What Telegram's refusals mean, in one place: it tells them by words alone."""

from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError

from agents.redaction import redact


def says(error: BadRequest, *parts: str) -> bool:
    """Whether a refusal contains one of these, whatever its case."""
    return any(part in error.message.lower() for part in parts)


def is_unchanged(error: BadRequest) -> bool:
    """The message shows this already."""
    return says(error, "message is not modified")


def is_gone(error: BadRequest) -> bool:
    """The message was deleted, or can be edited no more."""
    return says(error, "message to edit not found", "message can't be edited", "message_id_invalid")


def is_topic_gone(error: BadRequest) -> bool:
    """Somebody deleted the artist's topic."""
    return says(error, "message thread not found", "topic_deleted", "topic_closed", "topic deleted")


def is_chat_gone(error: TelegramError) -> bool:
    """The bot was blocked or removed, or the chat is no more."""
    if isinstance(error, BadRequest):
        return says(
            error,
            "chat not found",
            "chat_write_forbidden",
            "have no rights to send",
            "group chat was deactivated",
        )
    return isinstance(error, Forbidden)


def is_file_refused(error: TelegramError) -> bool:
    """The file, not the message, is at fault."""
    if isinstance(error, BadRequest):
        return not is_topic_gone(error) and not is_chat_gone(error)
    return isinstance(error, NetworkError) and "too large" in error.message.lower()


def passes(error: TelegramError) -> bool:
    """Whether waiting helps: no answer, a server at fault, or too many requests."""
    return not isinstance(error, BadRequest | Forbidden | InvalidToken)


def words(error: BaseException) -> str:
    """An error as a log may keep it: the library writes the bot's token into some of its own."""
    if isinstance(error, InvalidToken):
        return "Telegram does not know TELEGRAM_BOT_TOKEN; copy it anew from @BotFather"
    return redact(" ".join(str(error).split()))[:300] or type(error).__name__
