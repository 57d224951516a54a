"""The embedded writer as a deployment: takes the question's data or reads its block, or sings about what was said."""

import asyncio
import json
from collections.abc import AsyncGenerator

from agents.llm.conversation import Ask, Reply, Usage
from agents.llm.deployment import Rung
from agents.llm.protocol import Request, Writer
from agents.llm.tasks import (
    BriefDraft,
    BriefInputs,
    LyricsDraft,
    LyricsInputs,
    PersonaDraft,
    PersonaInputs,
    ReflectionDraft,
    ReflectionInputs,
    SungSection,
)
from agents.llm.wires.refusals import Refusals
from storage.errors import InvalidRequest, MalformedResponse
from storage.types import Frozen

TASKS: dict[str, tuple[type[Frozen], type[Frozen]]] = {
    "persona": (PersonaInputs, PersonaDraft),
    "brief": (BriefInputs, BriefDraft),
    "lyrics": (LyricsInputs, LyricsDraft),
    "reflection": (ReflectionInputs, ReflectionDraft),
}
"""What it has a grammar for: the data of each task and the form of its answer."""
_FORM = ("verse", "chorus", "verse", "chorus")
_SCHEMES = {"verse": "abab", "chorus": "HaHa"}
_TITLE_WORDS = 4


class OfflineLine:
    """The last deployment of every chain."""

    def __init__(self, writer: Writer | None = None) -> None:
        """`writer` computes somewhere else; None: in a thread of this process."""
        self._writer = writer
        self.refusals = Refusals((Rung.PROMPT,))

    async def ready(self) -> None:
        """Nothing is to be loaded here."""

    async def complete(self, ask: Ask) -> Reply:
        """Write what was asked. Raises InvalidRequest for a task without a grammar."""
        if ask.task not in TASKS:
            raise InvalidRequest(
                f"the embedded writer has no grammar for {ask.task!r}; it does {', '.join(TASKS)}"
            )
        inputs_type, answer = TASKS[ask.task]
        inputs = ask.inputs or _data(ask, inputs_type) or _made_up(ask)
        request = Request(task=ask.task, prompt=ask.task, inputs=inputs, answer=answer, seed=ask.seed)
        try:
            if self._writer is not None:
                written = await self._writer.complete(request)
            else:
                written = await asyncio.to_thread(_write, request)
        except ValueError as error:
            # Data that no grammar fits: a mood of a hundred characters, say.
            raise MalformedResponse(f"the embedded writer cannot work on this data for {ask.task}") from error
        as_text = ask.schema is None and isinstance(written.value, LyricsDraft)
        text = _sung(written.value) if as_text else written.value.model_dump_json()
        return Reply(text=text, usage=Usage(), model=written.model, cpu_s=written.cpu_s)

    async def stream(self, ask: Ask) -> AsyncGenerator[str | Reply, None]:
        reply = await self.complete(ask)
        yield reply.text
        yield reply

    async def close(self) -> None:
        """Nothing is held."""

    async def models(self) -> tuple[str, ...]:
        from agents.llm.offline.writer import MODEL

        return (MODEL,)


def _write(request: Request[Frozen]):  # noqa: ANN202 - the completion of whatever form was asked for
    from agents.llm.offline.writer import OfflineWriter

    return asyncio.run(OfflineWriter().complete(request))


def _data(ask: Ask, inputs_type: type[Frozen]) -> Frozen | None:
    """What stands between the markers of the first message that has them."""
    for message in ask.messages:
        _before, marker, rest = message.content.partition("<data>\n")
        if message.role == "user" and marker:
            body = rest.partition("\n</data>")[0]
            try:
                return inputs_type.model_validate_json(body)
            except ValueError:
                raise MalformedResponse(
                    f"the data block is not what the task {ask.task} works on: {', '.join(inputs_type.model_fields)}"
                ) from None
    return None


def _made_up(ask: Ask) -> Frozen:
    """A task's data from words alone."""
    from configs.genres import load_genres

    said = " ".join(" ".join(one.content for one in ask.messages if one.role == "user").split())
    genre = next(iter(load_genres()))
    title = " ".join(said.split()[-_TITLE_WORDS:])[:60] or "Untitled"
    theme = said[-120:] or title
    match ask.task:
        case "lyrics":
            sections = tuple(
                SungSection(
                    position=at, section=name, scheme=_SCHEMES[name], syllables_min=6, syllables_max=11
                )
                for at, name in enumerate(_FORM)
            )
            return LyricsInputs(
                title=title, theme=theme, mood="open", genre=genre, voice="", sections=sections
            )
        case "brief":
            return BriefInputs(artist_name="", genre=genre, themes=(theme,), moods=("open",))
        case "persona":
            return PersonaInputs(genre=genre)
        case _:
            raise InvalidRequest(f"the embedded writer needs a song's measured facts for {ask.task}")


def _sung(draft: Frozen) -> str:
    assert isinstance(draft, LyricsDraft)
    return "\n\n".join("\n".join(section.lines) for section in draft.sections) or json.dumps(draft.hook)
