"""An artist's model setting on the wire: its own temperature for its own words, and nobody else's."""

import pytest

from agents.evolver import numbers_of
from agents.llm import Deployment, RoutedWriter, Router
from agents.llm.sampling import sampling_temperature
from agents.lyricist import write
from agents.planner import plan
from storage.types import Artist, Genes, SongRequest
from tests.agents.llm import songwriter
from tests.agents.llm.servers import KEY, OPENAI, Exchange, ModelServer, good, serving, status
from tests.agents.llm.songs import ARTIST


async def planned(writer: RoutedWriter, artist: Artist):
    return await plan(
        writer, artist=artist, request=SongRequest(seed=1), memory=(), changes=(), variants=(), revision=0,
        default_seconds=60.0,
    )  # fmt: skip


@pytest.mark.usefixtures("routers")
@pytest.mark.parametrize(("gene", "sent"), [(0.5, 0.7), (0.6, 0.76), (0.0, 0.4), (1.0, 1.0)])
async def test_planner_and_lyricist_ask_as_the_artist_does_and_the_critic_as_ever(gene: float, sent: float):
    artist = ARTIST.model_copy(update={"genes": Genes(temperature=gene)})
    async with serving(OPENAI, write=songwriter.write) as server:
        router = Router([Deployment(provider="m", model="m1", base_url=server.base_url, api_key=KEY)])
        writer = RoutedWriter(router, deadline_s=30)
        brief, _ = await planned(writer, artist)
        await write(writer, brief=brief, persona=artist.persona, memory=(), rounds=1)
    assert (brief.temperature, brief.is_tempered) == (gene, True)
    assert numbers_of(brief)["temperature"] == gene
    asked = [
        ("critique" if "verdict" in songwriter.fields_of(body) else "words", body.get("temperature"))
        for body in server.bodies
    ]
    assert asked == [("words", sent), ("words", sent), ("critique", None), ("words", sent)]
    assert server.violations == []


async def refuses_temperature(server: ModelServer, exchange: Exchange):
    if "temperature" in exchange.body:
        await status(400, message="temperature is not supported with this model")(server, exchange)
    else:
        await good(server, exchange)


@pytest.mark.usefixtures("routers")
async def test_what_a_model_was_not_asked_at_is_not_compared():
    async with serving(OPENAI, write=songwriter.write, always=refuses_temperature) as server:
        router = Router([Deployment(provider="m", model="m1", base_url=server.base_url, api_key=KEY)])
        brief, _ = await planned(RoutedWriter(router, deadline_s=30), ARTIST)
    assert ["temperature" in body for body in server.bodies] == [True, False]
    assert (brief.source, brief.is_tempered) == ("m:m1", False)
    assert "temperature" not in numbers_of(brief)


def test_a_higher_gene_is_a_higher_temperature_that_every_provider_takes():
    asked = [sampling_temperature(step / 100) for step in range(101)]
    assert asked == sorted(set(asked))
    assert 0 <= asked[0] < asked[50] == 0.7 < asked[100] <= 1
