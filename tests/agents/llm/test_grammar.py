import random

import pytest

from agents.llm.offline.banks import Thing
from agents.llm.offline.grammar import (
    I_SPEAKER,
    SHE_SPEAKER,
    WE_SPEAKER,
    as_line,
    clause_of,
    is_order,
    third_person,
    with_article,
)


@pytest.mark.parametrize(
    ("verb", "formed"),
    [
        ("hum", "hums"),
        ("carry my name", "carries my name"),
        ("play the wrong song", "plays the wrong song"),
        ("push through", "pushes through"),
        ("go dark one by one", "goes dark one by one"),
        ("drift in and out", "drifts in and out"),
        ("never end", "never ends"),
        ("be late", "is late"),
        ("have teeth", "has teeth"),
        ("lie still and listen", "lies still and listens"),
    ],
)
def test_third_person(verb, formed):
    assert third_person(verb) == formed


@pytest.mark.parametrize(
    ("noun", "phrase"),
    [
        ("orange streetlight", "an orange streetlight"),
        ("late radio", "a late radio"),
        ("last tram", "the last tram"),
        ("one-way door", "a one-way door"),
        ("euphoric", "a euphoric"),
    ],
)
def test_articles(noun, phrase):
    assert with_article(noun) == phrase


def test_number_decides_verb_and_article():
    rng = random.Random(1)
    streetlights = Thing("streetlights", "plural", ("tall",), ("hum",))
    rain = Thing("rain", "mass", ("thin",), ("tap on the glass",))
    for _ in range(20):
        clause, verb = clause_of(streetlights, rng)
        assert clause.endswith("streetlights hum")
        assert verb == "hum"
        assert clause_of(rain, rng)[0].endswith("rain taps on the glass")
        assert not clause_of(rain, rng)[0].startswith("a ")


def test_speakers_fill_their_slots():
    phrase = "{I} am sure {I'm} not done with {my} map"
    assert I_SPEAKER.say(phrase) == "I am sure I'm not done with my map"
    assert WE_SPEAKER.say(phrase) == "we are sure we're not done with our map"


def test_we_do_not_address_a_you_or_share_a_body():
    assert not WE_SPEAKER.can_say("{I} follow your plane")
    assert not WE_SPEAKER.can_say("with {my} hand on {my} spine")
    assert WE_SPEAKER.can_say("{I} walk the young road")


def test_lines_begin_with_a_capital_and_keep_single_spaces():
    assert as_line("  still,  there's a light ") == "Still, there's a light"


def test_she_is_told_of_and_her_verbs_agree():
    assert SHE_SPEAKER.does("tie up {my} laces") == "she ties up her laces"
    assert SHE_SPEAKER.can_say("with the cat on {my} knee")
    assert not SHE_SPEAKER.can_say("every time {I} go")


def test_an_order_tells_of_nobody():
    assert is_order("hold the sequence")
    assert not is_order("tie up {my} laces")
