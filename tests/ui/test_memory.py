"""What artists remember, on the command line."""

import pytest

from tests.storage.test_memory import LOUD, made
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


def test_songs_and_lessons_are_found(call: Call, home):
    with behind(home) as stage:
        made(stage, "Nova Rain", LOUD, title="Slow Rain", key="F#", tempo_bpm=80)
    (found,) = call("memory", "search", "rain", "--key", "F# minor", "--bpm-to", "90", "--json").data["songs"]
    assert (found["piece"]["title"], found["artist"]) == ("Slow Rain", "Nova Rain")
    assert (
        "No song is like that"
        in call("memory", "search", "rain", "--artist", "nova-rain", "--bpm-from", "90").out
    )
    (known,) = call("memory", "lessons", "nova-rain", "--json").data["lessons"]
    assert (known["key"], known["songs"], known["evidence"]) == ("energy/up", 1, 1.0)
    assert "energy" in call("memory", "lessons", "nova-rain").out


def test_bad_searches_are_one_line(call: Call):
    assert "is above" in call("memory", "search", "--bpm-from", "120", "--bpm-to", "90").line
    assert call("memory", "search", "--key", "H").code == 2
    assert "There is no artist" in call("memory", "lessons", "nobody").line
