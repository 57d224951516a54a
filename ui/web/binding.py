"""Where the console listens: the address it may, and the first port that is free."""

import socket
from ipaddress import ip_address

from configs.settings import Settings
from storage.errors import ConfigurationError

PORTS_TRIED = 50
BACKLOG = 128


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    return host == "localhost" or ip_address(host).is_loopback


def check_binding(settings: Settings) -> None:
    """Raise ConfigurationError when strangers could reach a console that asks nobody who they are."""
    if is_loopback(settings.console_host) or settings.console_logins or settings.api_token:
        return
    raise ConfigurationError(
        f"CONSOLE_HOST {settings.console_host} can be reached from other machines: set CONSOLE_LOGINS, or API_TOKEN "
        "for the API alone, or leave it at 127.0.0.1"
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at the port, or at the next free one. Raises ConfigurationError."""
    last = port if port == 0 else min(port + PORTS_TRIED, 65_536) - 1
    for candidate in range(port, last + 1):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if candidate == last:
                raise ConfigurationError(
                    f"Console and API cannot listen on {host}, ports {port} to {last}: {error.strerror or error}; "
                    "change CONSOLE_HOST or CONSOLE_PORT"
                ) from error
    raise AssertionError("unreachable")


def address_of(listening: socket.socket) -> str:
    """The address as a person opens it on this machine."""
    host, port = listening.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        # A restart must not wait for the last one's connections to be forgotten; a port in use stays refused.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
