"""The composer: obedient to the brief, never the same, and true to its own plan."""

import statistics
from dataclasses import replace
from itertools import pairwise

import pytest

from agents.composer import compose
from agents.music.genre import find_genre
from agents.music.similarity import jaccard, melody_grams
from agents.music.theory import degree_pitch, pitch_class
from agents.music.writing.arrangement import arrange
from agents.music.writing.drums import write_drums
from agents.music.writing.pulse import set_pulse
from configs.genres import load_genres
from storage.errors import UsageError
from storage.types import LyricSection
from tests.agents.music.songs import brief_of, form_of, words_for, written

GENRES = list(load_genres())
POP = "intro4 verse8 chorus8 verse8 chorus8 bridge4 chorus8 outro4"


def notes_in(notes, section):
    return [note for note in notes if section.start_s - 0.03 <= note.start_s < section.end_s - 0.03]


def section_steps(notes, section, bar_s):
    """Pitches on their grid step, with the section's start as zero."""
    return [
        (round((note.start_s - section.start_s) / bar_s * 16), note.pitch)
        for note in notes_in(notes, section)
    ]


@pytest.mark.parametrize("genre", GENRES)
def test_plan_is_consistent_and_complete(genre):
    brief = brief_of(genre, seed=3, seconds=60)
    score, plan = written(brief)
    assert [s.name for s in plan.sections] == [s.name for s in brief.form]
    assert plan.sections[0].start_s == 0
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(plan.sections))
    assert plan.duration_s == pytest.approx(brief.duration_s + brief.tail_s)
    assert len(plan.beats_s) == 4 * len(plan.bars_s) == 4 * sum(s.bars for s in brief.form)
    assert plan.chords[0].start_s == 0
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in pairwise(plan.chords))
    assert plan.chords[-1].end_s == pytest.approx(plan.sections[-1].end_s)
    assert plan.kicks_s == tuple(hit.start_s for hit in score.drums if hit.sound == "kick")
    assert not plan.has_vocals


@pytest.mark.parametrize("genre", GENRES)
def test_every_pitch_is_of_the_key(genre):
    brief = brief_of(genre, seed=4, seconds=60)
    score, _ = written(brief)
    scale = {degree_pitch(d, pitch_class(brief.key), brief.mode) % 12 for d in range(7)}
    for part, notes in score.parts.items():
        assert {note.pitch % 12 for note in notes} <= scale, part
        assert all(20 <= note.pitch <= 108 for note in notes), part


@pytest.mark.parametrize("genre", ["house", "techno", "indie", "trap"])
def test_every_fourth_bar_of_a_groove_takes_a_breath(genre):
    brief = brief_of(genre, seed=2, form=form_of("verse8 chorus8"))
    score, plan = written(brief)
    bar_s, section = brief.bar_s, plan.sections[0]
    bars = [section.start_s + number * bar_s for number in range(8)]

    def last_beat(number, sounds):
        end = bars[number] + bar_s
        return [
            hit
            for hit in score.drums
            if end - bar_s / 4 - 0.03 <= hit.start_s < end - 0.03 and hit.sound in sounds
        ]

    assert not last_beat(3, {"kick"})
    assert len(last_beat(3, {"snare", "tom"})) >= 2


def test_a_long_verse_grows_at_its_half():
    grown = 0
    for seed in range(8):
        score, plan = written(brief_of("synthwave", seed=seed, form=form_of("verse8 chorus8"), energy=0.3))
        verse = plan.sections[0]
        half_s = (verse.start_s + verse.end_s) / 2
        arpeggio = notes_in(score.parts["arpeggio"], verse)
        early = sum(note.start_s < half_s - 0.03 for note in arpeggio)
        grown += len(arpeggio) - early > early
    assert grown >= 4


def test_returning_chorus_keeps_its_hook_and_is_no_copy():
    for seed in range(6):
        brief = brief_of("indie", seed=seed, form=form_of(POP))
        score, plan = written(brief)
        first, second, _ = [s for s in plan.sections if s.name == "chorus"]
        one = section_steps(score.parts["melody"], first, brief.bar_s)
        two = section_steps(score.parts["melody"], second, brief.bar_s)
        assert [n for n in one if n[0] < 31] == [n for n in two if n[0] < 31]
        assert one != two or notes_in(score.parts["counter"], second)
        assert not notes_in(score.parts["counter"], first)
        assert notes_in(score.parts["counter"], second)
        assert notes_in(score.parts["harmony"], second)


@pytest.mark.parametrize("density", [0.0, 0.65, 1.0])
@pytest.mark.parametrize("genre", GENRES)
def test_a_returning_chorus_is_not_drummed_as_the_first_was(genre, density):
    """From a density of 0.6 on every ornament is played; ghosts never all are, and four genres had none in their choruses."""
    form = form_of("verse8 chorus8 verse8 chorus8 verse4")
    for seed in range(4):
        brief = brief_of(genre, seed, form=form, density=density)
        # Played straight and by a machine, so that each stroke is on its step.
        pulse = replace(set_pulse(brief, find_genre(genre)), swing=0.0, spread_s=0.0, laid_back_s=0.0)
        hits = write_drums(brief, find_genre(genre), arrange(brief), pulse)
        # But for the last bar, which may have a fill.
        steps = [(round(hit.start_s / pulse.step_s), hit.sound) for hit in hits]
        first, second = (
            {(step - 16 * bar, sound) for step, sound in steps if bar <= step // 16 < bar + 7}
            for bar in (8, 24)
        )
        assert first != second


def test_chorus_sings_higher_than_the_verse():
    lifts = []
    for seed in range(8):
        score, plan = written(brief_of("synthwave", seed=seed, form=form_of("verse8 chorus8"), energy=0.3))
        verse, chorus = (
            statistics.mean(n.pitch for n in notes_in(score.parts["melody"], s)) for s in plan.sections
        )
        lifts.append(chorus - verse)
    assert statistics.mean(lifts) > 2


def test_melody_does_not_hammer_one_note():
    for seed in range(10):
        score, _ = written(brief_of("house", seed=seed, seconds=60))
        pitches = [note.pitch for note in score.parts["melody"]]
        runs = max(sum(1 for _ in group) for group in _runs(pitches))
        assert runs <= 6


def _runs(pitches):
    from itertools import groupby

    return [list(group) for _, group in groupby(pitches)]


@pytest.mark.parametrize("field", ["density", "energy"])
def test_more_of_it_means_more_notes(field):
    few, many = (
        sum(
            len(score.drums) + sum(map(len, score.parts.values()))
            for score, _ in (
                written(brief_of("indie", seed=s, form=form_of(POP), **{field: value})) for s in range(4)
            )
        )
        for value in (0.1, 0.9)
    )
    assert many > 1.1 * few


def test_hook_density_brings_the_hook_more_often():
    def hook_share(value):
        score, plan = written(brief_of("synthwave", seed=2, form=form_of(POP), hook_density=value))
        intro = plan.sections[0]
        return len(notes_in(score.parts["melody"], intro)) + len(
            notes_in(score.parts["melody"], plan.sections[-1])
        )

    assert hook_share(0.9) > hook_share(0.1)


def test_swing_delays_the_off_beat_sixteenths():
    def lateness(swing):
        brief = brief_of("lofi", seed=1, swing=swing)
        score, _ = written(brief)
        step_s = brief.bar_s / 16
        late = [(hit.start_s / step_s + 0.5) % 1 - 0.5 for hit in score.drums if hit.sound == "hat"]
        return statistics.mean(sorted(late)[-len(late) // 3 :])

    assert lateness(0.0) < lateness(0.5) < lateness(1.0)


def test_parts_do_not_disturb_each_other():
    """More drums change nothing but the drums."""
    brief = brief_of("folk", seed=5)
    score, _ = written(brief)
    other, _ = written(brief.model_copy(update={"title": "Other"}))
    assert score == other


def test_seeds_and_signatures_give_different_songs():
    scores = [
        written(brief_of("house", seed=1, seconds=60).model_copy(update={"seed": seed}))[0]
        for seed in range(8)
    ]
    grams = [melody_grams(score) for score in scores]
    overlaps = [jaccard(a, b) for i, a in enumerate(grams) for b in grams[i + 1 :]]
    assert max(overlaps) < 0.5
    assert statistics.mean(overlaps) < 0.2
    one, two = (written(brief_of("house", seed=1, signature_seed=s))[0].parts["melody"] for s in (1, 2))
    assert one != two


def test_songs_start_on_different_roots():
    firsts = {written(brief_of("trap", seed=s, key="C", mode="minor"))[1].chords[0].symbol for s in range(12)}
    assert len(firsts) >= 2


def test_same_input_same_score():
    brief = brief_of("phonk", seed=8)
    assert written(brief) == written(brief)


def test_lyric_lines_lie_in_their_sections_in_order():
    brief = brief_of("indie", seed=2, form=form_of(POP))
    _, plan = written(brief)
    lines = plan.lyric_lines
    assert [line.text for line in lines] == [t for s in words_for(brief).sections for t in s.lines]
    assert all(line.start_s < line.end_s for line in lines)
    assert all(a.end_s <= b.start_s + 1e-6 for a, b in pairwise(lines))
    for line in lines:
        assert any(
            s.name == line.section and s.start_s - 1e-6 <= line.start_s and line.end_s <= s.end_s + 1e-6
            for s in plan.sections
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"key": "H"}, "unknown key"),
        ({"mode": "locrian"}, "unknown mode"),
        ({"form": ()}, "no form"),
    ],
)
def test_briefs_that_cannot_be_played_are_refused(changes, message):
    brief = brief_of()
    with pytest.raises(UsageError, match=message):
        compose(brief.model_copy(update=changes), words_for(brief))


def test_unknown_genre_names_the_known_ones():
    brief = brief_of()
    with pytest.raises(UsageError, match="drum_and_bass"):
        compose(brief.model_copy(update={"genre": "polka"}), words_for(brief))


def test_lyrics_for_another_form_are_refused():
    brief = brief_of()
    lyrics = words_for(brief)
    stray = LyricSection(section="verse", position=40, lines=("Nowhere to be sung",))
    with pytest.raises(UsageError, match="fit the brief's form"):
        compose(brief, lyrics.model_copy(update={"sections": (*lyrics.sections, stray)}))
