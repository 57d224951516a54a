"""Explicit words in whatever spelling, and no other words."""

import pytest

from agents.lexicon.explicit import is_explicit
from configs.wordlists import words_of_list


@pytest.mark.parametrize(
    "line",
    [
        "what the fuck is this",
        "I'm fuckin’ leaving",
        "No more bullshit tonight",
        "FUUUUCK it",
        "f**k the weather",
        "sh1t happens",
        "that b!tch of a winter",
        "Bitches, all of us",
        "motherfuckers, rise",
        "You assholes",
        "suck my dick",
        "what the f u c k is this",
        "f-u-c-k the weather",
        "F.U.C.K.",
        "I f u c k u up",
        "una puta noche",
        "qué mierda",
    ],
)
def test_explicit_lines(line):
    assert is_explicit(["a clean line", line])


@pytest.mark.parametrize(
    "line",
    [
        "The train to Scunthorpe leaves at nine",
        "alone in the cockpit",
        "a pussy willow by the lane",
        "I read Moby Dick again",
        "Dickens and Middlesex, a classic assassin",
        "shiitake on the stove",
        "an Essex cuckoo and a peacock",
        "a titmouse, a cocktail, a Pentagon analyst",
        "*** *** ***",
        "R-E-S-P-E-C-T",
        "a b c, it's easy",
        "P-U-S-S-Y-C-A-T",
        "I a m a l i v e",
        "",
    ],
)
def test_lines_that_only_look_so(line):
    assert not is_explicit([line])


def test_a_slur_marks_a_song_as_well():
    assert is_explicit([next(iter(words_of_list("slurs")))])


def test_a_slur_whose_letters_stand_apart_is_one():
    assert is_explicit([" ".join(max(words_of_list("slurs"), key=len))])


def test_a_harmless_neighbour_excuses_only_its_own_word():
    assert is_explicit(["a pussy willow, a shitty day"])
