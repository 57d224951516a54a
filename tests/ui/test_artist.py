"""The roster on the command line."""

from pathlib import Path

import pytest
from PIL import Image

from tests.ui.conftest import Call


@pytest.fixture
def artist(call: Call):
    """A new artist, as `artist create` tells it."""
    made = call("artist", "create", "--seed", "5", "--genre", "lofi", "--as", "ada", "--json")
    assert made.code == 0, made.err
    return made.data


def test_an_artist_is_created_listed_and_shown(call: Call, artist):
    assert artist["persona"]["genre"] == "lofi"
    listed = call("artist", "list", "--json").data["artists"]
    assert [(row["slug"], row["state"], row["songs"]) for row in listed] == [
        (artist["slug"], artist["state"], 0)
    ]
    assert artist["persona"]["name"] in call("artist", "show", artist["slug"]).out
    assert artist["slug"] in call("artist", "list").out


def test_other_seeds_make_other_artists(call: Call, artist):
    other = call("artist", "create", "--seed", "6", "--genre", "lofi", "--json").data
    assert other["persona"]["name"] != artist["persona"]["name"]
    assert other["persona"]["visual"] != artist["persona"]["visual"]


def test_an_artist_pauses_resumes_and_retires(call: Call, artist):
    slug = artist["slug"]
    paused = call("artist", "pause", slug, "--reason", "on tour", "--json").data
    assert (paused["state"], paused["pause_reason"]) == ("paused", "on tour")
    assert call("artist", "resume", slug).out.split()[-1] == "active"
    assert call("artist", "retire", slug, "--yes", "--json").data["state"] == "retired"


def test_an_impossible_move_says_what_is_possible(call: Call, artist):
    told = call("artist", "resume", artist["slug"])
    assert told.code == 2
    assert "allowed: " in told.line


def test_retiring_asks_first(call: Call, artist, monkeypatch: pytest.MonkeyPatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    told = call("artist", "retire", artist["slug"])
    assert told.code == 1
    assert "nothing was changed" in told.err
    assert call("artist", "show", artist["slug"], "--json").data["state"] == artist["state"]


def test_a_full_roster_an_unknown_genre_and_an_unknown_name(
    call: Call, artist, monkeypatch: pytest.MonkeyPatch
):
    assert "choose one of" in call("artist", "create", "--genre", "polka").line
    assert artist["slug"] in call("artist", "show", "nobody").line
    monkeypatch.setenv("ROSTER_MAX", "1")
    told = call("artist", "create", "--seed", "7")
    assert told.code == 2
    assert "ROSTER_MAX is 1" in told.line


def test_an_empty_roster_says_what_to_do(call: Call):
    assert "labelmate artist create" in call("artist", "list").out
    assert call("artist", "list", "--json").data == {"artists": []}


def test_an_avatar_is_drawn_given_and_drawn_again(call: Call, artist, tmp_path: Path):
    drawn = artist["persona"]["avatar_sha256"]
    assert drawn
    assert artist["persona"]["logo_sha256"]
    Image.new("RGB", (400, 300), (200, 30, 30)).save(tmp_path / "me.png")
    given = call("artist", "avatar", artist["slug"], tmp_path / "me.png", "--json").data
    assert given["persona"]["avatar_sha256"] not in (None, drawn)
    assert given["version"] == artist["version"] + 1
    again = call("artist", "avatar", artist["slug"], "--json").data
    assert again["persona"]["avatar_sha256"] == drawn
    (tmp_path / "words.png").write_text("no picture")
    refused = call("artist", "avatar", artist["slug"], tmp_path / "words.png")
    assert (refused.code, "cannot be read as a picture" in refused.line) == (2, True)
