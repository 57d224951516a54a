"""Somebody's style is asked for, by a name on no list; what is no name is left alone."""

import pytest

from agents.lexicon.imitation import imitated_in
from agents.llm.offline.banks import genre_bank, moods, persona_bank, theme_banks
from configs.genres import load_genres


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("in the style of Kanye", "Kanye"),
        ("slow, in the vein of Peso Pluma, with horns", "Peso Pluma"),
        ("a song in the style of ビートルズ", "ビートルズ"),
        ("something in the manner of the Paper Owls", "Paper Owls"),
        ("sounds like Zed Alpha's first record", "Zed Alpha"),
        ("a slow Zed Alpha type beat", "Zed Alpha"),
        ("Zed Alpha type beat", "Zed Alpha"),
    ],
)
def test_a_name_on_no_list(text, name):
    assert imitated_in(text) == (name,)


@pytest.mark.parametrize(("text", "name"), [("smoky, like Zora", "Zora"), ("à la Zed Alpha", "Zed Alpha")])
def test_a_wish_tells_it_in_fewer_words(text, name):
    assert imitated_in(text, is_wish=True) == (name,)
    assert imitated_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "in the style of a lullaby",
        "In the Style of a Lullaby",
        "Sounds Like Rain",
        "in the manner of Chicago house",
        "in the style of New York disco",
        "in the style of R&B",
        "in the spirit of Christmas",
        "sounds like Sunday",
        "like August rain, like a river",
        "vamos a la playa",
        "Dark type beat",
        "in the style of",
        "",
    ],
)
def test_no_name(text):
    assert imitated_in(text, is_wish=True) == imitated_in(text) == ()


def test_what_artists_are_made_of_asks_for_nobody():
    texts = [text for words in vars(persona_bank()).values() for text in words]
    texts += [text for lines in moods().values() for text in lines]
    for bank in map(genre_bank, load_genres()):
        texts += [*bank.influences, *bank.sounds, *bank.audiences]
    for bank in theme_banks().values():
        texts += [text for hook in bank.hooks for text in (hook.line, hook.title)]
    assert [text for text in texts if imitated_in(text, is_wish=True)] == []
