"""Author, critic, refine: over real sockets, with the critic on another model."""

import pytest

from agents.llm import Deployment, RoutedWriter, Router
from agents.llm.protocol import Completion
from agents.lyricist import write
from tests.agents.llm import servers, songwriter
from tests.agents.llm.servers import KEY, OPENAI, ModelServer, serving
from tests.agents.llm.songs import PERSONA, brief_of

pytestmark = pytest.mark.usefixtures("routers")


def writer(*deployed: ModelServer) -> RoutedWriter:
    names = ("author", "critic")
    return RoutedWriter(
        Router(
            [
                Deployment(provider=name, model="m", base_url=server.base_url, api_key=KEY)
                for name, server in zip(names, deployed, strict=False)
            ]
        ),
        deadline_s=30,
    )


async def song(*deployed: ModelServer, rounds: int) -> tuple[str, Completion]:
    lyrics, completion = await write(
        writer(*deployed), brief=brief_of(1), persona=PERSONA, memory=(), rounds=rounds
    )
    return " ".join(line for section in lyrics.sections for line in section.lines), completion


def tasks(server: ModelServer) -> list[str]:
    return ["critique" if "verdict" in songwriter.fields_of(body) else "lyrics" for body in server.bodies]


async def test_another_model_criticises_and_the_author_writes_anew():
    async with (
        serving(OPENAI, write=songwriter.write) as author,
        serving(OPENAI, write=songwriter.write) as critic,
    ):
        words, completion = await song(author, critic, rounds=1)
    assert (tasks(author), tasks(critic)) == (["lyrics", "lyrics"], ["critique"])
    assert "anew" in words
    assert "first" not in words
    assert (completion.source, completion.attempts, completion.tokens_in) == ("author:m", 3, 300)


async def test_rounds_are_bounded():
    async with serving(OPENAI, write=songwriter.write) as author:
        await song(author, rounds=3)
    assert tasks(author) == ["lyrics", *["critique", "lyrics"] * 3]


async def test_without_rounds_nobody_criticises():
    async with serving(OPENAI, write=songwriter.write) as author:
        await song(author, rounds=0)
    assert tasks(author) == ["lyrics"]


async def test_where_the_critic_fails_the_words_stand():
    async with (
        serving(OPENAI, write=songwriter.write, script=[servers.good], always=servers.status(401)) as author,
    ):
        words, completion = await song(author, rounds=2)
    assert "first" in words
    assert completion.source == "author:m"


async def test_words_of_the_embedded_writer_are_not_sent_to_a_critic():
    async with serving(OPENAI, always=servers.status(503)) as author:
        _, completion = await song(author, rounds=2)
    assert completion.source == "offline"
    assert set(tasks(author)) == {"lyrics"}
