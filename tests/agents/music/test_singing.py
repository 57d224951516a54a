"""Words and melody: a note for each syllable, stressed ones on the beats, the hook on its own tune."""

import time
from itertools import pairwise

import pytest

from agents.composer import compose
from agents.llm.offline.prosody import stress_pattern, syllables
from agents.music.writing.rhythm import place_syllables
from configs.genres import load_genres
from storage.errors import UsageError
from storage.types import Lyrics, LyricSection, PlannedLine
from tests.agents.music.songs import HOOK, brief_of, form_of, words_for, written

GENRES = list(load_genres())
POP = "intro4 verse8 chorus8 verse8 chorus8 bridge4 chorus8 outro4"


def sung_notes(score, line):
    """A player may be a few hundredths of a second early; a line never is."""
    return [note for note in score.parts["melody"] if line.start_s - 0.05 <= note.start_s < line.end_s - 0.05]


@pytest.mark.parametrize("genre", GENRES)
def test_every_syllable_has_its_note(genre):
    score, plan = written(brief_of(genre, seed=5, seconds=60))
    assert plan.lyric_lines
    for line in plan.lyric_lines:
        notes = sung_notes(score, line)
        assert len(notes) == len(line.syllables_s) == syllables(line.text), line.text
        assert line.syllables_s[0] == line.start_s
        assert [note.start_s for note in notes] == pytest.approx(line.syllables_s, abs=0.05)
        assert line.end_s == pytest.approx(notes[-1].start_s + notes[-1].duration_s, abs=0.2)


def test_stressed_syllables_fall_on_beats_and_the_others_beside_them():
    on_beat = {"1": 0, "0": 0}
    total = {"1": 0, "0": 0}
    for genre in GENRES:
        brief = brief_of(genre, seed=6, seconds=60)
        _, plan = written(brief)
        beat_s = brief.bar_s / 4
        for line in plan.lyric_lines:
            for stress, start_s in zip(stress_pattern(line.text), line.syllables_s, strict=True):
                off_s = abs((start_s + beat_s / 2) % beat_s - beat_s / 2)
                total[stress] += 1
                on_beat[stress] += off_s < beat_s / 8
    assert on_beat["1"] / total["1"] > 0.9
    assert on_beat["0"] / total["0"] < 0.4


def test_the_hook_returns_on_its_rhythm_and_on_its_tune_where_the_chords_allow():
    same = returned = 0
    for genre in GENRES:
        brief = brief_of(genre, seed=3, form=form_of(POP))
        score, plan = written(brief)
        step_s = brief.bar_s / 16
        sung = []
        for line in (line for line in plan.lyric_lines if line.text == HOOK):
            section = next(one for one in plan.sections if one.start_s <= line.start_s + 0.05 < one.end_s)
            start_s = section.start_s + round((line.start_s - section.start_s) / brief.bar_s) * brief.bar_s
            steps = tuple(int((at - start_s) / step_s + 0.4) for at in line.syllables_s)
            sung.append((steps, tuple(note.pitch for note in sung_notes(score, line))))
        assert len(sung) >= 6
        assert len({steps for steps, _ in sung}) == 1
        same += sum(tune == sung[0][1] for _, tune in sung[1:])
        returned += len(sung) - 1
    assert same / returned > 0.6


def test_a_song_without_words_keeps_its_melody_and_has_no_lines():
    brief = brief_of("indie", seed=2, form=form_of(POP))
    silent, plan = compose(brief, words_for(brief).model_copy(update={"sections": ()}))
    sung, _ = written(brief)
    assert plan.lyric_lines == ()
    assert silent.parts["melody"] != sung.parts["melody"]
    assert silent.parts["bass"] == sung.parts["bass"]
    assert silent.drums == sung.drums


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("夜のドライブ", 7),
        ("きょうは雨", 5),
        ("夜曲", 2),
        ("안녕하세요 세계", 7),
        ("Ночной город спит", 5),
        ("Καλημέρα κόσμε", 6),
        ("नमस्ते दुनिया", 6),
        ("Sieben Brücken", 4),
        ("¿Dónde está mi corazón?", 8),
        ("On the 9 o'clock train", 6),
    ],
)
def test_lines_of_any_script_are_sung(text, count):
    brief = brief_of("folk", seed=1, form=form_of("verse4 chorus4"))
    sections = tuple(LyricSection(section="verse", position=at, lines=(text, text)) for at in (0, 1))
    score, plan = compose(
        brief, Lyrics(title="T", hook="", sections=sections, language="xx", source="person")
    )
    for line in plan.lyric_lines:
        assert len(line.syllables_s) == len(sung_notes(score, line)) == count


def test_a_line_without_words_and_one_with_too_many_take_their_time():
    brief = brief_of("lofi", seed=1, form=form_of("verse4 chorus4"))
    lines = ("…", "la " * 4000)
    section = LyricSection(section="verse", position=0, lines=lines)
    _, plan = compose(brief, Lyrics(title="T", hook="", sections=(section,), source="person"))
    assert [line.syllables_s for line in plan.lyric_lines] == [(), ()]
    assert all(line.start_s < line.end_s for line in plan.lyric_lines)
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(plan.lyric_lines))


def test_ten_thousand_lines_are_refused_at_once_with_what_would_fit():
    brief = brief_of("folk", seed=1, form=form_of("verse4 chorus4"))
    section = LyricSection(section="verse", position=0, lines=("la la la",) * 10_000)
    started_s = time.perf_counter()
    with pytest.raises(UsageError, match="10000 lines for a verse of 4 bars, which has time for 16 at most"):
        compose(brief, Lyrics(title="T", hook="", sections=(section,), source="person"))
    assert time.perf_counter() - started_s < 1.0


def test_as_many_lines_as_there_are_beats_are_sung():
    brief = brief_of("folk", seed=1, form=form_of("verse4 chorus4"))
    section = LyricSection(section="verse", position=0, lines=("la la",) * 16)
    _, plan = compose(brief, Lyrics(title="T", hook="", sections=(section,), source="person"))
    assert all(len(line.syllables_s) == 2 for line in plan.lyric_lines)


@pytest.mark.parametrize(("stresses", "room"), [("01010101", 32), ("100100101", 32), ("0101", 16), ("1", 4)])
def test_placed_syllables_rise_within_the_room_and_stress_the_beats(stresses, room):
    steps = place_syllables(stresses, room, ())
    assert len(steps) == len(stresses)
    assert all(one < other for one, other in pairwise(steps))
    assert steps[0] >= 0
    assert steps[-1] < room
    assert all(step % 4 == 0 for step, stress in zip(steps, stresses, strict=True) if stress == "1")


def test_the_tune_s_own_onsets_are_kept_where_they_serve():
    assert place_syllables("1010", 16, (0, 3, 8, 11)) == (0, 3, 8, 11)


@pytest.mark.parametrize(("count", "room"), [(12, 16), (16, 16), (40, 16), (3, 4)])
def test_a_crowded_line_fills_its_room(count, room):
    steps = place_syllables("1" * count, room, ())
    assert len(steps) == min(count, room)
    assert len(set(steps)) == len(steps)
    assert max(steps) < room


def test_a_plan_of_before_has_no_times_for_syllables():
    old = PlannedLine.model_validate_json('{"text": "one", "section": "verse", "start_s": 1, "end_s": 2}')
    assert old.syllables_s == ()
