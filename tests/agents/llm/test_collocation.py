"""Which tails follow which openings."""

import pytest

from agents.llm.offline.collocation import fits, is_of_time, tells_of_people


@pytest.mark.parametrize(
    ("opening", "tail"),
    [
        ("watch the crossing", "in the falling rain"),
        ("rattle by", "when the day is done"),
        ("sleep in the hull", "till the night is won"),
        ("hum", "to the radio"),
        ("shine", "like any other day"),
    ],
)
def test_they_go_together(opening, tail):
    assert fits(opening, tail)


@pytest.mark.parametrize(
    ("opening", "tail", "because"),
    [
        ("clear", "up the fire-escape stair", "the tail makes another verb of it"),
        ("rattle by", "on a weekday night", "the tail makes another verb of it"),
        ("lean on the glass", "in the station hall", "two places"),
        ("drive with one hand", "with a coffee for two", "with, with"),
        ("wait till it stops", "until the morning light", "two times"),
        ("sell the piano", "like water down the drain", "nobody sells it so"),
        ("leave on the hall lamp", "to a song we all know", "nothing here sounds"),
        ("stack up the chairs", "on a folding chairs", "a word twice"),
        ("watch the crossing", "in the crossing's flashing beat", "a word twice"),
        ("fall upward", "up the iron stair", "upward up"),
        ("follow no footprints", "like a runaway cart", "nobody follows nothing so"),
        ("take the back road home", "on the courthouse stair", "two places"),
    ],
)
def test_they_do_not(opening, tail, because):
    assert not fits(opening, tail), because


def test_time_goes_with_anything_and_what_people_have_with_no_thing():
    assert is_of_time("when the day is done")
    assert not is_of_time("in a copper vein")
    assert all(
        map(
            tells_of_people,
            ("with a hand to hold", "with promises to keep", "in a bed for two", "under a borrowed name"),
        )
    )
    assert not tells_of_people("with the smoke on the wall")
