"""`python -m ui.telegram`: the bot as a process beside a running label, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import logging
import signal
import sys

from configs.settings import Settings, SettingsError
from runtime.label import open_label, read_run
from storage.errors import ConfigurationError, LabelError
from ui.telegram.journal import keep_journal
from ui.telegram.refusals import words
from ui.telegram.service import bot

log = logging.getLogger("ui.telegram")


async def serve(settings: Settings) -> bool:
    """Run until asked to end; says whether it ended because it was asked."""
    asked = asyncio.Event()
    async with open_label(settings) as label:
        # After the label is joined, because Ray installs a handler of its own.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, asked.set)
        serving = asyncio.create_task(_serve_until(label, asked))
        wanted = asyncio.create_task(asked.wait())
        await asyncio.wait({serving, wanted}, return_when=asyncio.FIRST_COMPLETED)
        if asked.is_set():
            # Also while it waits for the duty or for Telegram.
            serving.cancel()
        wanted.cancel()
        try:
            await serving
        except asyncio.CancelledError:
            if not asked.is_set():
                raise
    return asked.is_set()


async def _serve_until(label, asked: asyncio.Event) -> None:  # noqa: ANN001
    async with bot(label) as ended:
        await ended.wait()


def main() -> int:
    """The exit code: 0 when asked to end, 3 for a wrong set-up, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m ui.telegram", description="The label's Telegram bot.")
    parser.add_argument(
        "--alone", action="store_true", help="also where no label runs; the home is the bot's until it ends"
    )
    alone = parser.parse_args().alone
    try:
        settings = Settings.load()
        keep_journal(settings)
        if not alone and read_run(settings.home) is None:
            raise ConfigurationError(
                "No label runs in this home; `labelmate up` starts it, and the bot with it"
            )
        return 0 if asyncio.run(serve(settings)) else 1
    except SettingsError as error:
        sys.stderr.write("".join(f"labelmate: {line}\n" for line in error.lines))
        return ConfigurationError.exit_code
    except LabelError as error:
        sys.stderr.write(f"labelmate: {words(error)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
