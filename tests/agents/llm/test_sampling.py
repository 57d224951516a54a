"""An artist's model setting on the wire: its own temperature for its own words, and nobody else's."""

import pytest

from agents.llm import Deployment, RoutedWriter, Router
from agents.llm.sampling import sampling_temperature
from agents.lyricist import write
from agents.planner import plan
from storage.types import Artist, Genes, SongRequest
from tests.agents.llm import songwriter
from tests.agents.llm.servers import KEY, OPENAI, serving
from tests.agents.llm.songs import ARTIST


async def planned(writer: RoutedWriter, artist: Artist):
    return await plan(
        writer, artist=artist, request=SongRequest(seed=1), memory=(), changes=(), variants=(), revision=0,
        default_seconds=60.0,
    )  # fmt: skip


@pytest.mark.usefixtures("routers")
@pytest.mark.parametrize(("gene", "sent"), [(0.5, None), (0.6, 1.08), (0.0, 0.6), (1.0, 1.4)])
async def test_planner_and_lyricist_ask_as_the_artist_does_and_the_critic_as_ever(
    gene: float, sent: float | None
):
    artist = ARTIST.model_copy(update={"genes": Genes(temperature=gene)})
    async with serving(OPENAI, write=songwriter.write) as server:
        router = Router([Deployment(provider="m", model="m1", base_url=server.base_url, api_key=KEY)])
        writer = RoutedWriter(router, deadline_s=30)
        brief, _ = await planned(writer, artist)
        await write(writer, brief=brief, persona=artist.persona, memory=(), rounds=1)
    assert brief.temperature == gene
    asked = [
        ("critique" if "verdict" in songwriter.fields_of(body) else "words", body.get("temperature"))
        for body in server.bodies
    ]
    assert asked == [("words", sent), ("words", sent), ("critique", None), ("words", sent)]
    assert server.violations == []


def test_every_gene_stays_within_the_bounds():
    assert all(0.6 <= (sampling_temperature(step / 100) or 1.0) <= 1.4 for step in range(101))
