"""OpenAI's chat protocol, which most providers and all local servers speak, on the official SDK."""

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
from storage.errors import ContentFiltered, InvalidRequest, MalformedResponse, TruncatedResponse

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import AsyncOpenAI

NO_KEY = "none"
"""Sent to servers that ask for no key, because the SDK insists on one."""
_FINISHED = frozenset({"stop", "tool_calls", "function_call", "eos"})


class OpenAIChat:
    """One deployment behind this protocol."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        # OpenAI itself has renamed the limit; the servers that copy it mostly have not.
        at_openai = deployment.provider == "openai" and deployment.base_url is None
        self.refusals = Refusals(deployment.structured, completion_tokens=at_openai)
        self._client: AsyncOpenAI | None = None
        self._raw: type[Response]

    async def complete(self, ask: Ask) -> Reply:
        """One whole answer. Raises LLMError."""
        client = await self._connected()
        try:
            # As plain JSON both ways: the SDK's own models accept anything, and cost a millisecond.
            raw = await client.post("/chat/completions", body=self._body(ask), cast_to=self._raw)
            answer = raw.json()
        except Exception as error:  # SDK and HTTP library raise what no common class covers
            raise self._learned(error, ask) from error
        return self._reply(answer)

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Reply, None]:
        """An answer in pieces. Raises LLMError."""
        client = await self._connected()
        pieces: list[str] = []
        usage, finish, model = Usage(), None, None
        try:
            body = {**self._body(ask), "stream": True, "stream_options": {"include_usage": True}}
            async with await client.chat.completions.create(**body) as chunks:
                async for chunk in chunks:
                    model = chunk.model or model
                    if chunk.usage is not None:
                        usage = _usage(chunk.usage.model_dump())
                    for choice in (chunk.choices or ())[:1]:
                        finish = choice.finish_reason or finish
                        if choice.delta and choice.delta.content:
                            pieces.append(choice.delta.content)
                            yield choice.delta.content
        except Exception as error:
            raise self._learned(error, ask) from error
        text = "".join(pieces)
        self._require_finished(finish, text, usage)
        yield Reply(text=text, usage=usage, model=model)

    async def models(self) -> tuple[str, ...]:
        """What `/models` lists, newest first. Raises LLMError."""
        client = await self._connected()
        try:
            listed = await client.models.list()
            return tuple(one.id for one in sorted(listed.data, key=lambda one: -(one.created or 0)))
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
        await asyncio.to_thread(import_module, "openai.resources.chat.completions")
        from httpx2 import Response
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        self._raw = Response
        if self._client is None:
            key = self._deployment.api_key
            self._client = AsyncOpenAI(
                api_key=key.get_secret_value() if key else NO_KEY,
                base_url=self._deployment.base_url,
                max_retries=0,
                timeout=self._deployment.timeout_s,
                http_client=DefaultAsyncHttpxClient(verify=trusted_tls()),
                # The environment's own settings must not lead a call elsewhere.
                organization="",
                project="",
            )

    async def _connected(self) -> "AsyncOpenAI":
        await self.ready()
        assert self._client is not None
        return self._client

    def _body(self, ask: Ask) -> dict[str, Any]:  # the SDK's own types cannot be built up piece by piece
        limit = "max_completion_tokens" if self.refusals.completion_tokens else "max_tokens"
        body: dict[str, Any] = {
            "model": self._deployment.model,
            "messages": [{"role": one.role, "content": one.content} for one in ask.messages],
            limit: ask.max_tokens,
        }
        if ask.temperature is not None and self.refusals.takes_temperature():
            body["temperature"] = ask.temperature
        match ask.rung:
            case Rung.SCHEMA:
                form = {"name": TOOL, "schema": ask.schema, "strict": True}
                body["response_format"] = {"type": "json_schema", "json_schema": form}
            case Rung.TOOL:
                function = {"name": TOOL, "parameters": ask.schema}
                body["tools"] = [{"type": "function", "function": function}]
                body["tool_choice"] = {"type": "function", "function": {"name": TOOL}}
            case Rung.JSON:
                body["response_format"] = {"type": "json_object"}
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
        if not isinstance(answer, dict):
            raise MalformedResponse(f"{who} sent something that is no chat answer")
        told = cast("dict[str, object]", answer)
        usage = _usage(told.get("usage"))
        choices = told.get("choices")
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise MalformedResponse(f"{who} sent an answer without a choice", **_counted(usage))
        choice = cast("dict[str, object]", choices[0])
        message = choice.get("message")
        message = cast("dict[str, object]", message) if isinstance(message, dict) else {}
        text = _argument(message) or message.get("content")
        text = text if isinstance(text, str) else ""
        refusal = message.get("refusal")
        finish = choice.get("finish_reason")
        if refusal and not text:
            raise ContentFiltered(f"{who} refuses to answer", **_counted(usage))
        self._require_finished(finish if isinstance(finish, str) else None, text, usage)
        model = told.get("model")
        return Reply(text=text, usage=usage, model=model if isinstance(model, str) else None)

    def _require_finished(self, finish: str | None, text: str, usage: Usage) -> None:
        who, counted = self._deployment.name, _counted(usage)
        if finish == "content_filter":
            raise ContentFiltered(f"{who} filtered its answer", **counted)
        if finish == "length":
            raise TruncatedResponse(f"{who} ran out of tokens before it was done", **counted)
        if finish not in _FINISHED:
            raise TruncatedResponse(f"{who} broke off without a reason", **counted)
        if not text.strip():
            raise MalformedResponse(f"{who} sent an empty answer", **counted)


def _argument(message: dict[str, object]) -> str | None:
    """The argument of a called tool: the answer, on that rung."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list) or not calls or not isinstance(calls[0], Mapping):
        return None
    function = calls[0].get("function")
    argument = function.get("arguments") if isinstance(function, Mapping) else None
    return argument if isinstance(argument, str) else None


def _usage(told: object) -> Usage:
    if not isinstance(told, Mapping):
        return Usage()
    details = told.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
    return Usage(
        input_tokens=_count(told.get("prompt_tokens")),
        output_tokens=_count(told.get("completion_tokens")),
        cached_tokens=_count(cached),
    )


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and told >= 0 else None


def _counted(usage: Usage) -> dict[str, int | None]:
    """On an error, so that tokens of an unusable answer are charged as what they were."""
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens, "sent": 1}
