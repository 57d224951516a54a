"""Anthropic's messages protocol on the official SDK."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from agents.llm.conversation import Ask, Reply, Usage
from agents.llm.deployment import Deployment, Rung
from agents.llm.shapes import TOOL
from agents.llm.wires.faults import translate
from agents.llm.wires.refusals import Refusals
from agents.vendors.tls import trusted_tls
from storage.errors import (
    ContentFiltered,
    ContextOverflow,
    InvalidRequest,
    MalformedResponse,
    TruncatedResponse,
)

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from httpx2 import Response

NO_KEY = "none"
RUNGS = (Rung.SCHEMA, Rung.TOOL, Rung.PROMPT)
"""This protocol has no mode for JSON of any form."""
_FINISHED = frozenset({"end_turn", "stop_sequence", "tool_use"})


class AnthropicMessages:
    """One deployment behind this protocol."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        rungs = tuple(rung for rung in deployment.structured or RUNGS if rung in RUNGS)
        self.refusals = Refusals(rungs or (Rung.PROMPT,))
        self._client: AsyncAnthropic | None = None
        self._raw: type[Response]

    async def complete(self, ask: Ask) -> Reply:
        """One whole answer. Raises LLMError."""
        client = await self._connected()
        try:
            # As plain JSON both ways: the SDK's own models accept anything, and cost a millisecond.
            raw = await client.post("/v1/messages", body=self._body(ask), cast_to=self._raw)
            answer = raw.json()
        except Exception as error:  # SDK and HTTP library raise what no common class covers
            raise self._learned(error, ask) from error
        return self._reply(answer)

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Reply, None]:
        """An answer in pieces. Raises LLMError."""
        client = await self._connected()
        pieces: list[str] = []
        read, written, finish, model = None, None, None, None
        try:
            body = self._body(ask)
            # The SDK's signature has lost this parameter; the protocol has not.
            extra = {name: body.pop(name) for name in ("temperature",) if name in body}
            async with await client.messages.create(**body, extra_body=extra, stream=True) as events:
                async for event in events:
                    if event.type == "message_start":
                        model, read = event.message.model, event.message.usage.input_tokens
                    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                        pieces.append(event.delta.text)
                        yield event.delta.text
                    elif event.type == "message_delta":
                        finish, written = event.delta.stop_reason or finish, event.usage.output_tokens
        except Exception as error:
            raise self._learned(error, ask) from error
        text, usage = "".join(pieces), Usage(input_tokens=read, output_tokens=written)
        self._require_finished(finish, text, usage)
        yield Reply(text=text, usage=usage, model=model)

    async def models(self) -> tuple[str, ...]:
        """What `/v1/models` lists, newest first. Raises LLMError."""
        client = await self._connected()
        try:
            listed = await client.models.list(limit=100)
            return tuple(one.id for one in listed.data)
        except Exception as error:
            raise translate(error, self._deployment) from error

    async def close(self) -> None:
        """Give its connections back."""
        if self._client is not None:
            await self._client.close()

    async def ready(self) -> None:
        """Load the SDK: seconds of importing, beside the loop and not in it."""
        if self._client is not None:
            return
        await asyncio.to_thread(import_module, "anthropic.resources.messages")
        from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
        from httpx2 import Response

        self._raw = Response
        if self._client is None:
            key = self._deployment.api_key
            shown = key.get_secret_value() if key else NO_KEY
            self._client = AsyncAnthropic(
                api_key=shown,
                # The SDK sends the key as a bearer token; gateways of this protocol look for it here.
                default_headers={"X-Api-Key": shown},
                base_url=self._deployment.base_url,
                max_retries=0,
                timeout=self._deployment.timeout_s,
                http_client=DefaultAsyncHttpxClient(verify=trusted_tls()),
            )

    async def _connected(self) -> "AsyncAnthropic":
        await self.ready()
        assert self._client is not None
        return self._client

    def _body(self, ask: Ask) -> dict[str, Any]:
        system = "\n\n".join(one.content for one in ask.messages if one.role == "system")
        body: dict[str, Any] = {
            "model": self._deployment.model,
            "messages": _turns(ask),
            "max_tokens": ask.max_tokens,
        }
        if system:
            body["system"] = system
        if ask.temperature is not None and self.refusals.takes_temperature():
            # Here the scale ends at 1; a setting may lie above it.
            body["temperature"] = min(1.0, ask.temperature)
        match ask.rung:
            case Rung.SCHEMA:
                body["output_config"] = {"format": {"type": "json_schema", "schema": ask.schema}}
            case Rung.TOOL:
                body["tools"] = [{"name": TOOL, "input_schema": ask.schema}]
                body["tool_choice"] = {"type": "tool", "name": TOOL}
            case _:
                pass
        return body

    def _learned(self, error: Exception, ask: Ask) -> Exception:
        told = translate(error, self._deployment)
        if isinstance(told, InvalidRequest) and self.refusals.learn(told, ask):
            told.fields["adapted"] = 1
        return told

    def _reply(self, answer: object) -> Reply:
        who = self._deployment.name
        if not isinstance(answer, dict) or not isinstance(answer.get("content"), list):
            raise MalformedResponse(f"{who} sent something that is no message", sent=1)
        told = cast("dict[str, object]", answer)
        usage = _usage(told.get("usage"))
        finish = told.get("stop_reason")
        text = _text(cast("list[object]", told["content"]))
        self._require_finished(finish if isinstance(finish, str) else None, text, usage)
        model = told.get("model")
        return Reply(text=text, usage=usage, model=model if isinstance(model, str) else None)

    def _require_finished(self, finish: str | None, text: str, usage: Usage) -> None:
        who = self._deployment.name
        counted = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens, "sent": 1}
        if finish == "refusal":
            raise ContentFiltered(f"{who} refuses to answer", **counted)
        if finish == "model_context_window_exceeded":
            raise ContextOverflow(f"{who} cannot read and write so much", **counted)
        if finish == "max_tokens":
            raise TruncatedResponse(f"{who} ran out of tokens before it was done", **counted)
        if finish not in _FINISHED:
            raise TruncatedResponse(f"{who} broke off without a reason", **counted)
        if not text.strip():
            raise MalformedResponse(f"{who} sent an empty answer", **counted)


def _turns(ask: Ask) -> list[dict[str, str]]:
    """Turns of user and assistant by turns: those of one role in a row become one."""
    turns: list[dict[str, str]] = []
    for one in ask.messages:
        if one.role == "system":
            continue
        if turns and turns[-1]["role"] == one.role:
            turns[-1]["content"] += f"\n\n{one.content}"
        else:
            turns.append({"role": one.role, "content": one.content})
    return turns or [{"role": "user", "content": "Go on."}]


def _text(blocks: list[object]) -> str:
    """Text blocks joined, or a called tool's argument."""
    import json

    texts: list[str] = []
    for block in blocks:
        if not isinstance(block, Mapping):
            continue
        if block.get("type") == "tool_use":
            return json.dumps(block.get("input"))
        if block.get("type") == "text" and isinstance(block.get("text"), str):
            texts.append(block["text"])
    return "".join(texts)


def _usage(told: object) -> Usage:
    if not isinstance(told, Mapping):
        return Usage()
    read, written = told.get("input_tokens"), told.get("output_tokens")
    cached, stored = told.get("cache_read_input_tokens"), told.get("cache_creation_input_tokens")
    if not isinstance(read, int) or not isinstance(written, int):
        return Usage()
    cached = cached if isinstance(cached, int) else 0
    stored = stored if isinstance(stored, int) else 0
    return Usage(input_tokens=read + cached + stored, output_tokens=written, cached_tokens=cached)
