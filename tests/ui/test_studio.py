"""The engines alone: real ones, at a low rate and short."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from configs.genres import load_genres
from tests.ui.conftest import Answer, Call
from ui.cli.studio.spent import cpu_s


@pytest.fixture(autouse=True)
def low_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_RATE_HZ", "8000")


def song(call: Call, out: Path, *args: str):
    told = call("studio", "song", "--genre", "lofi", "--seconds", "10", "--out", out, "--json", *args)
    assert told.code == 0, told.err
    return told.data


@pytest.mark.slow
def test_a_song_obeys_its_wishes_and_its_film_follows(call: Call, tmp_path: Path, home: Path):
    made = song(
        call, tmp_path / "a", "--seed", "3", "--key", "f♯ minor", "--bpm", "80", "--theme", "winter rain",
        "--form", "verse1 chorus2", "--density", "0.3", "--energy", "0.8", "--seconds", "11",
    )  # fmt: skip
    assert (made["key"], made["mode"], made["tempo_bpm"], made["genre"], made["seed"]) == (
        "F#",
        "minor",
        80,
        "lofi",
        3,
    )
    assert made["duration_s"] == pytest.approx(11, abs=0.05)
    brief = json.loads(Path(made["brief"]).read_text())
    assert [(section["name"], section["bars"]) for section in brief["form"]] == [("verse", 1), ("chorus", 2)]
    assert (brief["density"], brief["energy"]) == (0.3, 0.8)
    assert made["loudness_lufs"] == pytest.approx(-14, abs=0.5)
    plan = json.loads(Path(made["plan"]).read_text())
    assert (plan["tempo_bpm"], plan["title"]) == (80, made["title"])
    assert made["title"] in Path(made["lyrics"]).read_text()
    told = call(
        "studio", "video", "--audio", made["wav"], "--plan", made["plan"], "--out", tmp_path / "film.mp4",
        "--size", "160x90", "--fps", "5", "--end", "3", "--seed", "1", "--json",
    )  # fmt: skip
    assert (told.data["width"], told.data["height"], told.data["duration_s"]) == (
        160,
        90,
        pytest.approx(3, abs=0.3),
    )
    assert (tmp_path / "film.mp4").stat().st_size > 1000
    assert not home.exists()


@pytest.mark.slow
def test_the_plan_of_another_song_as_long_is_refused(call: Call, tmp_path: Path):
    """Songs of one genre, tempo and length had each other's title and sections in their films."""
    one, other = (song(call, tmp_path / seed, "--seed", seed, "--bpm", "80") for seed in "12")
    options = ("--size", "160x90", "--fps", "5", "--end", "2", "--out", tmp_path / "film.mp4")
    for kind in ("wav", "flac", "mp3"):
        told = call("studio", "video", "--audio", one[kind], "--plan", other["plan"], *options)
        assert told.code == 2
        assert f"plan of another song: it is that of “{other['title']}”" in told.line
        told = call("studio", "video", "--audio", one[kind], "--plan", one["plan"], *options)
        assert told.code == 0, told.err
    plan = json.loads(Path(other["plan"]).read_text())
    del plan["fingerprint"]
    Path(other["plan"]).write_text(json.dumps(plan))
    told = call("studio", "video", "--audio", other["wav"], "--plan", other["plan"], *options)
    assert told.code == 0, "a plan of before"


@pytest.mark.slow
def test_stems_picture_and_words_come_when_asked_for(call: Call, tmp_path: Path):
    words = tmp_path / "words.txt"
    words.write_text("Nur ein Licht\n\nÜber dem Hafen", encoding="utf-8")
    made = song(
        call, tmp_path / "a", "--seed", "2", "--seconds", "24", "--lyrics", words, "--stems", "--picture"
    )
    assert made["audio"] == {kind: made[kind] for kind in ("wav", "flac", "mp3")}
    assert 0.1 < made["cpu_s"] <= cpu_s()
    assert 50 < made["peak_rss_mb"] < 2_000
    assert "kick" in made["stems"] or "drums" in made["stems"]
    rendered, rate_hz = soundfile.read(made["wav"])
    for path in made["stems"].values():
        stem, own_hz = soundfile.read(path)
        assert (own_hz, stem.shape) == (rate_hz, rendered.shape)
        assert np.abs(stem).max() > 0.01
    with Image.open(made["picture"]) as picture:
        assert picture.format == "PNG"
        assert picture.width > 1_000
    lines = [line["text"] for line in json.loads(Path(made["plan"]).read_text())["lyric_lines"]]
    assert lines[0] == "Nur ein Licht"
    assert "Über dem Hafen" in Path(made["lyrics"]).read_text(encoding="utf-8")


def test_genres_are_listed_without_a_folder(call: Call):
    listed = call("studio", "song", "--genre", "list", "--json").data["genres"]
    assert {"name": "lofi", "title": "Lo-fi", "tempo_bpm": [70, 90], "modes": ["major", "dorian"]} in listed
    assert len(listed) == len(load_genres())
    assert "drum_and_bass" in call("studio", "song", "--genre", "list").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--key", "H minor"), "unknown key 'H'"),
        (("--key", "C wrong"), "unknown mode 'wrong'"),
        (("--bpm", "39.9"), "give 40 to 220"),
        (("--bpm", "221"), "give 40 to 220"),
        (("--bpm", "nan"), "give 40 to 220"),
        (("--key", ""), "unknown key ''"),
        (("--form", "verse8 solo4"), "no section 'solo'"),
        (("--form", "verse8", "--seconds", "300"), "give 11.3 to 50.5 seconds"),
        (("--density", "1.5"), "give 0 to 1"),
        (("--energy", "nan"), "give 0 to 1"),
        (("--seconds", "9"), "give 10 to 600"),
        (("--seconds", "601"), "give 10 to 600"),
        (("--lyrics", "none.txt"), "cannot be read"),
    ],
)
def test_wishes_that_cannot_be_met_are_refused_in_one_line(call: Call, tmp_path: Path, options, said: str):
    told = call("studio", "song", "--genre", "lofi", "--seed", "1", "--out", tmp_path / "a", *options)
    assert told.code == 2
    assert said in told.line
    assert not (tmp_path / "a").exists()


def test_a_song_needs_a_folder(call: Call):
    told = call("studio", "song", "--genre", "lofi")
    assert (told.code, "give --out" in told.line) == (2, True)


@pytest.mark.slow
def test_the_seed_is_the_song(call: Call, tmp_path: Path):
    first, again, other = (
        Path(song(call, tmp_path / name, "--seed", seed)["wav"]).read_bytes()
        for name, seed in (("a", "3"), ("b", "3"), ("c", "4"))
    )
    assert first == again
    assert first != other


@pytest.mark.slow
def test_a_seed_is_another_artist_in_each_genre(call: Call, tmp_path: Path):
    made = [
        song(call, tmp_path / genre, "--seed", "77", "--genre", genre)
        for genre in ("techno", "trap", "phonk")
    ]
    assert len({one["artist"] for one in made}) == 3
    assert len({one["tempo_bpm"] for one in made}) > 1


@pytest.mark.slow
def test_a_cover_is_the_artists_and_the_seeds(call: Call, tmp_path: Path):
    def paint(name: str, *args: str) -> bytes:
        told = call(
            "studio",
            "cover",
            "--title",
            "Night Bus",
            "--size",
            "200",
            "--out",
            tmp_path / name,
            "--json",
            *args,
        )
        assert told.data["title_contrast"] >= 4.5
        return Path(told.data["cover"]).read_bytes()

    first = paint("a", "--artist", "Low Tide", "--seed", "1")
    assert first == paint("b", "--artist", "Low Tide", "--seed", "1")
    assert first != paint("c", "--artist", "Low Tide", "--seed", "2")
    assert first != paint("d", "--artist", "High Noon", "--seed", "1")


def test_a_cover_without_a_single_word_is_refused(call: Call, tmp_path: Path):
    def paint(artist: str) -> Answer:
        return call(
            "studio", "cover", "--title", "夜に駆ける", "--artist", artist, "--size", "64", "--seed", "1",
            "--out", tmp_path / "cover", "--json",
        )  # fmt: skip

    refused = paint("شمس")
    assert refused.code == 2
    assert "Latin, Greek or Cyrillic" in refused.line
    assert not (tmp_path / "cover").exists()
    told = paint("Low Tide").data
    assert told["title_contrast"] is None
    assert told["artist_contrast"] >= 4.5
    assert "夜" in told["notes"][0]


def test_any_recording_is_filmed_with_its_words(call: Call, tmp_path: Path):
    at = np.arange(8 * 8_000) / 8_000
    soundfile.write(
        tmp_path / "song.wav", 0.5 * np.sin(2 * np.pi * 60 * at) * np.exp(-(at % 0.5) * 18), 8_000
    )
    (tmp_path / "words.txt").write_text("hold the line\nhold 夜", encoding="utf-8")
    told = call(
        "studio", "video", "--audio", tmp_path / "song.wav", "--artist", "Low Tide", "--title", "Night Bus",
        "--lyrics", tmp_path / "words.txt", "--out", tmp_path / "film.mp4", "--size", "90x160", "--fps", "5",
        "--seed", "1", "--json",
    )  # fmt: skip
    made = told.data
    assert (made["plan"], made["width"], made["height"]) == ("measured", 90, 160)
    assert made["tempo_bpm"] == pytest.approx(120, abs=2)
    assert abs(made["duration_s"] - made["audio_duration_s"]) <= 0.04
    assert any("夜" in note for note in made["notes"])


def test_a_recording_without_a_plan_needs_a_name(call: Call, tmp_path: Path):
    soundfile.write(tmp_path / "song.wav", np.zeros(16_000), 8_000)
    told = call("studio", "video", "--audio", tmp_path / "song.wav", "--out", tmp_path / "film.mp4")
    assert (told.code, "give --artist" in told.line) == (2, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--audio": "none.wav"}, "is no file"),
        ({"--plan": "song.wav"}, "is no plan of a song"),
        ({"--plan": "none.json"}, "cannot be read"),
        ({"--size": "big"}, "such as 1280x720"),
    ],
)
def test_a_film_needs_its_song(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change, said: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.wav").write_text("no music")
    options = {
        "--audio": "song.wav",
        "--plan": "song.wav",
        "--size": "160x90",
        "--out": "out/film.mp4",
    } | change
    told = call("studio", "video", *(word for option in options.items() for word in option))
    assert told.code == 2
    assert said in told.line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--audio", "--plan", "--lyrics"])
@pytest.mark.parametrize("link", [None, "symlink_to", "hardlink_to"])
def test_a_film_never_takes_the_place_of_what_it_is_made_of(call: Call, tmp_path: Path, option: str, link):
    """`--out song.wav` once made an MP4 of the recording, without a word."""
    given = {"--audio": "song.wav", "--plan": "plan.json", "--lyrics": "words.txt"}
    for name in given.values():
        (tmp_path / name).write_bytes(b"a person's own")
    out = tmp_path / given[option]
    if link:
        out = tmp_path / "film.mp4"
        getattr(out, link)(tmp_path / given[option])
    words = [word for name, file in given.items() for word in (name, tmp_path / file)]
    told = call("studio", "video", *words, "--out", out, "--artist", "A")
    assert told.code == 2
    assert f"is what {option} gives" in told.line
    assert {(tmp_path / name).read_bytes() for name in given.values()} == {b"a person's own"}


@pytest.mark.parametrize("name", ["lyrics.txt", "brief.json", "song.wav", "stems/kick.flac"])
def test_a_song_never_takes_the_place_of_its_words(call: Call, tmp_path: Path, name: str):
    words = tmp_path / name
    words.parent.mkdir(exist_ok=True)
    words.write_text("hold the line")
    told = call("studio", "song", "--genre", "lofi", "--seed", "1", "--out", tmp_path, "--lyrics", words)
    assert told.code == 2
    assert "is what --lyrics gives" in told.line
    assert words.read_text() == "hold the line"
    assert [path.name for path in tmp_path.iterdir()] == [name.partition("/")[0]]


def test_unknown_genres_and_unwritable_folders_are_refused(call: Call, tmp_path: Path):
    (tmp_path / "file").write_text("")
    told = call("studio", "song", "--genre", "polka", "--out", tmp_path / "a")
    assert (told.code, "choose one of" in told.line) == (2, True)
    for out in (tmp_path / "file" / "b", tmp_path / ("b" * 300)):  # the second cannot even be looked for
        told = call("studio", "cover", "--title", "A", "--artist", "B", "--out", out)
        assert (told.code, "cannot be made" in told.line) == (2, True)
    for title in (" ", "la " * 100):
        told = call("studio", "cover", "--title", title, "--artist", "B", "--out", tmp_path / "c")
        assert (told.code, "needs its title" in told.line) == (2, True)
        assert not (tmp_path / "c").exists()


def test_a_film_that_is_refused_late_leaves_no_folder(call: Call, tmp_path: Path):
    soundfile.write(tmp_path / "song.wav", np.ones(16_000) * 0.1, 8_000)
    told = call(
        "studio", "video", "--audio", tmp_path / "song.wav", "--artist", "la " * 100, "--title", "A",
        "--out", tmp_path / "a" / "b" / "film.mp4", "--size", "160x90",
    )  # fmt: skip
    assert (told.code, "needs its artist's name" in told.err.splitlines()[-1]) == (2, True)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("was_there", [True, False])
def test_a_song_of_which_one_file_cannot_be_written_leaves_none(call: Call, tmp_path: Path, was_there: bool):
    """The MP3 has room, the WAV has not; what was in the folder before stays as it was."""
    folder = tmp_path / "deep" / "song"
    if was_there:
        folder.mkdir(parents=True)
        (folder / "song.mp3").write_bytes(b"the song of before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        told = call("studio", "song", "--genre", "ambient", "--seed", "2", "--seconds", "15", "--out", folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told.code == 1
    assert "could not write song.wav" in told.err.splitlines()[-1]
    if was_there:
        assert [path.name for path in folder.iterdir()] == ["song.mp3"]
        assert (folder / "song.mp3").read_bytes() == b"the song of before"
    else:
        assert not (tmp_path / "deep").exists()


@pytest.mark.parametrize(
    ("in_the_way", "said"),
    [
        ("plan.json/", "plan.json is a folder"),
        ("song.wav/", "song.wav is a folder"),
        ("stems", "stems is a file"),
    ],
)
def test_what_stands_in_a_files_place_is_told_and_nothing_is_put_beside_it(
    call: Call, tmp_path: Path, in_the_way: str, said: str
):
    """Four files of a song once stayed there without the fifth."""
    if in_the_way.endswith("/"):
        (tmp_path / in_the_way).mkdir()
    else:
        (tmp_path / in_the_way).touch()
    told = call(
        "studio", "song", "--genre", "ambient", "--seed", "2", "--seconds", "12", "--stems", "--out", tmp_path
    )
    assert told.code == 2
    assert said in told.err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == [in_the_way.rstrip("/")]


def test_a_song_takes_the_place_of_the_one_before_whole(call: Call, tmp_path: Path):
    """The picture and stems of an older song once stayed among the files of a newer one."""
    song(call, tmp_path, "--seed", "2", "--stems", "--picture")
    (tmp_path / "mine.txt").write_text("a person's own")
    made = song(call, tmp_path, "--seed", "3")
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"mine.txt", "brief.json", "lyrics.txt", "plan.json"} | {
        f"song.{kind}" for kind in ("wav", "flac", "mp3", "mid")
    }
    with av.open(made["mp3"]) as file:
        assert file.metadata["title"] == made["title"]
        assert file.metadata["artist"] == made["artist"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_song_that_is_interrupted_leaves_nothing(tmp_path: Path, number: signal.Signals):
    """SIGTERM once left a hidden folder of parts, and Ctrl-C spoke of a label's cycles."""
    out = tmp_path / "new" / "song"
    program = str(Path(sys.executable).with_name("labelmate"))
    command = [
        program,
        "studio",
        "song",
        "--genre",
        "house",
        "--seed",
        "1",
        "--seconds",
        "600",
        "--out",
        str(out),
    ]
    at_full_rate = os.environ | {"SAMPLE_RATE_HZ": "48000"}
    # What runs in the background ignores Ctrl-C, and so do its children, unless it is heard here.
    usual = signal.signal(number, signal.default_int_handler)
    with subprocess.Popen(command, env=at_full_rate, stderr=subprocess.PIPE, text=True) as running:
        signal.signal(number, usual)
        deadline_s = time.monotonic() + 60
        while not (out.exists() and any(out.glob(".*.part"))):
            assert running.poll() is None
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.splitlines()[-1] == "labelmate: interrupted: nothing of the song is kept"
    assert not (tmp_path / "new").exists()
