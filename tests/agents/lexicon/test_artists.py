"""Real artists' names: found however they are written, and not in ordinary words."""

import pytest

from agents.lexicon.artists import artists_in
from agents.llm.offline.banks import moods, shared_bank, theme_banks
from configs.wordlists import real_artists


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a night out with taylor swift", "taylor swift"),
        ("TAYLOR-SWIFT's last call", "taylor swift"),
        ("Beyoncé would know", "beyonce"),
        ("A$AP Rocky on the line", "a$ap rocky"),
        ("play AC/DC again", "ac/dc"),
        ("Guns N’ Roses T-shirt", "guns n' roses"),
        ("Simon and Garfunkel in the rain", "simon & garfunkel"),
        ("Sigur Rós at dawn", "sigur ros"),
        ("Destiny's Child", "destiny's child"),
        ("in the style of prince", "prince"),
        ("a Drake type beat", "drake"),
        ("night drive feat. Future", "future"),
        ("sounds like queen on a good day", "queen"),
        ("sing it like Adele", "adele"),
        ("moving like Usher", "usher"),
        ("a beat for Kanye", "kanye"),
        ("corridos like Peso Pluma", "peso pluma"),
        ("in the style of ビートルズ", "ビートルズ"),
    ],
)
def test_named(text, name):
    assert artists_in(text) == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "back to the future",
        "a prince among men, like a prince",
        "the queen of the dance floor",
        "a drake on the lake, a kiss in the rain",
        "the cure for all of it, the police at the door",
        "swiftly taylored",
        "pink like the evening, blue like you",
        "Rush hour, common ground, phoenix from the ashes",
        "the midnight train, one direction home",
        "",
    ],
)
def test_ordinary_words(text):
    assert artists_in(text) == ()


def test_a_name_that_stands_alone_means_the_artist_where_a_style_is_told():
    assert artists_in("Queen", is_style=True) == ("queen",)
    assert artists_in("Queen") == artists_in("queen of hearts", is_style=True) == ()


def test_several_are_told_once_each_in_order():
    assert artists_in("Radiohead, then Björk, then Radiohead") == ("radiohead", "bjork")


def test_the_list_is_long_and_every_certain_name_finds_itself():
    certain = [artist.name for artist in real_artists() if not artist.is_word]
    assert len(certain) >= 300
    assert [name for name in certain if not artists_in(f"we heard {name} there")] == []


def test_the_embedded_writer_s_banks_name_nobody():
    phrases = [
        *shared_bank().tails,
        *shared_bank().closes,
        *(line for lines in moods().values() for line in lines),
    ]
    for bank in theme_banks().values():
        phrases += [*bank.acts, *bank.heads, *bank.tails, *bank.closes]
        phrases += [text for hook in bank.hooks for text in (hook.line, hook.title)]
    assert [phrase for phrase in phrases if artists_in(phrase)] == []
