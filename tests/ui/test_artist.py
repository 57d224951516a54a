"""The roster on the command line."""

from pathlib import Path

import pytest
from PIL import Image

from agents.niches import moved
from storage import artists, evolutions, outbox
from storage.releases import record_release
from storage.types import GeneEdit, Genes, LifecycleState, Release
from tests.storage.stage import persona
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


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


def test_what_is_fixed_at_creation_is_kept(call: Call):
    made = call(
        "artist", "create", "--genre", "ambient", "--name", "Harbour Static", "--theme", "salt", "--platform", "bluesky",
        "--days-per-song", "14", "--trends", "0", "--pin", "energy", "--seed", "3", "--json",
    ).data["persona"]  # fmt: skip
    assert (made["name"], made["themes"], made["platforms"], made["pinned"]) == (
        "Harbour Static",
        ["salt"],
        ["bluesky"],
        ["energy"],
    )
    assert (made["cadence"]["days_per_song"], made["trend_adaptability"]) == (14, 0)
    assert "too much like" in call("artist", "create", "--name", "Harbour Statik").line
    assert "real artist" in call("artist", "create", "--name", "Taylor Swift").line
    assert "language" in call("artist", "create", "--language", "!").line


def test_an_artist_is_edited_within_what_may_change(call: Call, artist):
    slug = artist["slug"]
    told = call(
        "artist", "edit", slug, "--theme", "salt", "--theme", "fog", "--pin", "sound", "--as", "ada", "--json"
    ).data
    assert (told["persona"]["themes"], told["version"]) == (["salt", "fog"], 2)
    assert told["persona"]["name"] == artist["persona"]["name"]
    assert call("artist", "edit", slug, "--unpin", "--json").data["persona"]["pinned"] == []
    assert "human life" in call("artist", "edit", slug, "--backstory", "She was born in Leeds.").line
    assert "Say what to change" in call("artist", "edit", slug).line
    assert "--name" in call("artist", "edit", slug, "--name", "Other").line


def test_a_persons_search_for_the_name_is_on_record(call: Call, artist):
    assert "not yet" in call("artist", "show", artist["slug"]).out
    told = call(
        "artist", "searched", artist["slug"], "--found", "two search engines: nobody", "--as", "ada", "--json"
    ).data
    assert told["persona"]["name_search"]["by"] == "ada"
    assert "two search engines: nobody" in call("artist", "show", artist["slug"]).out
    assert "or --take-back" in call("artist", "searched", artist["slug"]).line
    assert "or --take-back" in call("artist", "searched", artist["slug"], "--found", "x", "--take-back").line
    assert "releases wait" in call("artist", "searched", artist["slug"], "--take-back").out
    assert "not yet" in call("artist", "show", artist["slug"]).out
    assert "No search for the name" in call("artist", "searched", artist["slug"], "--take-back").line


def test_a_roster_is_imported_whole_or_not_at_all(call: Call, tmp_path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "roster.yaml"
    file.write_text(
        "artists:\n- {name: Harbour Static, genre: ambient}\n- {name: Tin Lighthouse, genre: polka}\n"
    )
    assert "Tin Lighthouse" in call("artist", "import", file).line
    assert call("artist", "list", "--json").data == {"artists": []}
    file.write_text(file.read_text().replace("polka", "folk"))
    monkeypatch.setenv("ROSTER_MAX", "1")
    assert "leaves room for 1" in call("artist", "import", file).line
    one = call("artist", "import", file, "--only", "tin lighthouse", "--json").data["artists"]
    assert [each["persona"]["name"] for each in one] == ["Tin Lighthouse"]
    assert (one[0]["state"], one[0]["accepted_at"]) == ("candidate", None)
    assert "does not have all" in call("artist", "import", file, "--only", "Nobody").line


def test_two_of_a_roster_that_are_nearly_one_are_refused_before_anybody_joins(call: Call, tmp_path):
    file = tmp_path / "roster.yaml"
    same = "genre: ambient, themes: [salt, fog], moods: [calm]"
    file.write_text(f"artists:\n- {{name: Harbour Static, {same}}}\n- {{name: Tin Lighthouse, {same}}}\n")
    told = call("artist", "import", file)
    assert "(Tin Lighthouse): themes and moods are those of Harbour Static" in told.line
    assert call("artist", "list", "--json").data == {"artists": []}
    file.write_text(file.read_text().replace("moods: [calm]", "moods: [bright]", 1))
    both = call("artist", "import", file, "--json").data["artists"]
    assert [each["persona"]["name"] for each in both] == ["Harbour Static", "Tin Lighthouse"]
    again = tmp_path / "again.yaml"
    again.write_text(f"artists:\n- {{name: Third Pier, genre: folk}}\n- {{name: Salt Clerk, {same}}}\n")
    assert "themes and moods are those of Tin Lighthouse" in call("artist", "import", again).line
    assert len(call("artist", "list", "--json").data["artists"]) == 2


def test_a_first_release_waits_for_a_persons_search_and_status_says_so(call: Call, home: Path):
    with behind(home) as stage:
        fence, cycle = stage.song()
        release = Release(id="rel_1", title="Slow Rain", directory="d", manifest_sha256="ab" * 32)
        stage.write(
            record_release, fence=fence, cycle_id=cycle.id, release=release, release_date="2026-02-01"
        )
    told = call("status")
    assert "1 release waits; `labelmate artist searched nova-rain" in " ".join(told.out.split())
    refused = call("release", "published", "rel_1", "--at", "bandcamp=https://a.example")
    assert (refused.code, "artist searched nova-rain" in refused.line) == (2, True)
    assert call("artist", "searched", "nova-rain", "--found", "nobody").code == 0
    assert call("status", "--json").data["names_to_search"] == []
    assert "no place" in call("release", "published", "rel_1", "--at", "bandcamp").line
    for day, why in (("2026-13-40", "is no day"), ("20260831", "is no day"), ("1999-01-01", "was built on")):
        assert why in call("release", "published", "rel_1", "--on", day).line
    assert "yet to come" in call("release", "published", "rel_1", "--on", "9999-12-31").line
    out = call("release", "published", cycle.id, "--at", "bandcamp=https://a.example?b=c", "--json").data
    assert (out["state"], out["urls"]) == ("published", {"bandcamp": "https://a.example?b=c"})
    empty = call("release", "published", "rel_1", "--at", "bandcamp=")
    assert (empty.code, "--not-at bandcamp takes one away" in empty.line) == (2, True)
    mended = ("--at", "shop=https://a.example", "--not-at")
    assert "told twice" in call("release", "published", "rel_1", *mended, "shop").line
    assert "not at 'bandcmp'" in call("release", "published", "rel_1", *mended, "bandcmp").line
    out = call("release", "published", "rel_1", *mended, "bandcamp", "--json").data
    assert (out["state"], out["urls"]) == ("published", {"shop": "https://a.example"})
    assert call("release", "withdrawn", "rel_1", "--json").data["state"] == "withdrawn"
    again = call("release", "published", "rel_1")
    assert (again.code, "is withdrawn" in again.line) == (2, True)


def test_an_artist_that_the_label_created_by_itself_waits_to_be_taken_on(call: Call, artist, home: Path):
    assert call("status", "--json").data["newcomers"] == []
    with behind(home) as stage:
        stage.write(
            artists.add_artist, persona=persona("Kilo Wren"), genes=Genes(), who=artists.CREATION,
            state=LifecycleState.CANDIDATE,
        )  # fmt: skip
        (message,) = stage.write(outbox.claim_messages, kinds=("newcomer",), limit=9, claim_s=60)
        assert message.payload["name"] == "Kilo Wren"
    assert "`labelmate artist accept kilo-wren`" in call("status").out
    call("artist", "accept", "kilo-wren")
    assert call("status", "--json").data["newcomers"] == []


def test_a_change_on_trial_is_shown_and_taken_back(call: Call, home: Path):
    with behind(home) as stage:
        made = stage.artist()
        edits = (GeneEdit(gene="energy", delta=0.1, because="people: energy"),)
        stage.write(
            evolutions.open_evolution, artist_id=made.id, version=made.version, parent_version=made.version, kind="refine",
            edits=edits, style_note="", genes=moved(made.genes, edits), style_notes="", who="policy",
        )  # fmt: skip
    assert "energy +0.10: people: energy" in call("artist", "changes", "nova-rain").out
    back = call("artist", "rollback", "nova-rain", "--reason", "too loud", "--json").data
    assert (back["status"], back["why"].startswith("too loud")) == ("rolled_back", True)
    assert call("artist", "show", "nova-rain", "--json").data["genes"] == made.genes.model_dump()
    assert "no change on trial" in call("artist", "rollback", "nova-rain", "--reason", "again").line
