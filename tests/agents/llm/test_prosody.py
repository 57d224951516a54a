import pytest

from agents.llm.offline.prosody import is_rhyme, rhyme_of, stress_pattern, syllables, words_of


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("", 0),
        ("Leave the porch light on for me", 7),
        ("I don't need the headlights tonight", 8),
        ("the harbour's a mile away", 7),
        ("memory", 3),
        ("zqxv", 1),
        ("blorfitate", 3),
        ("42", 2),
    ],
)
def test_syllables(line, count):
    assert syllables(line) == count


@pytest.mark.parametrize(
    ("one", "other", "rhymes"),
    [
        ("in the night", "out of sight", True),
        ("the radio", "nowhere to go", True),
        ("a streetlight", "tonight", True),
        ("the same night", "every night", False),
        ("write", "right", False),
        ("home", "stone", False),
        ("", "night", False),
        ("blorfle", "zorfle", True),
    ],
)
def test_rhymes_are_perfect_and_on_different_words(one, other, rhymes):
    assert is_rhyme(one, other) is rhymes
    assert is_rhyme(other, one) is rhymes


def test_stress_leaves_function_words_weak():
    assert stress_pattern("the river remembers the rain") == "01001001"


def test_words_survive_punctuation_and_typographic_apostrophes():
    assert words_of("Don’t stop, “neon” — I'm here!") == ("don't", "stop", "neon", "i'm", "here")


def test_an_empty_line_has_no_rhyme():
    assert rhyme_of("...") == ""
