"""`labelmate song import`, `inbox` and `artist voice` in a terminal, on a home without a running label."""

import getpass
from pathlib import Path

import pytest

from storage import cycles, histories, inbox
from storage.inbox import InboxSheet
from storage.types import CycleState
from tests.runtime.vendor import song
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")

SHEET = InboxSheet(
    title="Kettle Song", style="folk, 92 bpm", lyrics="[Verse]\nthe kettle sings", tempo_bpm=92, key="A minor", duration_s=60,
    vocal="female airy",
)  # fmt: skip


@pytest.fixture(autouse=True)
def little_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISK_FLOOR_MB", "1")


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "Home_Again.wav"
    path.write_bytes(song())
    return path


def test_a_recording_is_brought_with_its_words(call: Call, home: Path, take: Path, tmp_path: Path):
    with behind(home) as stage:
        artist = stage.artist()
    words = tmp_path / "words.txt"
    words.write_text("[Verse]\nhome again\n")
    told = call(
        "song",
        "import",
        str(take),
        "--artist",
        artist.slug,
        "--lyrics",
        str(words),
        "--made-by",
        "human",
        "--json",
    )
    asked = told.data["request"]
    assert (asked["title"], asked["recording"]["words"], asked["recording"]["ai_role"]) == (
        "Home Again", "[Verse]\nhome again\n", "human",
    )  # fmt: skip
    assert asked["tempo_bpm"] == pytest.approx(120, abs=1)
    assert asked["seconds"] == pytest.approx(12, abs=0.1)


def test_words_that_no_plan_may_have_are_refused_before_the_recording_is_read(call: Call, tmp_path: Path):
    said = call("song", "import", str(tmp_path / "none.wav"), "--artist", "nobody", "--title", "x" * 61)
    assert (said.code, "give at most 60" in said.line) == (2, True)


@pytest.mark.parametrize(
    ("content", "told"), [(b"<html>" * 400, "cannot be read as audio"), (None, "is not there")]
)
def test_what_is_no_song_is_one_line_and_queues_nothing(
    call: Call, home: Path, tmp_path: Path, content: bytes | None, told: str
):
    with behind(home) as stage:
        artist = stage.artist()
    path = tmp_path / "page.mp3"
    if content is not None:
        path.write_bytes(content)
    said = call("song", "import", str(path), "--artist", artist.slug)
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert told in said.err
    assert call("cycle", "list", "--json").data["cycles"] == []


def test_a_song_to_make_is_listed_shown_and_delivered(call: Call, home: Path, take: Path):
    assert "No song waits" in call("inbox", "list").out
    with behind(home) as stage:
        fence, cycle = stage.song()
        asked = stage.write(inbox.ask, fence=fence, cycle_id=cycle.id, revision=0, sheet=SHEET)
        stage.write(
            cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="a song"
        )
    (listed,) = call("inbox", "list", "--json").data["requests"]
    assert listed["id"] == asked.id
    shown = call("inbox", "show", asked.id[-6:]).out
    assert "the kettle sings" in shown
    assert f"labelmate inbox deliver {asked.id}" in shown
    done = call("inbox", "deliver", asked.id, str(take), "--licence", "mine", "--json").data
    assert (done["status"], done["licence"], len(done["recordings"])) == ("delivered", "mine", 1)
    again = call("inbox", "deliver", asked.id, str(take))
    assert (again.code, "no longer waited for" in again.err) == (2, True)
    assert call("inbox", "list", "--all", "--json").data["requests"][0]["status"] == "delivered"


def test_an_artists_voice_is_told_and_changed(call: Call, home: Path):
    with behind(home) as stage:
        stage.artist()
    assert call("artist", "voice", "nova-rain").out.strip() == "Nova Rain: any, en"
    told = call(
        "artist",
        "voice",
        "nova-rain",
        "--gender",
        "female",
        "--timbre",
        " warm   alto",
        "--persona",
        "suno=p-1",
    )
    assert told.out.strip() == "Nova Rain: female, warm alto, en, suno p-1"
    told = call("artist", "voice", "nova-rain", "--persona", "suno=", "--json").data
    assert told["persona"]["vocal"] == {"gender": "female", "timbre": "warm alto", "vendor_personas": {}}
    wrong = call("artist", "voice", "nova-rain", "--persona", "p-1")
    assert (wrong.code, "VENDOR=ID" in wrong.err) == (2, True)


def test_who_evolves_sounds_a_little_different_from_then_on(call: Call, home: Path):
    with behind(home) as stage:
        artist = stage.artist()
    before = call("artist", "show", artist.slug, "--json").data
    after = call("artist", "evolve", artist.slug, "--reason", "a change", "--json").data
    assert (after["state"], after["version"] > before["version"]) == ("evolving", True)
    assert after["persona"]["sound"] is not None
    with behind(home) as stage:
        versions = stage.read(histories.versions_of, artist_id=artist.id)
    (sound,) = [version for version in versions if version.trigger == "sound"]
    assert (sound.who, bool(sound.evidence["moved"])) == (getpass.getuser(), True)
