"""Which bot a token belongs to: one cheap question to Telegram, for `up` and `doctor`.

Not by httpx: it logs every address, and Telegram's addresses contain the token.
"""

import json
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from configs.settings import Settings
from storage.errors import ProviderRefusedError, ProviderUnavailableError

POLLER_LEASE = "telegram-poller"
"""The one duty to ask Telegram for news."""
OFFICIAL = "https://api.telegram.org"
ANSWER_S = 10.0
BAD_TOKEN = (401, 404)
"""Telegram answers 404 to a token of a wrong form."""


def bot_name(settings: Settings) -> str:
    """The bot's user name. Plain call: run it in a thread.

    Raises ProviderRefusedError for a wrong token, ProviderUnavailableError when nobody answers; neither repeats it.
    """
    token = settings.telegram_bot_token
    if token is None:
        raise ProviderRefusedError("TELEGRAM_BOT_TOKEN is not set")
    # The setting comes with the bot itself.
    base = str(getattr(settings, "telegram_api_base_url", OFFICIAL)).rstrip("/")
    try:
        with urlopen(f"{base}/bot{token.get_secret_value()}/getMe", timeout=ANSWER_S) as answer:  # noqa: S310 - the settings let only http and https through
            return str(json.load(answer)["result"]["username"])
    except HTTPError as error:
        error.close()
        if error.code in BAD_TOKEN:
            raise ProviderRefusedError(
                "Telegram does not know this token; copy it from @BotFather again"
            ) from None
        raise ProviderUnavailableError(f"Telegram answered {error.code}; try again later") from None
    except (URLError, OSError, ValueError, KeyError) as error:
        raise ProviderUnavailableError(
            f"Telegram does not answer ({type(error).__name__}); check the network"
        ) from None
