"""Whose certificates are believed by those who call a vendor."""

import functools
import ssl


@functools.cache
def trusted_tls() -> ssl.SSLContext:
    """The roots of this machine. Reading them takes tens of milliseconds, in which a loop stands still: once a process."""
    import httpx2

    return httpx2.create_ssl_context()
