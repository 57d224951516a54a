"""The critic: good songs pass and differ, broken ones fail for the right reason, and findings carry remedies."""

import numpy as np
import pytest

from agents.critic import criticise
from agents.music.analysis import analyse_samples
from agents.music.review.mark import ANEW
from agents.music.review.originality import mark_originality
from agents.music.review.sound import mark_sound
from agents.music.similarity import melody_grams
from agents.music.theory import PITCH_NAMES
from agents.planning.steering import STEERED
from agents.producer import render_master
from configs.genres import load_genres
from storage.types import MadePiece, Severity
from tests.agents.music.songs import HOOK, RATE_HZ, brief_of, form_of, rendered, words_for, written

GENRES = list(load_genres())
THRESHOLD = 0.6


def judge(genre="synthwave", seed=1, *, audio=None, brief=None, lyrics=None, plan=None, history=()):
    own, own_plan, own_audio = rendered(genre, seed)
    facts = analyse_samples(own_audio if audio is None else audio, RATE_HZ)
    score, _ = written(own)
    return criticise(
        brief or own,
        lyrics or words_for(own),
        plan or own_plan,
        facts,
        melody_grams(score),
        history,
        THRESHOLD,
    )


def finding(critique, metric):
    return next(f for f in critique.findings if f.metric == metric)


def piece(brief, score, lyrics):
    return MadePiece(
        title=brief.title,
        theme=brief.theme,
        mood=brief.mood,
        tempo_bpm=brief.tempo_bpm,
        key=brief.key,
        mode=brief.mode,
        outcome="approved",
        melody_hash=melody_grams(score),
        lines=tuple(line for section in lyrics.sections for line in section.lines),
    )


@pytest.mark.parametrize("genre", GENRES)
def test_engine_songs_pass_well(genre):
    critique = judge(genre)
    assert critique.score >= 0.7
    assert critique.passed
    assert all(f.severity in (Severity.INFO, Severity.MINOR) for f in critique.findings)


@pytest.mark.parametrize("seconds", [10.0, 12.0, 15.0])
@pytest.mark.parametrize("genre", ["lofi", "ambient", "techno", "phonk", "rnb"])
def test_short_songs_are_not_failed_for_being_short(genre, seconds):
    """One chord, one section, one sung line: what cannot be measured on them does not count against them."""
    brief = brief_of(genre, 10, seconds)
    score, plan = written(brief)
    lyrics = words_for(brief)
    only_hook = lyrics.sections[-1].model_copy(update={"lines": (HOOK,)})
    audio = render_master(brief, score, plan, sample_rate_hz=8_000).audio
    critique = criticise(
        brief,
        lyrics.model_copy(update={"sections": (only_hook,)}),
        plan,
        analyse_samples(audio, 8_000),
        melody_grams(score),
        (),
        THRESHOLD,
    )
    assert critique.score >= 0.75
    assert not {"repeated_lines", "distinct_2", "rhyme_share"} & {f.metric for f in critique.findings}


def test_a_short_song_in_a_wrong_scale_is_still_found():
    brief = brief_of("techno", 10, 12.0)
    score, plan = written(brief)
    facts = analyse_samples(render_master(brief, score, plan, sample_rate_hz=8_000).audio, 8_000)
    key = PITCH_NAMES[(PITCH_NAMES.index(brief.key) + 1) % 12]
    wrong = brief.model_copy(update={"key": key})
    critique = criticise(wrong, words_for(brief), plan, facts, (), (), THRESHOLD)
    assert finding(critique, "scale_fit").severity is Severity.MAJOR


def test_scores_differ_between_songs():
    assert len({judge(genre).score for genre in GENRES}) >= len(GENRES) - 1


def test_clipped_song_fails():
    _, _, audio = rendered("synthwave")
    critique = judge(audio=np.clip(audio * np.float32(8), -1, 1))
    assert critique.score < 0.4
    assert finding(critique, "clipped_share").severity is Severity.BLOCKER
    assert critique.findings[0].severity is Severity.BLOCKER


def test_silent_song_fails():
    _, _, audio = rendered("synthwave")
    critique = judge(audio=np.zeros_like(audio))
    assert critique.score < 0.3
    assert not critique.passed


def test_gap_in_the_song_fails():
    _, _, audio = rendered("synthwave")
    holed = audio.copy()
    holed[:, 8 * RATE_HZ : 11 * RATE_HZ] = 0
    critique = judge(audio=holed)
    assert critique.score < 0.55
    assert finding(critique, "longest_silence_s").change.parameter == "density"


@pytest.mark.parametrize("shift", [1, 2, 6])
@pytest.mark.parametrize("genre", ["synthwave", "folk", "trap"])
def test_wrong_key_fails(genre, shift):
    own, *_ = rendered(genre)
    key = PITCH_NAMES[(PITCH_NAMES.index(own.key) + shift) % 12]
    critique = judge(genre, brief=own.model_copy(update={"key": key}))
    assert critique.score < 0.55
    assert finding(critique, "key_fit").severity is Severity.MAJOR


def test_wrong_tempo_fails_and_octaves_are_only_said():
    own, *_ = rendered("synthwave")
    wrong = judge(brief=own.model_copy(update={"tempo_bpm": own.tempo_bpm * 1.08}))
    assert wrong.score < 0.55
    octave = judge(brief=own.model_copy(update={"tempo_bpm": own.tempo_bpm * 2}))
    assert octave.passed
    assert "octave" in finding(octave, "tempo_bpm").text


def test_one_line_again_and_again_fails():
    own, *_ = rendered("folk")
    lyrics = words_for(own)
    same = tuple(
        s.model_copy(update={"lines": ("Nothing else to say",) * len(s.lines)}) for s in lyrics.sections
    )
    critique = judge("folk", lyrics=lyrics.model_copy(update={"sections": same}))
    assert critique.score < 0.5
    assert finding(critique, "repeated_lines").severity is Severity.MAJOR


def test_missing_hook_is_found_with_a_remedy():
    own, *_ = rendered("synthwave")
    lyrics = words_for(own).model_copy(update={"hook": "A line that nobody sings"})
    found = finding(judge(lyrics=lyrics), "hook_return")
    assert found.value == 0
    assert found.change.parameter == "hook_density"
    assert found.change.delta > 0
    assert finding(judge(), "hook_return").change is None


def test_song_without_words_is_judged_by_its_sound():
    own, *_ = rendered("synthwave")
    critique = judge(lyrics=words_for(own).model_copy(update={"sections": (), "hook": HOOK}))
    assert critique.passed
    assert not {"rhyme_share", "hook_return"} & {f.metric for f in critique.findings}


def test_the_same_song_again_fails_and_another_does_not():
    own, *_ = rendered("synthwave")
    score, _ = written(own)
    again = judge(history=(piece(own, score, words_for(own)),))
    assert again.score < 0.4
    assert finding(again, "melody_overlap").value == 1
    other = own.model_copy(update={"seed": 99})
    fresh = words_for(own).model_copy(update={"sections": ()})
    different = judge(history=(piece(other, written(other)[0], fresh),))
    assert different.passed


def test_flat_dynamics_are_found():
    _, plan, _ = rendered("synthwave")
    verse, hook = (next(s for s in plan.sections if s.name in n) for n in (("verse",), ("chorus",)))
    swapped = plan.model_copy(
        update={
            "sections": (
                verse.model_copy(update={"start_s": hook.start_s, "end_s": hook.end_s}),
                hook.model_copy(update={"start_s": verse.start_s, "end_s": verse.end_s}),
            )
        }
    )
    found = finding(judge(plan=swapped), "chorus_rise_db")
    assert found.value < 0
    assert found.severity is Severity.MAJOR


def test_changes_name_real_parameters_and_feedback_is_short():
    _, _, audio = rendered("synthwave")
    critique = judge(audio=np.clip(audio * np.float32(8), -1, 1))
    faults = [f for f in critique.findings if f.severity is not Severity.INFO]
    assert {f.change.parameter for f in faults if f.change} <= {*STEERED, ANEW[0]}
    assert (
        len(faults)
        == sum(f.change is not None for f in faults)
        == sum(f.change is not None for f in critique.findings)
    )
    for text in (critique.feedback, judge().feedback):
        assert 2 <= text.replace("dBTP.", "dBTP .").count(". ") + 1 <= 5
        assert text.endswith(".")


def turned(brief, change):
    """The brief after the planner's way with one change."""
    return brief.model_copy(update={change.parameter: getattr(brief, change.parameter) + change.delta})


def played(brief):
    score, plan = written(brief)
    audio = render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio
    return score, plan, analyse_samples(audio, RATE_HZ)


def test_the_change_for_a_flat_song_lifts_its_chorus():
    brief = brief_of("synthwave", seed=1, form=form_of("verse4 chorus4"), energy=0.9)
    _, plan, facts = played(brief)
    rise = next(m.finding for m in mark_sound(plan, facts, -14.0) if m.finding.metric == "chorus_rise_db")
    # Take the verse for louder than it is, so that the song counts as flat and gets a change.
    flat = facts.model_copy(
        update={
            "energy_curve_lufs": tuple(
                level + (rise.value if i * facts.energy_hop_s < plan.sections[1].start_s - 0.2 else 0)
                for i, level in enumerate(facts.energy_curve_lufs)
            )
        }
    )
    found = next(m.finding for m in mark_sound(plan, flat, -14.0) if m.finding.metric == "chorus_rise_db")
    assert found.change is not None
    _, mended_plan, mended = played(turned(brief, found.change))
    after = next(
        m.finding for m in mark_sound(mended_plan, mended, -14.0) if m.finding.metric == "chorus_rise_db"
    )
    assert after.value > rise.value


def test_the_change_for_a_dark_song_lifts_its_highs():
    brief = brief_of("lofi", seed=1, form=form_of("verse2 chorus2"), brightness=0.1)
    _, plan, facts = played(brief)
    dark = facts.model_copy(update={"balance_db": facts.balance_db | {"presence": -26.0}})
    found = next(
        m.finding for m in mark_sound(plan, dark, -14.0) if m.finding.metric == "spectral_balance_db"
    )
    assert found.change is not None
    _, _, mended = played(turned(brief, found.change))
    assert mended.balance_db["presence"] > facts.balance_db["presence"]


@pytest.mark.parametrize(("width", "side_mid"), [(0.5, 0.03), (0.5, 0.9)])
def test_the_change_for_a_narrow_or_wide_image_turns_it(width, side_mid):
    brief = brief_of("house", seed=1, form=form_of("verse2 chorus2"), width=width)
    _, plan, facts = played(brief)
    heard = facts.model_copy(update={"side_mid": side_mid})
    found = next(m.finding for m in mark_sound(plan, heard, -14.0) if m.finding.metric == "side_mid")
    assert found.change is not None
    _, _, mended = played(turned(brief, found.change))
    assert (mended.side_mid > facts.side_mid) is (side_mid < 0.28)
    assert 0.08 <= mended.side_mid <= 0.6


def test_the_change_for_a_known_melody_leads_away_from_it():
    brief = brief_of("synthwave", seed=1, seconds=60)
    known = piece(brief, written(brief)[0], words_for(brief))

    def overlap_of(again):
        marks = mark_originality(words_for(again), melody_grams(written(again)[0]), (known,))
        return next(m.finding for m in marks if m.finding.metric == "melody_overlap")

    found = overlap_of(brief.model_copy(update={"key": "D"}))
    assert found.value == 1
    assert found.change is not None
    assert overlap_of(turned(brief, found.change)).value < 0.22
