"""Single lines: what may stand together in one, and words that are one word."""

import random

import pytest

from agents.llm.offline.banks import genre_voice, theme_banks, voiced_genres
from agents.llm.offline.grammar import I_SPEAKER
from agents.llm.offline.lines import Ending, LineDraft, LineWriter, stem_of
from tests.agents.llm.english import faults


def test_a_word_and_its_inflection_are_one_stem():
    assert stem_of("waits") == stem_of("wait") == stem_of("waiting")
    assert stem_of("glass") == "glass"


def test_a_line_that_doubles_a_word_counts_it_once():
    ending = Ending("on a plastic chair", "tail", "EH R", "CH", 0.0, is_personal=False)
    doubled = LineDraft("act", "I stack up the chairs", ending, frozenset(), "0101010101")
    assert len(doubled.stems) == len(doubled.content) + 1


@pytest.mark.parametrize("genre", voiced_genres())
@pytest.mark.parametrize("theme", theme_banks())
def test_where_a_line_sets_out_is_the_world_it_stays_in(theme, genre):
    """`Forty feet down, the bees make a kindly sound`: a theme's place had been closed with a genre's words."""
    bank, voice = theme_banks()[theme], genre_voice(genre)
    writer = LineWriter(bank, "hopeful", I_SPEAKER, voice)
    rng = random.Random(1)
    worlds = {
        source: {f"{I_SPEAKER.say(head)}," for head in heads}
        for source, heads in (("theme", bank.heads), ("genre", voice.openers))
    }
    for ending in (ending for family in writer.endings().values() for ending in family):
        for draft in writer.drafts(("head",), ending, rng):
            assert draft.opening in worlds[draft.ending.source], draft.text


def test_an_image_comes_back_in_whole_sentences():
    """`The whale, but quiet and deep` was no sentence."""
    writer = LineWriter(
        theme_banks()["deep water"], "hopeful", I_SPEAKER, genre_voice("folk"), images={"whale": None}
    )
    rng = random.Random(2)
    found = {
        draft.text
        for family in writer.endings().values()
        for ending in family
        for draft in writer.drafts(("recall",), ending, rng)
    }
    assert any(line.startswith("The whale still sings to the hull ") for line in found)
    assert any(line.startswith("I think of the whale") for line in found)
    assert [line for line in found if faults(line)] == []
