"""What a vendor's failure is called."""

import asyncio

import pytest

from agents.vendors.api import Api
from storage.errors import ProviderUnavailableError


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", "did not answer at all: nothing came for 0 s"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "did not answer whole: nothing came for 0 s"),
    ],
    ids=["silent", "breaks off"],
)
async def test_a_silence_is_told_as_one(sent: bytes, told: str):
    is_over, is_closed = asyncio.Event(), asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await is_over.wait()
        writer.close()
        await writer.wait_closed()
        is_closed.set()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(ProviderUnavailableError, match=told):
            await Api(name="Vendor", base_url=f"http://{host}:{port}", timeout_s=0.2).json("GET", "/")
        is_over.set()
        await is_closed.wait()
