"""Too near to another artist: found by marks that survive small changes, told with the song, the measure and the remedy."""

import numpy as np
import pytest

from agents.music.analysis import analyse_samples
from agents.music.resemblance import alike, marks_of, shingles, sound_of
from agents.music.review.mark import ANEW
from agents.music.review.originality import mark_resemblance
from agents.music.similarity import jaccard, melody_grams
from storage.types import Lyrics, LyricSection, MadePiece, OthersSong, ParameterChange, Severity
from tests.agents.music.songs import RATE_HZ, brief_of, rendered, words_for, written

ELSEWHERE = (
    "A copper moon above the mill",
    "My brother keeps the engine still",
    "There is no letter in the box",
    "We count the change and mend the clocks",
    "Tomorrow has a softer name",
    "I leave the window all the same",
)


def lyrics(lines: tuple[str, ...]) -> Lyrics:
    return Lyrics(
        title="x", hook="", sections=(LyricSection(section="verse", position=0, lines=lines),), source="test"
    )


def other(**known: object) -> tuple[OthersSong, ...]:
    fields = {
        "title": "Slow Rain", "theme": "rain", "mood": "calm", "tempo_bpm": 90.0, "key": "C", "mode": "minor",
        "outcome": "approved",
    }  # fmt: skip
    return (OthersSong(cycle_id="cyc_1", artist="Kilo Wren", piece=MadePiece.model_validate(fields | known)),)


def shared(one: tuple[str, ...], second: tuple[str, ...]) -> int:
    return len(set(one) & set(second))


def heard(samples: np.ndarray) -> tuple[float, ...]:
    return sound_of(analyse_samples(np.ascontiguousarray(samples, np.float32), RATE_HZ))


def test_a_melody_of_another_artist_in_another_key_is_told_with_its_remedy():
    score, _ = written(brief_of(seconds=60.0))
    grams = melody_grams(score)
    melody = score.parts["melody"]
    moved = [note.model_copy(update={"pitch": note.pitch + 3}) for note in melody]
    moved[5] = moved[5].model_copy(update={"pitch": moved[5].pitch + 2})
    copied = melody_grams(score.model_copy(update={"parts": {"melody": tuple(moved)}}))
    assert jaccard(grams, copied) > 0.6
    assert shared(marks_of(grams, (), ()), marks_of(copied, (), ())) >= 5
    (found,) = mark_resemblance(lyrics(()), grams, (), other(melody_hash=copied))
    assert (found.finding.metric, found.finding.severity) == ("melody_of_another", Severity.MAJOR)
    assert "“Slow Rain” by Kilo Wren" in found.finding.text
    assert found.finding.change == ParameterChange(parameter=ANEW[0], delta=ANEW[1])

    unlike = melody_grams(written(brief_of(seed=11, seconds=60.0, signature_seed=99))[0])
    assert mark_resemblance(lyrics(()), grams, (), other(melody_hash=unlike)) == []
    assert shared(marks_of(grams, (), ()), marks_of(unlike, (), ())) <= 1


def test_words_of_another_artist_are_found_through_small_changes():
    mine = tuple(line for section in words_for(brief_of(seconds=90.0)).sections for line in section.lines)
    copied = (*mine[:-1], "And nobody is left to hear")
    assert shared(marks_of((), mine, ()), marks_of((), copied, ())) >= 5
    (found,) = mark_resemblance(lyrics(mine), (), (), other(lines=copied))
    assert (found.finding.metric, found.finding.severity) == ("words_of_another", Severity.MAJOR)
    assert mark_resemblance(lyrics(mine), (), (), other(lines=ELSEWHERE)) == []
    assert shared(marks_of((), mine, ()), marks_of((), ELSEWHERE, ())) == 0


def test_a_recording_of_another_artist_is_known_through_gain_noise_and_filter():
    """No score is known of what was bought or brought: the sound alone tells."""
    _, _, mine = rendered("lofi", 2, 40.0)
    sound = heard(mine)
    noise = np.random.default_rng(1).normal(0, 0.002, mine.shape)
    filtered = np.stack([np.convolve(channel, [1.0, -0.2], "same") for channel in mine])
    for copied in (mine * 0.5, mine + noise, filtered):
        again = heard(copied)
        assert shared(marks_of((), (), sound), marks_of((), (), again)) >= 3
        (found,) = mark_resemblance(lyrics(()), (), again, other(sound=sound))
        assert (found.finding.metric, found.finding.severity) == ("sound_of_another", Severity.MAJOR)
    unlike = heard(rendered("lofi", 3, 40.0)[2])
    assert alike(sound, unlike) < 0.8
    assert mark_resemblance(lyrics(()), (), unlike, other(sound=sound)) == []


def test_what_is_unknown_is_like_nothing():
    silence = heard(np.zeros((2, RATE_HZ * 20), np.float32))
    assert silence == ()
    assert marks_of((), ("", " ! "), silence) == ()
    assert alike((), (1.0,)) == 0.0
    assert shingles(("Rain", "so soft")) == {"rain", "so soft"}


def test_marks_are_the_same_on_every_machine():
    marks = marks_of(("+2+2-4+0",), ("the rain is here",), tuple(((-1) ** n) / 6 for n in range(36)))
    assert len(marks) == 60
    assert marks[0] == "m0:65208f0fcf3b389a"


@pytest.mark.parametrize("count", [10_000])
def test_endless_lyrics_are_marked_in_bounds(count: int):
    assert len(shingles(f"line {number} of a long text" for number in range(count))) == 2_000
