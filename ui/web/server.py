"""The console's process from its start to its end."""

import logging
import signal

import uvicorn
from starlette.types import ASGIApp

from configs.settings import Settings
from runtime.label import open_label, read_run
from storage.errors import ConfigurationError
from ui.web.auth import Doorkeeper
from ui.web.binding import address_of, check_binding, listen
from ui.web.record import recorded

log = logging.getLogger(__name__)
GRACE_S = 3
"""A page's open stream would otherwise keep the process for as long as the page is open."""


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises ConfigurationError when it may not, cannot, or no label runs."""
    check_binding(settings)
    if read_run(settings.home) is None:
        raise ConfigurationError(
            "No label runs in this home; `labelmate up` starts it and the console with it"
        )
    # Before Ray and the pages are loaded, so that a port that cannot be had is told at once.
    listening = listen(settings.console_host, settings.console_port)
    with listening:
        address = address_of(listening)
        port = listening.getsockname()[1]
        if settings.console_port not in (0, port):
            log.warning("port %s is taken; the console is at %s", settings.console_port, address)
        async with open_label(settings) as label:
            from ui.web.app import build_app

            app = build_app(label, Doorkeeper(settings, label.store))
            server = uvicorn.Server(server_config(app))
            _let_signals_end(server)
            with recorded(settings.home, address):
                log.info("the console is at %s", address)
                await server.serve(sockets=[listening])


def server_config(app: ASGIApp) -> uvicorn.Config:
    """How requests are served: without a log of their own, and without telling what serves them."""
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_S
    )


def _let_signals_end(server: uvicorn.Server) -> None:
    """Uvicorn repeats a signal after it has ended by it; Ray's own handler would then end us in disorder."""

    def end(_number: int, _frame: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
