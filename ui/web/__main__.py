"""`python -m ui.web`: the console's process; `labelmate up` starts it."""

import asyncio
import logging
import sys

from configs.settings import Settings
from ui.cli.edge import tell


def main() -> int:
    """Serve; whatever goes wrong becomes one line and an exit code."""
    try:
        settings = Settings.load()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        # It would log every request it makes, with its address.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        from ui.web.server import serve

        asyncio.run(serve(settings))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the edge to people
        return tell(error, as_json=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
