"""A plan's fingerprint of its recording: the same song in any format is its own, another never is."""

import numpy as np
import pytest
import soundfile

from agents.music.fingerprint import fingerprint, strangeness
from agents.visuals.visualizer.admission import STRANGE
from storage.errors import UsageError

RATE_HZ, SECONDS = 22_050, 20


def tune(seed: int) -> np.ndarray:
    """Notes on one grid for every seed, with a kick beneath: what differs is what is played."""
    stream, at = np.random.default_rng(seed), np.arange(RATE_HZ // 4) / RATE_HZ
    pitches_hz = 110 * 2 ** (stream.choice([0, 3, 5, 7, 10, 12, 15, 19, 24, 31, 36], 4 * SECONDS) / 12)
    fall = np.exp(-8 * at)
    notes = [
        sum(np.sin(2 * np.pi * n * pitch_hz * at) / n for n in range(1, 8)) * fall for pitch_hz in pitches_hz
    ]
    kick = np.sin(2 * np.pi * 55 * at) * np.exp(-20 * at)
    whole = np.concatenate([note + 2 * (number % 2 == 0) * kick for number, note in enumerate(notes)])
    return (whole / np.abs(whole).max() * 0.8).astype(np.float32)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("song") / "song.wav"
    soundfile.write(path, tune(1), RATE_HZ)
    return path


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("song.flac", lambda heard: heard),
        ("song.mp3", lambda heard: heard),
        ("quiet.wav", lambda heard: heard * 0.05),
        ("wide.wav", lambda heard: np.stack([heard, heard * 0.9], axis=1)),
        ("trimmed.wav", lambda heard: heard[1_105:]),
        ("padded.wav", lambda heard: np.pad(heard, (8_000, 0))),
    ],
)
def test_its_own_recording_is_known_in_any_shape(song, tmp_path, name, change):
    soundfile.write(tmp_path / name, change(tune(1)), RATE_HZ)
    assert strangeness(fingerprint(song), tmp_path / name) < STRANGE / 2


@pytest.mark.parametrize("seed", range(2, 8))
def test_another_song_of_the_same_beat_and_length_is_not(song, tmp_path, seed):
    soundfile.write(tmp_path / "other.wav", tune(seed), RATE_HZ)
    assert strangeness(fingerprint(song), tmp_path / "other.wav") > STRANGE


def test_too_little_proves_nothing(song, tmp_path):
    for name, heard in (("short.wav", tune(2)[: 4 * RATE_HZ]), ("silent.wav", np.zeros(20 * RATE_HZ))):
        soundfile.write(tmp_path / name, heard, RATE_HZ)
        assert strangeness(fingerprint(song), tmp_path / name) == 0


@pytest.mark.parametrize("mark", ["abc", "zz", "0001ff"])
def test_what_is_no_fingerprint_is_told(song, mark):
    with pytest.raises(UsageError, match="own plan"):
        strangeness(mark, song)
    with pytest.raises(UsageError, match="WAV, FLAC or MP3"):
        fingerprint(song.with_name("none.wav"))
