"""Who may join the roster: no taken or famous name, no human life, nobody who is nearly somebody else."""

import pytest

from agents.creator import create
from agents.llm.offline.writer import OfflineWriter
from agents.roster_guard import disclosed, name_fault, nearness_fault, require_wish, story_fault
from configs.wordlists import real_artists
from storage.errors import UsageError
from storage.types import Cadence, PersonaWish


async def persona(seed=1, *, genre="lofi", roster=(), **fixed):
    made, _genes, _ = await create(
        OfflineWriter(),
        seed=seed,
        genre=genre,
        taken_names=frozenset(each.name for each in roster),
        taken_looks=frozenset(),
        wish=PersonaWish(**fixed),
        roster=roster,
    )
    return made


def test_names_that_are_taken_or_famous_or_no_text_are_refused():
    assert "taken" in (name_fault("Nova Rainn", ("Nova Rain",)) or "")
    famous = next(artist.name for artist in real_artists() if not artist.is_word)
    assert "a real artist" in (name_fault(famous, ()) or "")
    assert "control" in (name_fault("Nova\x07", ()) or "")
    assert name_fault("Nova Rain", ("Quiet Cartographer",)) is None


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("She grew up in Leeds and plays the piano.", "human life"),
        ("A virtual artist, made with AI, in the spirit of Taylor Swift.", "a real artist"),
        ("A virtual artist, made with AI, in the style of Zed Alpha.", "the style of Zed Alpha"),
        ("It keeps a list of tides.", None),
        ("In the manner of New York disco, and nothing sounds like Harbour Static.", None),
    ],
)
def test_no_story_claims_a_life_or_names_somebody_or_asks_for_a_style(told: str, fault: str | None):
    found = story_fault(told, own_name="Harbour Static")
    assert (fault or "") in (found or "")
    assert (found is None) == (fault is None)


def test_an_artist_sounds_like_itself_where_a_word_of_its_name_is_somebodys():
    assert story_fault("It sounds like Nova Lux.", own_name="Nova Lux") is None
    assert "nova" in (story_fault("It sounds like Nova.", own_name="Harbour Static") or "")
    assert "Nova" in (story_fault("It sounds like Nova.", own_name="Nova Lux") or ""), "but not like that one"


async def test_what_a_person_fixes_is_kept_and_the_rest_is_invented_around_it():
    made = await persona(
        name="Harbour Static",
        language="de",
        themes=("tide tables", "salt"),
        moods=("brooding",),
        backstory="It listens to harbours.",
        platforms=("bluesky",),
        cadence=Cadence(days_per_song=3),
        pinned=("energy",),
    )
    assert (made.name, made.language, made.themes, made.platforms) == (
        "Harbour Static",
        "de",
        ("tide tables", "salt"),
        ("bluesky",),
    )
    assert made.cadence.days_per_song == 3
    assert made.pinned == ("energy",)
    assert made.backstory == "It listens to harbours. Harbour Static is a virtual artist, made with AI."
    free = await persona(name="Harbour Static", themes=("tide tables",))
    assert "Harbour Static" in free.backstory
    assert "tide tables" in free.backstory
    assert len(free.calls_to_action) == len(free.platforms) == 3


@pytest.mark.parametrize(
    ("fixed", "said"),
    [
        ({"name": "Nova Rain"}, "is taken"),
        ({"backstory": "He was a sailor."}, "human life"),
        (
            {"backstory": "Songs in the style of Zed Alpha."},
            "Backstory: it asks for the style of Zed Alpha: say styles",
        ),
        ({"tagline": "A slow Zed Alpha type beat."}, "Tagline: it asks for the style of Zed Alpha"),
        ({"lyrical_voice": "Low and dry, like Zora."}, "Lyrical voice: it asks for the style of Zora"),
        (
            {"audience": "Those for whom nothing sounds like Zed Alpha."},
            "Audience: it asks for the style of Zed Alpha",
        ),
        ({"influences": ("dub", "à la Zed Alpha")}, "Influences: it asks for the style of Zed Alpha"),
        ({"influences": ("Prince",)}, "Influences: it names prince, a real artist"),
        ({"platforms": ("myspace",)}, "no platform"),
        ({"pinned": ("name",)}, "cannot be pinned"),
    ],
)
def test_a_wish_that_may_not_be_is_one_line(fixed, said: str):
    with pytest.raises(UsageError, match=said) as told:
        require_wish(PersonaWish(**fixed), ("Nova Rain",))
    assert len(str(told.value).splitlines()) == 1


def test_an_artist_may_sound_like_itself():
    told = {"tagline": "Sounds like Harbour Static.", "audience": "People who like Mondays and Zed Alpha."}
    require_wish(PersonaWish(name="Harbour Static", **told), ())
    require_wish(PersonaWish(**told), (), own_name="Harbour Static")


async def test_nobody_is_nearly_somebody_else():
    first = await persona(1)
    twin = first.model_copy(update={"name": "Somebody Else", "backstory": "Another story."})
    assert "themes and moods" in (nearness_fault(twin, (first,)) or "")
    retold = twin.model_copy(update={"themes": ("other",), "backstory": first.backstory})
    assert "story" in (nearness_fault(retold, (first,)) or "")
    assert nearness_fault(twin.model_copy(update={"genre": "house"}), (first,)) is None
    with pytest.raises(UsageError, match="fix other themes"):
        await persona(2, roster=(first,), themes=first.themes, moods=first.moods)


async def test_a_roster_of_one_genre_is_told_apart():
    roster: tuple = ()
    for seed in range(12):
        roster = (*roster, await persona(seed, roster=roster))
    assert len({(frozenset(each.themes), frozenset(each.moods)) for each in roster}) == 12


def test_a_story_that_says_what_it_is_stays_as_it_is():
    told = "A virtual artist, made with AI, at sea."
    assert disclosed("Nova", told) == told
