"""Single lines: words that are one word are told as one."""

from agents.llm.offline.lines import Ending, LineDraft, stem_of


def test_a_word_and_its_inflection_are_one_stem():
    assert stem_of("waits") == stem_of("wait") == stem_of("waiting")
    assert stem_of("glass") == "glass"


def test_a_line_that_doubles_a_word_counts_it_once():
    ending = Ending("on a plastic chair", "tail", "EH R", "CH", 0.0, is_personal=False)
    doubled = LineDraft("act", "I stack up the chairs", ending, frozenset(), "0101010101")
    assert len(doubled.stems) == len(doubled.content) + 1
