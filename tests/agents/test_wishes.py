"""What a person may ask for: every spelling of it, and one line for what cannot be."""

import pytest

from agents.planning.wishes import FORM_SECTIONS_MAX, SECTION_NAMES, WORDED_BARS_MAX, parse_form, read_wishes
from storage.errors import UsageError
from storage.types import Brought, SectionSpec, SongRequest
from ui.wishes import wish


def test_a_form_is_sections_with_their_bars():
    intro, verse = SectionSpec(name="intro", bars=4), SectionSpec(name="verse", bars=12)
    assert parse_form("intro4 verse12") == parse_form(" Intro4,\n verse12, ") == (intro, verse)
    assert [section.name for section in parse_form(" ".join(f"{name}1" for name in SECTION_NAMES))] == list(
        SECTION_NAMES
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a form of 0 sections; give 1 to"),
        ("verse", "'verse' is no section: write its name and its bars, such as `verse8`"),
        ("verse0", "'verse0' is no section"),
        ("verse-4", "'verse-4' is no section"),
        ("verse8 solo8", "no section 'solo': choose from intro, verse, pre"),
        ("verse33", "a verse of 33 bars; give 1 to 32"),
        ("drop4 " * (FORM_SECTIONS_MAX + 1), f"give 1 to {FORM_SECTIONS_MAX}"),
        ("verse32 chorus32 " * 6 + "pre1", f"give at most {WORDED_BARS_MAX}"),
    ],
)
def test_an_impossible_form_is_one_line(text: str, said: str):
    with pytest.raises(UsageError) as refused:
        parse_form(text)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"density": 1.1}, "density 1.1 is out of range; give 0 to 1"),
        ({"energy": -0.1}, "energy -0.1 is out of range; give 0 to 1"),
        ({"energy": float("nan")}, "give 0 to 1"),
        ({"form": "verse8 chorus8", "seconds": 300}, "give 20 to 98.5 seconds, or no seconds"),
        ({"form": "verse8 chorus8", "seconds": 60, "tempo_bpm": 120}, "give 33.2 to 35.5 seconds"),
        ({"form": "verse1", "tempo_bpm": 120}, "a song has 10 to 600"),
        ({"key": ""}, "unknown key ''"),
        ({"title": "x" * 61}, "the title has 61 characters; give at most 60"),
        ({"mood": "x" * 41}, "give at most 40"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_asked(wishes: dict[str, object], said: str):
    """The door and the planner read one table: a title of 80 letters was taken and the cycle died of it."""
    with pytest.raises(UsageError) as refused:
        wish(**wishes)  # type: ignore[arg-type]
    assert said in str(refused.value)


def test_the_longest_words_that_are_taken_can_be_planned():
    request = wish(title="x" * 60, theme="y" * 120, mood="z" * 40, form="verse8", density=0, energy=1)
    assert dict(read_wishes(request)).items() <= dict(request).items()


def test_a_recording_may_be_longer_than_a_song_that_is_asked_for():
    brought = Brought(sha256="ab", media_type="audio/flac", licence="mine", ai_role="human")
    assert read_wishes(SongRequest(seed=1, seconds=700, recording=brought)).seconds == 700
