"""Each source against a strict server of its kind; what it says arrives as terms of our own vocabulary."""

import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from agents.trends import season
from agents.trends.apple import AppleCharts
from agents.trends.chartmetric import Chartmetric
from agents.trends.deezer import DeezerCharts
from agents.trends.google import GoogleTrends
from agents.trends.lastfm import LastFm
from agents.trends.listenbrainz import ListenBrainz
from agents.trends.protocol import Heard, trend_sources
from agents.trends.spotify import SpotifyCharts
from agents.trends.vocabulary import is_known, scored
from agents.trends.x import XCounts
from agents.vendors.api import Api
from configs.settings import Settings
from configs.trends import load_trends
from storage.errors import ConfigurationError, ProviderRefusedError, ProviderUnavailableError
from tests.agents.trends.world import open_world

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def world():
    with open_world() as there:
        yield there


async def terms(source, country: str = "DE") -> dict[tuple[str, str], float]:
    heard = await source.read(country, NOW)
    found = scored(heard, source=source.name, country=country, at=NOW)
    return {(term.kind, term.term): term.score for term in found}


def every(url: str) -> dict[str, object]:
    """Each source at one address."""
    x = Api(name="X", base_url=url, key=SecretStr("x-token-of-tests"))
    return {
        "apple": AppleCharts(url),
        "deezer": DeezerCharts(url),
        "listenbrainz": ListenBrainz(url),
        "google": GoogleTrends(url),
        "x": XCounts(x, Decimal("0.005")),
        "spotify": SpotifyCharts(
            SecretStr("id-of-tests"), SecretStr("secret-of-tests"), base_url=url, accounts_url=url
        ),
        "chartmetric": Chartmetric(SecretStr("refresh-of-tests"), url),
        "lastfm": LastFm(SecretStr("lastfm-of-tests"), url),
    }


SAID = {
    "apple": {("genre", "house"), ("genre", "rnb"), ("theme", "summer coast")},
    "deezer": {
        ("tempo", "dancing"),
        ("theme", "dance floor"),
        ("theme", "night drive"),
        ("mood", "euphoric"),
    },
    "listenbrainz": {("genre", "synthwave"), ("theme", "city rain")},
    "google": {("genre", "house"), ("genre", "lofi")},
    "x": {("theme", "winter"), ("theme", "city rain")},
    "spotify": {("genre", "techno"), ("theme", "ghosts")},
    "chartmetric": {("genre", "folk"), ("theme", "winter")},
    "lastfm": {("genre", "ambient"), ("mood", "melancholic")},
}


@pytest.mark.parametrize("name", SAID)
async def test_a_source_says_what_its_chart_holds(world, name: str):
    source = every(world.url)[name]
    found = await terms(source)
    assert found.keys() >= SAID[name]
    assert all(0 < score <= 1 for score in found.values())
    assert len(world.asked) <= source.calls


async def test_no_key_is_logged(world, caplog: pytest.LogCaptureFixture):
    """Last.fm's stands in the address."""
    caplog.set_level("INFO")
    logging.getLogger("httpx2").setLevel(logging.INFO)
    await terms(every(world.url)["lastfm"])
    assert world.asked
    assert "lastfm-of-tests" not in caplog.text


async def test_what_grows_scores_more(world):
    found = await terms(every(world.url)["google"])
    assert found["genre", "house"] == 1.0
    assert found["genre", "lofi"] < 0.7
    posted = await terms(every(world.url)["x"])
    assert posted["theme", "winter"] == 1.0 > posted["theme", "city rain"]


@pytest.mark.parametrize("name", SAID)
@pytest.mark.parametrize(
    "lie",
    [
        b"[]", b"null", b'{"feed": 3, "data": {"data": 7}, "payload": [], "tags": {"tag": "x"}, "obj": null}',
        b'{"feed": {"results": [[], 4, {"name": 5, "genres": {"name": {}}}]}, "data": [{"id": "x", "title": []}]}',
        b"<html>", b'{"widgets": [{"id": "TIMESERIES"}]}', b'{"access_token": {}, "token": 4}',
    ],
)  # fmt: skip
async def test_a_source_that_lies_is_an_error_or_nothing(world, name: str, lie: bytes):
    world.instead = (200, lie, {})
    found: dict[tuple[str, str], float] = {}
    with suppress(ProviderUnavailableError, ProviderRefusedError):
        found = await terms(every(world.url)[name])
    assert found == {}


@pytest.mark.parametrize("name", SAID)
async def test_a_busy_source_is_asked_again_later_and_one_that_refuses_is_not(world, name: str):
    world.instead = (429, b"{}", {"retry-after": "120"})
    with pytest.raises(ProviderUnavailableError):
        await terms(every(world.url)[name])
    world.instead = (403, b"{}", {})
    with pytest.raises(ProviderRefusedError):
        await terms(every(world.url)[name])


async def test_errors_that_come_with_status_200_are_errors(world):
    with pytest.raises(ProviderRefusedError, match="Invalid API key"):
        await terms(LastFm(SecretStr("another-key-it-is"), world.url))
    world.instead = (200, json.dumps({"error": {"code": 4, "message": "Quota limit exceeded"}}).encode(), {})
    with pytest.raises(ProviderUnavailableError, match="Quota"):
        await terms(DeezerCharts(world.url))
    world.instead = (200, json.dumps({"error": {"code": 800, "message": "no data"}}).encode(), {})
    with pytest.raises(ProviderRefusedError, match="no data"):
        await terms(DeezerCharts(world.url))


async def test_nothing_that_was_read_outside_gets_in_as_text(world):
    for source in (AppleCharts(world.url), ListenBrainz(world.url)):
        assert [each for each in await terms(source) if not is_known(*each)] == []


def test_weights_that_no_count_can_have_weigh_nothing():
    lies = (float("nan"), float("inf"), -5.0, 0.0)
    heard = tuple(Heard(kind="genre", text="techno", weight=weight) for weight in lies)
    honest = Heard(kind="genre", text="House", weight=2.0)
    huge = Heard(kind="tempo", value=1e9)
    found = scored((*heard, honest, huge), source="s", country="DE", at=NOW)
    assert [(term.kind, term.term, term.score) for term in found] == [("genre", "house", 1.0)]


def test_seasons_are_turned_round_in_the_south():
    july = {(term.kind, term.term): term.score for term in season.terms_of("DE", NOW)}
    assert july["theme", "summer coast"] == 1.0
    south = {term.term for term in season.terms_of("BR", NOW)}
    assert "winter" in south
    assert "summer coast" not in south


def test_the_table_speaks_of_what_exists():
    table = load_trends()
    unknown = [
        (month, kind, term)
        for month, kinds in table.seasons.items()
        for kind, scores in kinds.items()
        for term in scores
        if not is_known(kind, term)
    ]
    assert unknown == []
    assert sorted(table.seasons) == list(range(1, 13))


def test_sources_come_in_by_name(tmp_path):
    chosen = Settings.load(tmp_path, trend_sources="season, apple")
    assert [source.name for source in trend_sources(chosen)] == ["season", "apple"]
    assert trend_sources(Settings.load(tmp_path, trend_sources="none")) == ()
    with pytest.raises(ConfigurationError, match="there are: apple"):
        trend_sources(Settings.load(tmp_path, trend_sources="tarot"))
    with pytest.raises(ConfigurationError, match="key is not set"):
        trend_sources(Settings.load(tmp_path, trend_sources="lastfm"))
