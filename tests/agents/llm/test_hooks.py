import random

import pytest

from agents.llm.offline.banks import genre_voice
from agents.llm.offline.hooks import hook_for
from agents.llm.offline.prosody import syllables


def hook(title, theme="city rain", *, avoid=frozenset(), seed=1, genre="any"):
    return hook_for(
        title, theme, genre_voice(genre).frames, fewest=6, most=10, avoid=avoid, rng=random.Random(seed)
    )


def test_a_title_of_the_banks_brings_its_line():
    assert hook("Porch Light") == "Leave the porch light on for me"


def test_a_line_used_before_gives_way_to_a_new_one_with_the_same_title():
    again = hook("Porch Light", avoid=frozenset({"leave the porch light on for me"}))
    assert "porch light" in again.lower()
    assert again != "Leave the porch light on for me"


def test_a_thing_gets_its_article():
    assert all("the broken streetlight" in hook("Broken Streetlight", seed=seed).lower() for seed in range(8))


def test_a_genre_has_its_own_lines_around_a_thing():
    sung = {hook("Broken Streetlight", genre=genre) for genre in ("trap", "folk", "ambient", "techno")}
    assert len(sung) == 4


def test_words_from_the_theme_keep_the_theme_s_capitals():
    assert "carousel in the fog" in hook("Carousel in the Fog", "a carousel in the fog").lower()
    assert "Paris" in hook("Paris", "a week in Paris")


@pytest.mark.parametrize("title", ["Rain", "Form 1040-EZ", "Sieben Brücken"])
def test_there_is_a_hook_within_bounds_for_short_titles(title):
    assert all(6 <= syllables(hook(title, seed=seed)) <= 10 for seed in range(8))


def test_a_title_too_long_for_any_pattern_is_the_hook_itself():
    title = "An Unreasonably Elaborate Declaration of Independence"
    assert hook(title) == title
