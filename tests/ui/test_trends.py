"""Trends on the command line: what is known, and who was read."""

import pytest

from tests.ui.conftest import Call

pytestmark = pytest.mark.usefixtures("made_home")


def test_the_season_is_known_without_asking_anybody(call: Call):
    found = call("trends", "show", "--json").data["trends"]
    assert {trend["kind"] for trend in found} == {"genre", "mood", "theme", "tempo"}
    assert all(trend["sources"] == ["season"] and 0 < trend["score"] <= 1 for trend in found)
    assert "season" in call("trends", "show").out
    assert call("trends", "sources", "--json").data == {"sources": []}
    assert "Nobody outside is asked" in call("trends", "read").out


def test_no_source_and_a_wrong_one(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREND_SOURCES", "none")
    assert call("trends", "show", "--json").data == {"trends": []}
    monkeypatch.setenv("TREND_SOURCES", "season,tarot")
    told = call("trends", "read")
    assert (told.code, "there are: apple" in told.line) == (3, True)
    monkeypatch.setenv("TREND_COUNTRIES", "Germany")
    assert "two letters" in call("trends", "show").line
