"""What a vendor's failure is called."""

import asyncio
import contextlib

import pytest

from agents.vendors.api import Api
from storage.errors import ProviderUnavailableError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"


@pytest.mark.parametrize(
    ("sent", "drips", "told"),
    [
        (b"", False, "did not answer at all: nothing moved for 0.2 s"),
        (HEAD, False, "did not answer whole: nothing moved for 0.2 s"),
        (HEAD, True, "did not answer whole: it was not done in 0.5 s"),
    ],
    ids=["silent", "breaks off", "drips"],
)
async def test_what_takes_too_long_is_told_as_that(
    sent: bytes, drips: bool, told: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("agents.vendors.api.CONNECT_S", 0.3)
    is_over, is_closed = asyncio.Event(), asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(sent)
            while drips and not is_over.is_set():
                writer.write(b" ")
                await asyncio.sleep(0.02)
            await is_over.wait()
            writer.close()
            # Whoever asked has hung up by now, sometimes with a reset.
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        finally:
            is_closed.set()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(ProviderUnavailableError, match=told):
            await Api(name="Vendor", base_url=f"http://{host}:{port}", timeout_s=0.2).json("GET", "/")
        is_over.set()
        await is_closed.wait()
