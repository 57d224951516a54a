"""Where a download may lead: public addresses only, so that no answer of a vendor reaches into our own network."""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from storage.errors import ProviderRefusedError, ProviderUnavailableError

Address = IPv4Address | IPv6Address
PORTS = {"http": 80, "https": 443}
UNICAST = IPv6Network("2000::/3")
"""All that is given out on the internet (RFC 4291); the rest is special in one way or another."""
NAT64 = IPv6Network("64:ff9b::/96")
"""Behind which IPv4 addresses stand (RFC 6052)."""


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    Raises:
        ProviderRefusedError: it is no web address.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError as error:
        raise ProviderRefusedError(f"no web address: {url[:120]!r}") from error
    if scheme not in PORTS or not host or parts.username is not None:
        raise ProviderRefusedError(f"no web address: {url[:120]!r}")
    return scheme, host, port or PORTS[scheme]


async def public_address(host: str, port: int) -> str:
    """The address of a host, all of whose addresses are public; the connection must be made to this one.

    Raises:
        ProviderRefusedError: one of them is private, link-local, of this machine or of no machine.
        ProviderUnavailableError: the name is not known now.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderUnavailableError(f"no address is known for {host[:80]}: {error}") from error
    addresses = [ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    for address in addresses:
        if not is_public(address):
            raise ProviderRefusedError(f"{host[:80]} leads to {address}, which is no public address")
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address is one machine on the internet, also where it is an IPv4 address in IPv6 clothes."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if inner:
            return is_public(inner)
        if address in NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in UNICAST:
            return False
    return address.is_global and not address.is_multicast
