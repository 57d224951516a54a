"""The bot put together: its limits, its door, and which handler answers to what."""

import os

from telegram import BotCommand, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest

from agents.vendors.tls import trusted_tls
from storage.errors import ConfigurationError
from ui.telegram.answers import tell_failure
from ui.telegram.artists import Artists
from ui.telegram.board import Board
from ui.telegram.commands import Commands
from ui.telegram.courier import Courier
from ui.telegram.dispatch import Dispatch
from ui.telegram.edits import Edits
from ui.telegram.enrolment import Enrolment
from ui.telegram.gate import Gate
from ui.telegram.office import Office
from ui.telegram.presses import Presses, Replies
from ui.telegram.sends import Sends
from ui.telegram.tempo import Pace, PacedLimiter

UPDATES = ["message", "callback_query", "my_chat_member"]
ANSWER_S, UPLOAD_S, POLL_S = 20.0, 120.0, 5.0
"""A poll's own waiting comes on top of `POLL_S`."""
CALLS_AT_ONCE = 256
"""No call waits for a connection: `Pace` is what makes calls wait."""
MENU = (
    ("pending", "Songs that wait for a decision"),
    ("artist", "An artist, or the roster"),
    ("run", "Ask an artist for a song"),
    ("status", "How the label stands"),
    ("budget", "What was spent and may be"),
    ("stop", "Halt all spending at once"),
    ("help", "Everything that can be typed"),
)
"""What Telegram offers beside the text field."""


def build(office: Office) -> tuple[Application, tuple[Courier, Courier]]:
    """The application, and the two errands that run beside it. Raises ConfigurationError without a token."""
    settings = office.settings
    if settings.telegram_bot_token is None:
        raise ConfigurationError("TELEGRAM_BOT_TOKEN is not set; @BotFather gives one")
    # The library's next major version has spans of time as such; without this each 429 warns of it.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    pace = Pace(office.tempo)
    application = (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.get_secret_value())
        .base_url(f"{settings.telegram_api_base_url}/bot")
        .base_file_url(f"{settings.telegram_api_base_url}/file/bot")
        .rate_limiter(PacedLimiter(pace))
        .concurrent_updates(True)
        .request(_connections(CALLS_AT_ONCE, ANSWER_S))
        .get_updates_request(_connections(1, POLL_S))
        .build()
    )
    board = Board(office, application.bot, Dispatch(office, application.bot, pace))
    edits = Courier(office, Edits(board).round)
    sends = Courier(office, Sends(office, application.bot, board).round)

    def wake() -> None:
        edits.wake()
        sends.wake()

    _add_handlers(application, office, Presses(office, board, wake), Replies(office, wake))
    return application, (edits, sends)


def _connections(at_once: int, answer_s: float) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=at_once,
        read_timeout=answer_s,
        connect_timeout=answer_s,
        media_write_timeout=UPLOAD_S,
        httpx_kwargs={"verify": trusted_tls()},
    )


def _add_handlers(application: Application, office: Office, presses: Presses, replies: Replies) -> None:
    enrolment, artists = Enrolment(office), Artists(office)
    commands = Commands(office, artists)
    application.add_handler(TypeHandler(Update, Gate(office)), group=-1)
    for name, handler in (
        ("link", enrolment.link),
        ("start", enrolment.start),
        ("invite", enrolment.invite),
        ("help", commands.help),
        ("pending", commands.pending),
        ("status", commands.status),
        ("budget", commands.budget),
        ("stop", commands.stop),
        ("resume", commands.resume),
        ("artist", artists.artist),
        ("run", artists.run),
        ("pause", artists.pause),
        ("autopilot", artists.autopilot),
    ):
        application.add_handler(CommandHandler(name, handler))
    application.add_handler(CallbackQueryHandler(artists.press, pattern=r"^ar:"))
    application.add_handler(CallbackQueryHandler(commands.press, pattern=r"^lb:"))
    application.add_handler(CallbackQueryHandler(presses))
    application.add_handler(MessageHandler(filters.TEXT & filters.REPLY & ~filters.COMMAND, replies))
    application.add_handler(ChatMemberHandler(enrolment.moved, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_error_handler(tell_failure)


def menu() -> list[BotCommand]:
    """The commands as Telegram's clients list them."""
    return [BotCommand(name, text) for name, text in MENU]
