"""The editor changes words and nothing else."""

import pytest

from agents import composer
from agents.editor import edited, reworded
from storage.errors import UsageError
from storage.types import Asset, Brief, Composition, Lyrics, LyricSection, SectionSpec, SongEdits

BRIEF = Brief(
    seed=1, artist_name="Nova", genre="synthwave", title="Old Name", theme="night", mood="calm", tempo_bpm=100,
    key="A", mode="minor", form=(SectionSpec(name="verse", bars=4), SectionSpec(name="chorus", bars=4)),
    energy=0.5, density=0.5, brightness=0.5, swing=0.5, hook_density=0.5, signature_seed=1, source="offline",
)  # fmt: skip
LYRICS = Lyrics(
    title="Old Name",
    hook="we burn the night",
    sections=(
        LyricSection(section="verse", position=0, lines=("the lights are low", "the roads are long")),
        LyricSection(section="chorus", position=1, lines=("we burn the night", "we burn the night")),
    ),
    source="offline",
)


@pytest.fixture(scope="module")
def song() -> Composition:
    _, plan = composer.compose(BRIEF, LYRICS)
    paper = Asset(sha256="ab" * 32, kind="plan", media_type="application/json", size_bytes=1, tool="test")
    return Composition(plan=plan, plan_asset=paper, source="embedded")


def test_a_title_changes_everywhere_and_nothing_else(song: Composition):
    brief, lyrics, changed = edited(BRIEF, LYRICS, song, SongEdits(title="New Name"))
    assert (brief.title, lyrics.title, changed.plan.title) == ("New Name",) * 3
    assert changed.plan.model_copy(update={"title": "Old Name"}) == song.plan
    assert brief.model_copy(update={"title": "Old Name"}) == BRIEF


def test_each_line_takes_the_time_of_the_one_it_follows(song: Composition):
    lines = ("the moon is low", "the roads are long", "we own the night", "we own the night")
    _, lyrics, changed = edited(BRIEF, LYRICS, song, SongEdits(lines=lines))
    assert tuple(line.text for line in changed.plan.lyric_lines) == lines
    times = [(line.start_s, line.end_s) for line in changed.plan.lyric_lines]
    assert times == [(line.start_s, line.end_s) for line in song.plan.lyric_lines]
    assert lyrics.hook == "we own the night"
    assert [len(section.lines) for section in lyrics.sections] == [2, 2]


def test_a_line_more_or_less_has_no_time(song: Composition):
    with pytest.raises(UsageError, match="4 lines and 3"):
        edited(BRIEF, LYRICS, song, SongEdits(lines=("a", "b", "c")))
    fewer = LYRICS.model_copy(update={"sections": LYRICS.sections[:1]})
    with pytest.raises(UsageError, match="times for 4 lines and 2"):
        reworded(song, BRIEF, fewer)


def test_a_person_s_words_mark_the_song_and_clear_it(song: Composition):
    lines = ("the lights are low", "the fucking roads are long", "we burn the night", "we burn the night")
    _, marked, _ = edited(BRIEF, LYRICS, song, SongEdits(lines=lines))
    assert marked.explicit
    _, cleared, _ = edited(BRIEF, marked, song, SongEdits(lines=("the lights are low", "long", *lines[2:])))
    assert not cleared.explicit
    assert edited(BRIEF, LYRICS, song, SongEdits(title="Shit Happens"))[1].explicit


def test_only_lines_left_as_they_were_keep_the_times_of_their_syllables(song: Composition):
    lines = ("the lights are low", "somewhere else", "we burn the night", "we burn the night")
    _, _, changed = edited(BRIEF, LYRICS, song, SongEdits(lines=lines))
    kept = [bool(line.syllables_s) for line in changed.plan.lyric_lines]
    assert kept == [True, False, True, True]
