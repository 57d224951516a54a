"""What brings a song to people, and how they are told."""

import pytest

from agents.lexicon.objections import objections
from agents.llm.offline.writer import OfflineWriter
from agents.lyricist import write
from configs.genres import load_genres
from configs.wordlists import words_of_list
from storage.types import Lyrics, LyricSection
from tests.agents.llm.songs import PERSONA, brief_of, sampled_brief

SLUR = min(words_of_list("slurs"))


def lyrics_of(*lines: str) -> Lyrics:
    section = LyricSection(section="verse", position=1, lines=lines)
    return Lyrics(title="Rain on the Roof", hook=lines[0], sections=(section,), source="person")


CLEAN = lyrics_of("the rain is on the roof again", "and I am dry")


def test_a_clean_song_has_none():
    assert objections(brief_of(), CLEAN, PERSONA, "a little slower, with more drive") == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"title": "Letter to Taylor Swift"}, "title"),
        ({"theme": "a drive with Taylor Swift"}, "theme"),
        ({"mood": "like Taylor Swift"}, "mood"),
        ({"music_prompt_prefix": "in the style of Taylor Swift"}, "music prompt"),
        ({"cover_composition": "a portrait of Taylor Swift"}, "cover"),
    ],
)
def test_a_name_in_what_was_asked_for(changes, place):
    brief = brief_of().model_copy(update=changes)
    assert objections(brief, CLEAN, PERSONA) == (f"names a real artist: taylor swift ({place})",)


def test_names_in_words_style_and_influences():
    persona = PERSONA.model_copy(update={"influences": ("early synth pop", "Queen")})
    told = objections(brief_of(), lyrics_of("Radiohead on the stereo"), persona, "more like Björk")
    assert told == ("names real artists: radiohead (lyrics), bjork (style), queen (influences)",)


def test_a_name_in_the_voice_that_goes_with_every_order():
    vocal = PERSONA.vocal.model_copy(update={"timbre": "smoky, like Adele"})
    persona = PERSONA.model_copy(update={"vocal": vocal})
    assert objections(brief_of(), CLEAN, persona) == ("names a real artist: adele (voice)",)


def test_a_style_is_somebody_s_whether_the_list_knows_them_or_not():
    brief = brief_of().model_copy(update={"music_prompt_prefix": "in the style of Zed Alpha"})
    assert objections(brief, CLEAN, PERSONA) == ("asks for somebody's style: Zed Alpha (music prompt)",)
    own = brief_of().model_copy(update={"music_prompt_prefix": f"in the style of {PERSONA.name}"})
    assert objections(own, CLEAN, PERSONA) == ()
    told = brief_of().model_copy(update={"theme": "in the style of Kanye"})
    assert objections(told, CLEAN, PERSONA) == ("names a real artist: kanye (theme)",)


async def test_sampled_songs_of_the_embedded_writer_have_none():
    genres = list(load_genres())
    for seed in range(56):
        brief = sampled_brief(seed, genres[seed % len(genres)])
        lyrics, _ = await write(OfflineWriter(), brief=brief, persona=PERSONA, memory=())
        assert objections(brief, lyrics, PERSONA) == ()
        assert not lyrics.explicit


def test_many_names_are_counted():
    told = objections(brief_of(), lyrics_of("Adele, Rihanna, Beyoncé, Shakira and Madlib"), PERSONA)
    assert told == ("names real artists: adele (lyrics), rihanna (lyrics), beyonce (lyrics) and 2 more",)


def test_a_slur_is_placed_and_never_repeated():
    (told,) = objections(brief_of(), lyrics_of(f"they called me {SLUR}"), PERSONA)
    assert told == "holds a slur (lyrics)"
