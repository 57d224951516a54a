"""Takes made elsewhere: their grid against a track whose grid is known, and what is no song is refused."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from agents.music.analysis import analyse
from agents.music.listening.bars import harmonic_turns
from agents.music.local.encode import write_mp3
from agents.music.measured import octave_nearest
from agents.music.protocol import FetchedTake
from agents.music.takes import plan_take, read_take, require_song
from agents.producer import remaster, render_master
from storage.errors import ProviderError
from tests.agents.music.songs import brief_of, order_of, written

TEMPO_BPM, FIRST_BEAT_S, SECONDS = 96.37, 0.41, 75.0
BEAT_S = 60 / TEMPO_BPM
RATE_HZ = 22_050
D_MINOR_CHORDS = ((50, 53, 57), (46, 50, 53), (53, 57, 60), (48, 52, 55))
"""One a bar: Dm, B flat, F, C."""
LOUD_BARS = range(8, 16)


def band(rate_hz: int = RATE_HZ) -> NDArray[np.float32]:
    """Clicks on the beats and a chord on every bar, twice as loud in bars 9 to 16; mono."""
    audio = np.zeros(round(SECONDS * rate_hz), np.float32)
    noise = np.random.default_rng(1).standard_normal(rate_hz // 40)
    click = noise * np.exp(-np.arange(len(noise)) / (0.005 * rate_hz))
    at = np.arange(round(4 * BEAT_S * rate_hz)) / rate_hz
    for beat in range(int((SECONDS - FIRST_BEAT_S - 4 * BEAT_S) / BEAT_S)):
        start = round((FIRST_BEAT_S + beat * BEAT_S) * rate_hz)
        level = 0.30 if beat // 4 in LOUD_BARS else 0.15
        audio[start : start + len(click)] += (0.5 * level * click).astype(np.float32)
        if beat % 4 == 0:
            pitches = D_MINOR_CHORDS[beat // 4 % 4]
            chord = sum(
                np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * at) for p in (*pitches, pitches[0] - 12)
            )
            audio[start : start + len(at)] += (level * 0.4 * chord * np.exp(-at * 1.1)).astype(np.float32)
    return audio


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The band as a mono MP3, as a cheap vendor sends it."""
    path = tmp_path_factory.mktemp("take") / "take.mp3"
    write_mp3(band()[None, :], path, RATE_HZ)
    return path


def fetched(path: Path, expected_s: float | None = None) -> FetchedTake:
    return FetchedTake(path=path, media_type="audio/mpeg", expected_s=expected_s)


@pytest.fixture(scope="module")
def plan(take: Path):
    return plan_take(fetched(take), order_of(tempo_bpm=100.0))


def test_the_grid_stays_on_the_beat_to_the_end(plan):
    assert plan.tempo_bpm == pytest.approx(TEMPO_BPM, abs=0.1)
    truth = FIRST_BEAT_S + BEAT_S * np.arange(-1, 200)
    away = [np.abs(truth - beat).min() for beat in plan.beats_s]
    assert max(away) < 0.03
    assert plan.beats_s[0] < BEAT_S
    assert plan.beats_s[-1] <= plan.duration_s


def test_bars_start_where_the_chords_change(plan):
    truth = FIRST_BEAT_S + 4 * BEAT_S * np.arange(50)
    assert max(np.abs(truth - bar).min() for bar in plan.bars_s[:-2]) < 0.03
    assert set(plan.bars_s) <= set(plan.beats_s)


def test_key_and_length_are_the_takes_own(plan):
    assert (plan.key, plan.mode) in (("D", "minor"), ("F", "major"), ("D", "dorian"))
    assert plan.duration_s == pytest.approx(SECONDS, abs=0.1)
    assert plan.has_vocals
    assert plan.source == "measured"


def test_sections_cover_the_song_and_the_loud_part_is_the_chorus(plan):
    for one, following in pairwise(plan.sections):
        assert one.end_s == following.start_s
    assert plan.sections[-1].end_s == plan.duration_s
    assert all(section.bars >= 4 for section in plan.sections)
    loud_s = FIRST_BEAT_S + 4 * BEAT_S * np.mean(LOUD_BARS)
    named = {section.start_s <= loud_s < section.end_s: section.name for section in plan.sections}
    assert named[True] == "chorus"
    assert named[False] == "verse"
    assert max(plan.sections, key=lambda section: section.energy).name == "chorus"


def test_lines_are_spread_in_order(plan):
    assert all(one.end_s <= following.start_s + 1e-6 for one, following in pairwise(plan.lyric_lines))
    assert plan.lyric_lines[-1].end_s <= plan.duration_s


def test_a_take_without_a_pulse_keeps_the_planned_tempo_and_key(tmp_path):
    path = tmp_path / "drone.wav"
    hum = 0.1 * np.sin(2 * np.pi * 65.4 * np.arange(12 * RATE_HZ) / RATE_HZ)
    soundfile.write(path, hum, RATE_HZ)
    plan = plan_take(fetched(path), order_of(tempo_bpm=90.0))
    assert plan.tempo_bpm > 0
    assert plan.key
    assert plan.sections


def silence(path: Path) -> None:
    soundfile.write(path.with_suffix(".wav"), np.zeros(20 * RATE_HZ), RATE_HZ)
    path.with_suffix(".wav").rename(path)


def three_seconds(path: Path) -> None:
    write_mp3(band()[None, : 3 * RATE_HZ], path, RATE_HZ)


def web_page(path: Path) -> None:
    path.write_text("<!doctype html><title>404</title>" + "<p>The file has expired.</p>" * 400)


def nothing(path: Path) -> None:
    path.touch()


def one_sample(value: float):
    """Noise with a single sample of this value, in a format that can hold it."""

    def make(path: Path) -> None:
        noise = (0.1 * np.random.default_rng(1).standard_normal((15 * RATE_HZ, 2))).astype(np.float32)
        noise[5 * RATE_HZ, 0] = value
        soundfile.write(path.with_suffix(".wav"), noise, RATE_HZ, subtype="FLOAT")
        path.with_suffix(".wav").rename(path)

    return make


def three_hours(path: Path) -> None:
    with soundfile.SoundFile(path.with_suffix(".flac"), "w", 8_000, 1) as sink:
        for _ in range(3 * 60):
            sink.write(np.zeros(60 * 8_000))
    path.with_suffix(".flac").rename(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_what_holds_no_sound_is_refused(tmp_path, value):
    """A cycle once took a take with one such sample, and died of it where it was mastered."""
    path = tmp_path / "take.mp3"
    one_sample(value)(path)
    with pytest.raises(ProviderError, match="samples that are no sound"):
        plan_take(fetched(path), order_of())


def test_a_length_of_hours_is_told_as_one(tmp_path):
    path = tmp_path / "take.mp3"
    three_hours(path)
    with pytest.raises(ProviderError, match=r"lasts 10800.0 s; a song has 10 to 900"):
        plan_take(fetched(path), order_of())


@pytest.mark.parametrize(
    ("make", "message"),
    [(silence, "silent"), (three_seconds, "lasts 3"), (web_page, "no audio"), (nothing, "no audio")],
)
def test_what_is_no_song_is_refused(tmp_path, make, message):
    path = tmp_path / "take.mp3"
    make(path)
    with pytest.raises(ProviderError, match=message):
        plan_take(fetched(path), order_of())


def test_a_take_that_ends_before_its_promised_end_is_refused(take):
    assert plan_take(fetched(take, SECONDS), order_of()).duration_s == pytest.approx(SECONDS, abs=0.1)
    with pytest.raises(ProviderError, match=r"cut off: 75\.\d s of the 120\.0 s"):
        plan_take(fetched(take, 120.0), order_of())


def test_a_take_that_is_mostly_silence_is_refused(tmp_path):
    path = tmp_path / "take.wav"
    audio = band()
    audio[len(audio) // 3 :] = 0
    soundfile.write(path, audio, RATE_HZ)
    with pytest.raises(ProviderError, match="% of what came back is silence"):
        plan_take(fetched(path), order_of())


@pytest.mark.parametrize(
    ("rate_hz", "channels", "seconds", "told"),
    [
        (655_350, 1, 12, "655350 Hz"),
        (44_100, 6, 12, "6 channels"),
        (192_000, 1, 300, "57600000 samples"),
        (100, 1, 60, "100 Hz"),
    ],
)
def test_a_small_file_that_would_fill_the_memory_is_refused_by_its_header(
    tmp_path: Path, rate_hz: int, channels: int, seconds: int, told: str
):
    path = tmp_path / "bomb.flac" if rate_hz > 1000 else tmp_path / "bomb.wav"
    with soundfile.SoundFile(path, "w", rate_hz, channels) as sink:
        for _ in range(seconds):
            sink.write(np.zeros((rate_hz, channels), np.int16))
    with pytest.raises(ProviderError, match=told):
        require_song(fetched(path))


def test_nobody_sings_an_instrumental(take):
    assert plan_take(fetched(take), order_of()).has_vocals
    assert not plan_take(fetched(take), order_of(words=False)).has_vocals
    assert not plan_take(fetched(take), order_of(), sings=False).has_vocals


@pytest.mark.parametrize("make", [web_page, nothing])
def test_what_is_no_audio_is_not_read(tmp_path, make):
    path = tmp_path / "take.mp3"
    make(path)
    with pytest.raises(ProviderError, match="no audio"):
        read_take(path, 44_100)


def test_a_file_longer_than_any_song_is_refused_unread(tmp_path):
    path = tmp_path / "lecture.wav"
    with soundfile.SoundFile(path, "w", 8_000, 1, format="WAV", subtype="PCM_U8") as sink:
        for _ in range(16):
            sink.write(np.full(480_000, 0.1))
    with pytest.raises(ProviderError, match="960"):
        plan_take(fetched(path), order_of())


def test_a_mono_take_is_read_as_two_equal_channels_at_the_asked_rate(take):
    audio = read_take(take, 44_100)
    assert audio.dtype == np.float32
    assert audio.shape[0] == 2
    assert audio.shape[1] / 44_100 == pytest.approx(SECONDS, abs=0.1)
    assert np.array_equal(audio[0], audio[1])


def test_a_take_is_mastered_as_our_own(take, tmp_path):
    made = remaster(take, tmp_path / "master", brief_of(), sample_rate_hz=16_000)
    assert sorted(path.name for path in (tmp_path / "master").iterdir()) == [
        "song.flac",
        "song.mp3",
        "song.wav",
    ]
    # At this rate MP3 leaves out the top of the clicks.
    for path, slack in ((made.wav, 0.1), (made.flac, 0.1), (made.mp3, 1.0)):
        facts = analyse(path)
        assert facts.loudness_lufs == pytest.approx(-14, abs=slack)
        assert facts.true_peak_dbtp <= -1.0
    assert made.duration_s == pytest.approx(SECONDS, abs=0.1)
    assert made.sample_rate_hz == 16_000


def test_the_octave_nearest_to_the_plan_is_taken():
    assert octave_nearest(158.0, 80.0) == 79.0
    assert octave_nearest(70.0, 140.0) == 140.0
    assert octave_nearest(120.0, 118.0) == 120.0


def test_a_tempo_that_moves_is_followed(tmp_path):
    """Six per cent faster over forty seconds: no even grid stays on such beats."""
    true_s = 0.3 + np.cumsum(np.linspace(0.5, 0.47, 80))
    audio = (0.01 * np.random.default_rng(2).standard_normal(42 * RATE_HZ)).astype(np.float32)
    hit = 0.5 * np.random.default_rng(1).standard_normal(800) * np.exp(-np.arange(800) / 120)
    for at_s in true_s:
        audio[int(at_s * RATE_HZ) :][:800] += hit.astype(np.float32)
    path = tmp_path / "live.wav"
    soundfile.write(path, audio, RATE_HZ)
    plan = plan_take(fetched(path), order_of(tempo_bpm=124.0))
    away = np.abs(true_s[:, None] - np.array(plan.beats_s)).min(axis=1)
    assert np.mean(away < 0.04) > 0.95
    assert plan.beats_s[-1] > true_s[-1] - 0.5


def test_silence_turns_no_harmony():
    """Beats are led on into a silent head: what begins after it is no bar for that."""
    silent = np.zeros(round(3.5 * BEAT_S * RATE_HZ), np.float32)
    mono = np.concatenate([silent, band()[round((FIRST_BEAT_S + BEAT_S) * RATE_HZ) :]])
    beats_s = BEAT_S * np.arange(0.5, 60)
    turns = harmonic_turns(mono, RATE_HZ, beats_s.tolist())
    assert np.isnan(turns[:4]).all()
    means = [np.nanmean(turns[first::4]) for first in range(4)]
    assert (
        int(np.argmax(means)) == 2
    )  # from beat 2 of a bar at the fourth of these, the next bar opens at the seventh


@pytest.mark.parametrize("genre", ["synthwave", "rnb"])
def test_bars_of_a_song_that_is_struck_hardest_elsewhere(tmp_path, genre):
    """Synthwave's snare and the off-beats of rnb are louder than their bars' first beats."""
    brief = brief_of(genre, seed=1, seconds=60)
    score, truth = written(brief)
    path = tmp_path / "song.wav"
    soundfile.write(path, render_master(brief, score, truth, sample_rate_hz=RATE_HZ).audio.T, RATE_HZ)
    plan = plan_take(fetched(path), order_of(tempo_bpm=brief.tempo_bpm))
    bars_s = [bar for bar in truth.bars_s if bar < truth.sections[-1].end_s]
    assert max(np.abs(np.array(plan.bars_s) - bar).min() for bar in bars_s) < 0.06
    turns_s = np.array([section.start_s for section in plan.sections])
    found = [np.abs(turns_s - section.start_s).min() < brief.bar_s + 0.1 for section in truth.sections]
    assert np.mean(found) > 0.5
