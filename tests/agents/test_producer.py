"""The producer: files that measure as promised, whole or not at all, and the same for the same brief."""

import struct
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from agents.music.analysis import BALANCE_DB, BANDS_HZ, analyse, analyse_samples
from agents.music.listening.tone import measure_tone, timbre_distance
from agents.music.local.balance import balancing_filters
from agents.music.local.encode import write_flac, write_mp3
from agents.music.local.filters import apply as filter_apply
from agents.music.local.filters import lowpass
from agents.music.local.midi import write_midi
from agents.music.loudness import integrated_loudness
from agents.music.review.sound import section_loudness
from agents.producer import (
    HIGHEST_RATE_HZ,
    LOUDEST_LUFS,
    LOWEST_RATE_HZ,
    QUIETEST_LUFS,
    produce,
    render_master,
)
from configs.genres import load_genres
from configs.knobs import Song
from storage.errors import DiskFullError, RenderError, UsageError
from tests.agents.music.songs import RATE_HZ, brief_of, form_of, rendered, written

GENRES = list(load_genres())


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    brief = brief_of("synthwave", seed=2, seconds=15)
    score, plan = written(brief)
    told = []
    folder = tmp_path_factory.mktemp("song")
    made = produce(brief, score, plan, folder, progress=lambda stage, share: told.append((stage, share)))
    return brief, score, plan, made, told


@pytest.mark.slow
def test_files_measure_as_promised(recording):
    _, _, plan, made, told = recording
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1] == ("done", 1.0)
    assert len({share for stage, share in told if stage == "mix"}) > 5
    for path in (made.wav, made.flac, made.mp3):
        samples, rate_hz = soundfile.read(path)
        assert rate_hz == made.sample_rate_hz == 44_100
        assert pyloudnorm.Meter(rate_hz).integrated_loudness(samples) == pytest.approx(-14, abs=0.1)
        facts = analyse(path)
        assert facts.true_peak_dbtp <= -1.0
        assert facts.clipped_samples == 0
        assert facts.duration_s == pytest.approx(plan.duration_s, abs=0.06)
    assert soundfile.info(made.wav).subtype == "PCM_16"
    assert soundfile.info(made.flac).subtype == "PCM_24"
    assert made.mp3.stat().st_size * 8 / made.duration_s == pytest.approx(320_000, rel=0.02)
    assert made.loudness_lufs == pytest.approx(-14, abs=0.1)


@pytest.mark.slow
def test_nothing_half_written_is_left(recording):
    *_, made, _ = recording
    assert sorted(p.name for p in made.wav.parent.iterdir()) == [
        "song.flac",
        "song.mid",
        "song.mp3",
        "song.wav",
    ]


@pytest.mark.slow
def test_midi_holds_every_note(recording):
    _, score, _, made, _ = recording
    data = made.midi.read_bytes()
    magic, size, kind, tracks, ticks = struct.unpack(">4sIHHH", data[:14])
    assert (magic, size, kind, ticks) == (b"MThd", 6, 1, 480)
    assert tracks == len(score.parts) + 2
    assert data.count(b"MTrk") == tracks
    position, lengths = 14, []
    while position < len(data):
        length = struct.unpack(">I", data[position + 4 : position + 8])[0]
        lengths.append(length)
        position += 8 + length
    assert position == len(data)


def test_a_long_title_ends_with_a_whole_character(tmp_path):
    brief = brief_of(seconds=12)
    write_midi(written(brief)[0], brief.tempo_bpm, "Я" + "夜" * 60, tmp_path / "song.mid")
    data = (tmp_path / "song.mid").read_bytes()
    at = data.index(b"\xff\x03")
    assert data[at + 3 : at + 3 + data[at + 2]].decode() == "Я" + "夜" * 39


def test_same_brief_same_bytes(tmp_path):
    brief = brief_of("trap", seed=6, seconds=12)
    score, plan = written(brief)
    one, two = (produce(brief, score, plan, tmp_path / name, sample_rate_hz=8_000) for name in ("one", "two"))
    for kind in ("wav", "flac", "mp3", "midi"):
        assert getattr(one, kind).read_bytes() == getattr(two, kind).read_bytes(), kind
    assert analyse(one.wav).loudness_lufs == pytest.approx(-14, abs=0.1)


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_makes_a_sound_master(genre):
    _, plan, audio = rendered(genre)
    facts = analyse_samples(audio, RATE_HZ)
    assert facts.loudness_lufs == pytest.approx(-14, abs=0.1)
    assert facts.true_peak_dbtp <= -1.0
    assert 0.08 <= facts.side_mid <= 0.6
    assert facts.correlation > 0
    assert facts.longest_silence_s < 0.5
    assert facts.clipped_samples == 0
    assert facts.dc_offset < 0.002
    assert facts.tail_dbfs < -90
    assert not audio[:, -1].any()
    verse = next(s for s in plan.sections if s.name == "verse")
    hook = next(s for s in plan.sections if s.name in ("chorus", "drop") and s.start_s > verse.start_s)
    assert section_loudness(hook, facts) - section_loudness(verse, facts) >= 1.0


def test_brightness_is_heard():
    centroids = []
    for value in (0.1, 0.9):
        brief = brief_of("synthwave", seed=1, seconds=12, brightness=value)
        audio = render_master(brief, *written(brief), sample_rate_hz=RATE_HZ).audio
        centroids.append(analyse_samples(audio, RATE_HZ).centroid_hz)
    assert centroids[1] > 1.15 * centroids[0]


def test_artists_of_one_genre_sound_different():
    form = form_of("verse2 chorus2")
    prints = []
    for signature in (1, 2, 3):
        brief = brief_of("house", seed=1, form=form, signature_seed=signature)
        score, plan = written(brief)
        prints.append(
            analyse_samples(render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio, RATE_HZ).timbre
        )
    assert min(timbre_distance(prints[a], prints[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > 0.5


def test_a_stray_band_is_led_back_and_a_balanced_mix_left_alone():
    rng = np.random.default_rng(3)
    noise = rng.standard_normal(8 * 44_100).astype(np.float32)
    dark = filter_apply(noise, lowpass(700, 44_100), lowpass(700, 44_100))
    mended = filter_apply(dark, *balancing_filters(dark, 44_100))
    before, after = (measure_tone(sound, 44_100).balance_db for sound in (dark, mended))
    assert before["presence"] + 1 < after["presence"] < BALANCE_DB["presence"][0]
    _, _, audio = rendered("synthwave")
    assert len(balancing_filters((audio[0] + audio[1]) / 2, RATE_HZ)) <= 1


@pytest.mark.parametrize("genre", ["techno", "house", "cinematic"])
def test_a_calm_verse_is_not_lost_under_its_hook(genre):
    """A verse of kick and bass is powerful and yet soft to the ear: faders go by the ear."""
    brief = brief_of(genre, seed=1, form=form_of("verse4 drop4"), energy=0.1)
    score, plan = written(brief)
    facts = analyse_samples(render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio, RATE_HZ)
    verse, hook = (section_loudness(section, facts) for section in plan.sections)
    assert 1.0 <= hook - verse <= 5.0


def test_other_loudness_is_met():
    brief = brief_of("ambient", seed=1, seconds=12)
    audio = render_master(brief, *written(brief), sample_rate_hz=8_000, loudness_lufs=-18.0).audio
    assert analyse_samples(audio, 8_000).loudness_lufs == pytest.approx(-18, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "message"), [({"sample_rate_hz": 4_000}, "Hz"), ({"loudness_lufs": 0.0}, "LUFS")]
)
def test_requests_out_of_reach_write_nothing(tmp_path, changes, message):
    brief = brief_of(seconds=12)
    score, plan = written(brief)
    with pytest.raises(UsageError, match=message):
        produce(brief, score, plan, tmp_path / "song", **changes)
    assert not (tmp_path / "song").exists()


def test_wav_is_dithered_and_silence_stays_silent(tmp_path):
    from agents.music.local.encode import write_wav

    ramp = np.full((2, 8_000), 0.3 / 32767, np.float32)
    ramp[:, :1000] = 0
    write_wav(ramp, tmp_path / "a.wav", 8_000, seed=1)
    samples, _ = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert not samples[:1000].any()
    assert samples[1000:].mean() == pytest.approx(0.3, abs=0.05)
    assert set(np.unique(samples[1000:])) == {-1, 0, 1}


def test_genres_are_led_to_balances_of_their_own():
    """One mix in the middle of them all comes near each genre's shares."""
    count = 6 * 44_100
    spectrum = np.fft.rfft(np.random.default_rng(4).standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / 44_100)
    gains = np.zeros(len(hz))
    for band, (low, high) in BALANCE_DB.items():
        inside = (hz >= BANDS_HZ[band][0]) & (hz < BANDS_HZ[band][1])
        gains[inside] = 10 ** ((low + high) / 40) / np.sqrt(np.sum(inside))
    mix = np.fft.irfft(spectrum * gains, count).astype(np.float32)
    mix /= np.float32(10 * np.abs(mix).max())
    for name, genre in load_genres().items():
        led = filter_apply(mix, *balancing_filters(mix, 44_100, genre.balance_db))
        before, after = (
            {
                band: abs(share - genre.balance_db[band])
                for band, share in measure_tone(sound, 44_100).balance_db.items()
            }
            for sound in (mix, led)
        )
        assert sum(after.values()) < 0.7 * sum(before.values()), name
        assert max(after.values()) < 2.5, name


@pytest.mark.parametrize("genre", ["techno", "folk", "ambient"])
def test_the_last_chord_rings_on_and_dies_away(genre):
    """No song stops at its last bar line: a second into the tail it is softer, and by the end it is gone."""
    _, plan, audio = rendered(genre)

    def level_db(at_s):
        piece = audio[:, int(at_s * RATE_HZ) : int((at_s + 0.2) * RATE_HZ)].astype(np.float64)
        return 20 * np.log10(np.sqrt(np.mean(piece**2)) + 1e-9)

    bar_line_s = plan.sections[-1].end_s
    before, soon, late = (level_db(bar_line_s + offset_s) for offset_s in (-0.3, 0.3, 1.2))
    assert before - 12 < soon < before
    assert late < soon - 5


def test_the_mp3_is_as_long_as_the_song_and_begins_with_it(tmp_path):
    """Encoders delay; the file says by how much, and a player that reads it plays what the beat grid says."""
    import av

    song = np.random.default_rng(1).standard_normal((2, 3 * 44_100)).astype(np.float32) * 0.1
    song[:, 1000] = 0.9
    write_mp3(song, tmp_path / "a.mp3", 44_100)
    with av.open(str(tmp_path / "a.mp3")) as file:
        played = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
    assert played.shape == song.shape
    assert np.argmax(np.abs(played[0, :4000])) == 1000


@pytest.mark.slow
@pytest.mark.parametrize("sample_rate_hz", [8_000, 11_025, 16_000, 22_050, 24_000, 32_000])
def test_an_mp3_is_as_loud_as_the_master_at_any_rate(sample_rate_hz, tmp_path):
    """LAME turns everything below 320 kb/s down by half a decibel."""
    brief = brief_of("trap", seed=2, seconds=15)
    score, plan = written(brief)
    master = render_master(brief, score, plan, sample_rate_hz=sample_rate_hz).audio
    write_mp3(master, tmp_path / "a.mp3", sample_rate_hz)
    played, rate_hz = soundfile.read(tmp_path / "a.mp3", dtype="float32")
    assert rate_hz == sample_rate_hz
    loud, wanted = (integrated_loudness(audio, rate_hz) for audio in (np.ascontiguousarray(played.T), master))
    assert loud == pytest.approx(wanted, abs=0.1)
    assert analyse(tmp_path / "a.mp3").true_peak_dbtp <= -1.0


def test_an_mp3_that_cannot_be_written_is_told_with_the_encoders_reason(tmp_path):
    with pytest.raises(RenderError, match=r"MP3 encoder .*No such file"):
        write_mp3(np.zeros((2, 10 * 44_100), np.float32), tmp_path / "none" / "a.mp3", 44_100)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_mp3_on_a_full_disk_waits_for_room_and_leaves_nothing(tmp_path):
    (tmp_path / "a.mp3.part").symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match="free some space"):
        write_mp3(np.zeros((2, 10 * 44_100), np.float32), tmp_path / "a.mp3", 44_100)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_recording_on_a_full_disk_waits_for_room_and_leaves_nothing(tmp_path):
    """It was once told as "System error", for which a cycle would not wait."""
    (tmp_path / "a.flac.part").symlink_to("/dev/full")
    noise = np.random.default_rng(1).standard_normal((2, 10 * 44_100)).astype(np.float32)
    with pytest.raises(DiskFullError, match=r"a\.flac.*free some space"):
        write_flac(0.2 * noise, tmp_path / "a.flac", 44_100)
    assert list(tmp_path.iterdir()) == []


def test_settings_allow_what_the_engine_can():
    """A label whose settings the engine refused once failed every song."""

    def bounds(name):
        rules = Song.model_fields[name].metadata
        return tuple(
            next(getattr(rule, edge) for rule in rules if hasattr(rule, edge)) for edge in ("ge", "le")
        )

    assert bounds("loudness_lufs") == (QUIETEST_LUFS, LOUDEST_LUFS)
    assert bounds("sample_rate_hz") == (LOWEST_RATE_HZ, HIGHEST_RATE_HZ)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["techno", "folk", "drum_and_bass"])
def test_the_loudest_setting_is_reached(name):
    """At −8 LUFS some songs once stayed half a decibel under what was promised."""
    brief = brief_of(name, seconds=15)
    master = render_master(brief, *written(brief), loudness_lufs=LOUDEST_LUFS)
    assert integrated_loudness(master.audio, 44_100) == pytest.approx(LOUDEST_LUFS, abs=0.08)
    assert master.true_peak_dbtp <= -1.2
