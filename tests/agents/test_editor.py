"""The editor changes words and nothing else."""

import pickle
import subprocess
import sys

import pytest

from agents import composer
from agents.editor import edited, ranked, reworded
from storage.errors import UsageError
from storage.types import (
    Asset,
    Brief,
    Composition,
    Critique,
    Lyrics,
    LyricSection,
    Master,
    SectionSpec,
    SongEdits,
    Takes,
)

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
        reworded(Takes(each=(song,)), BRIEF, fewer)


def test_the_take_that_the_critic_prefers_comes_first_and_equals_keep_their_order(song: Composition):
    file = song.plan_asset
    masters = [
        Master(
            wav=file, flac=file, mp3=file, facts=file, duration_s=length_s, loudness_lufs=-14, true_peak_dbtp=-1,
            tempo_bpm=100, key="A", mode="minor", source="test",
        )
        for length_s in (10.0, 20.0, 30.0)
    ]  # fmt: skip
    critiques = [
        Critique(score=score, passed=True, threshold=0.5, findings=(), feedback="", source="measured")
        for score in (0.6, 0.9, 0.6)
    ]
    takes = ranked(Takes(each=(song, song, song)), Takes(each=tuple(masters)), Takes(each=tuple(critiques)))
    assert [(take.master.duration_s, take.critique.score) for take in takes] == [
        (20.0, 0.9),
        (10.0, 0.6),
        (30.0, 0.6),
    ]


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


def test_takes_cross_processes_by_name():
    made = Takes[Critique](
        each=(Critique(score=0.5, passed=True, threshold=0.5, findings=(), feedback="", source="measured"),)
    )
    sent = pickle.dumps(made)  # the plain one, which knows no class that a module does not name
    assert pickle.loads(sent) == made
    told = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()).first.score)"
    heard = subprocess.run([sys.executable, "-c", told], input=sent, capture_output=True, check=True)
    assert heard.stdout.strip() == b"0.5"
