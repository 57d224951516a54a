"""Model servers at the far side of a socket: strict about what they are sent, and faulty on order.

They speak HTTP themselves, byte by byte, because the faults worth testing are those below a web framework.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OPENAI, ANTHROPIC = "openai", "anthropic"
WIRES = (OPENAI, ANTHROPIC)
KEY = "a-key-of-no-worth"  # pragma: allowlist secret
_OPENAI_FIELDS = {
    "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "response_format", "tools",
    "tool_choice", "stream", "stream_options",
}  # fmt: skip
_ANTHROPIC_FIELDS = {
    "model", "messages", "max_tokens", "system", "temperature", "output_config", "tools", "tool_choice", "stream",
}  # fmt: skip


@dataclass(frozen=True)
class Exchange:
    """One request as it arrived, and the way to answer it."""

    body: dict
    headers: dict[str, str]
    writer: asyncio.StreamWriter

    async def send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, *, length: int | None = None
    ):
        lines = {
            "content-type": "application/json",
            "content-length": str(len(body) if length is None else length),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **(headers or {})}.items())
        self.writer.write(f"HTTP/1.1 {status} said\r\n{head}\r\n".encode() + body)
        await self.writer.drain()

    async def begin_stream(self):
        self.writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )

    async def chunk(self, data: bytes):
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self.writer.drain()


Fault = Callable[["ModelServer", Exchange], Awaitable[None]]


@dataclass
class ModelServer:
    """One provider: answers by `write`, or as the next fault of `script` says."""

    wire: str
    write: Callable[[dict], str] = lambda _body: "Words of a hosted model."
    script: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    models: tuple[str, ...] = ("m1",)
    requests: list[Exchange] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    in_flight: int = 0
    in_flight_max: int = 0
    base_url: str = ""
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def bodies(self) -> list[dict]:
        return [request.body for request in self.requests]

    async def start(self, port: int = 0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}" + ("/v1" if self.wire == OPENAI else "")

    async def stop(self):
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.strip().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = first.split(" ")
                self.in_flight += 1
                self.in_flight_max = max(self.in_flight_max, self.in_flight)
                try:
                    await self._answer(method, path, Exchange(json.loads(body or b"{}"), headers, writer))
                finally:
                    self.in_flight -= 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, method: str, path: str, exchange: Exchange):
        if method == "GET":
            listed = [{"id": name, "object": "model", "created": 100 - at, "display_name": name,
                       "created_at": "2026-01-01T00:00:00Z", "type": "model"} for at, name in enumerate(self.models)]  # fmt: skip
            await exchange.send(
                200, json.dumps({"object": "list", "data": listed, "has_more": False}).encode()
            )
            return
        wrong = self._wrong(path.partition("?")[0], exchange)
        self.requests.append(exchange)
        if wrong:
            self.violations.append(wrong)
            await exchange.send(400, error_body(self.wire, "invalid_request_error", wrong))
            return
        fault = self.script.pop(0) if self.script else self.always
        await (fault or good)(self, exchange)

    def _wrong(self, path: str, exchange: Exchange) -> str | None:
        body, headers = exchange.body, exchange.headers
        if self.wire == OPENAI:
            if path != "/v1/chat/completions":
                return f"no such path: {path}"
            if not headers.get("authorization", "").startswith("Bearer "):
                return "no bearer token"
            unknown = body.keys() - _OPENAI_FIELDS
        else:
            if path != "/v1/messages":
                return f"no such path: {path}"
            if not headers.get("x-api-key") or "anthropic-version" not in headers:
                return "no key or no version"
            roles = [turn["role"] for turn in body.get("messages", [])]
            if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2):
                return f"roles must alternate: {roles}"
            unknown = body.keys() - _ANTHROPIC_FIELDS
        if unknown or not body.get("model") or not body.get("messages"):
            return f"fields: unknown {sorted(unknown)}"
        if not (body.get("max_tokens") or body.get("max_completion_tokens")):
            return "max_tokens is missing"
        return None


@asynccontextmanager
async def serving(wire: str, **how) -> AsyncIterator[ModelServer]:
    server = ModelServer(wire, **how)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def error_body(wire: str, kind: str, message: str) -> bytes:
    error = {"type": kind, "message": message, "code": kind, "param": None}
    return json.dumps({"error": error} if wire == OPENAI else {"type": "error", "error": error}).encode()


def answer_body(wire: str, text: str, finish: str | None = "", *, body: dict | None = None) -> bytes:
    """A whole answer; `finish` empty: as it should be."""
    tooled = bool(body and body.get("tool_choice"))
    if wire == OPENAI:
        message: dict[str, object] = {"role": "assistant", "content": text}
        if tooled:
            call = {"id": "c", "type": "function", "function": {"name": "answer", "arguments": text}}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        reason = ("tool_calls" if tooled else "stop") if finish == "" else finish
        choice = {"index": 0, "message": message, "finish_reason": reason}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        return json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "m1", "choices": [choice],
                           "usage": usage}).encode()  # fmt: skip
    content = [{"type": "tool_use", "id": "t", "name": "answer", "input": json.loads(text)}] if tooled else [
        {"type": "text", "text": text}
    ]  # fmt: skip
    reason = ("tool_use" if tooled else "end_turn") if finish == "" else finish
    return json.dumps({"id": "x", "type": "message", "role": "assistant", "model": "m1", "content": content,
                       "stop_reason": reason, "usage": {"input_tokens": 100, "output_tokens": 20}}).encode()  # fmt: skip


def pieces(wire: str, text: str, finish: str | None = "") -> list[bytes]:
    """A streamed answer, word by word."""
    words = [word + " " for word in text.split(" ")]
    if wire == OPENAI:
        head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m1"}
        parts = [
            {**head, "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
            for word in words
        ]
        if finish is not None:
            parts.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish or "stop"}]})
            parts.append(
                {
                    **head,
                    "choices": [],
                    "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
                }
            )
        lines = [f"data: {json.dumps(part)}\n\n".encode() for part in parts]
        return [*lines, b"data: [DONE]\n\n"] if finish is not None else lines
    message = {"id": "x", "type": "message", "role": "assistant", "model": "m1", "content": [], "stop_reason": None,
               "usage": {"input_tokens": 100, "output_tokens": 1}}  # fmt: skip
    events: list[dict] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
            for word in words
        ),
    ]
    if finish is not None:
        events += [
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": finish or "end_turn"},
                "usage": {"output_tokens": 20},
            },
            {"type": "message_stop"},
        ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events]


# ---------------------------------------------------------------- answers and faults


async def good(server: ModelServer, exchange: Exchange):
    text = server.write(exchange.body)
    if exchange.body.get("stream"):
        await _stream(exchange, pieces(server.wire, text))
    else:
        await exchange.send(200, answer_body(server.wire, text, body=exchange.body))


def status(
    code: int, headers: dict[str, str] | None = None, kind: str = "error", message: str = "no"
) -> Fault:
    async def fault(server: ModelServer, exchange: Exchange):
        await exchange.send(code, error_body(server.wire, kind, message), headers)

    return fault


def saying(text: str, finish: str | None = "") -> Fault:
    """Another text or end than usual."""

    async def fault(server: ModelServer, exchange: Exchange):
        if exchange.body.get("stream"):
            await _stream(exchange, pieces(server.wire, text, finish))
        else:
            await exchange.send(200, answer_body(server.wire, text, finish, body=exchange.body))

    return fault


def slow(seconds: float) -> Fault:
    async def fault(server: ModelServer, exchange: Exchange):
        await asyncio.sleep(seconds)
        await good(server, exchange)

    return fault


async def hang(_server: ModelServer, _exchange: Exchange):
    await asyncio.sleep(3600)


async def drip(server: ModelServer, exchange: Exchange):
    """A byte now and then: every read succeeds, the whole never ends."""
    body = answer_body(server.wire, "slow " * 500)
    await exchange.send(200, b"", length=len(body))
    for byte in body:
        exchange.writer.write(bytes([byte]))
        await exchange.writer.drain()
        await asyncio.sleep(0.05)


async def reset(server: ModelServer, exchange: Exchange):
    """The connection is torn in the middle of the answer."""
    body = answer_body(server.wire, "half of an answer")
    if exchange.body.get("stream"):
        await exchange.begin_stream()
        for piece in pieces(server.wire, "half of an answer", None):
            await exchange.chunk(piece)
    else:
        await exchange.send(200, body[: len(body) // 2], length=len(body))
    await asyncio.sleep(0.05)
    exchange.writer.transport.abort()


async def malformed(server: ModelServer, exchange: Exchange):
    if exchange.body.get("stream"):
        await _stream(
            exchange,
            [
                b"data: {not json}\n\n"
                if server.wire == OPENAI
                else b"event: message_start\ndata: {not json}\n\n"
            ],
        )
    else:
        await exchange.send(200, b'{"id": "x", "choices": [')


async def _stream(exchange: Exchange, parts: list[bytes]):
    await exchange.begin_stream()
    for part in parts:
        await exchange.chunk(part)
    await exchange.chunk(b"")
