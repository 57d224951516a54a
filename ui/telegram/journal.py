"""The bot's log: one line a happening, and its token in none of them.

The library's own logs hold addresses with the token in them, and so may any traceback.
"""

import logging
import sys

from agents.redaction import HIDDEN, redact
from configs.settings import Settings

CHATTY = ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "asyncio")


class Discreet(logging.Formatter):
    """Lines as they may be read by anybody."""

    def __init__(self, secret: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return redact(line.replace(self._secret, HIDDEN) if self._secret else line)


def keep_journal(settings: Settings) -> None:
    """Log to stderr from now on."""
    token = settings.telegram_bot_token
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet(token.get_secret_value() if token else None))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
