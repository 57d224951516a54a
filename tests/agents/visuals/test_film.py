"""Films as files: true sizes and lengths, words burnt in, and nothing left when something goes wrong."""

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from agents.painter import film, film_song, preview_size, preview_span
from agents.visuals.editing.delivery import part_file
from agents.visuals.encode import DRAWN, FILMED, Encoder, Reel, _words
from agents.visuals.lettering import set_block
from agents.visuals.typefaces import display_face
from agents.visuals.visualizer.frame import Frame
from agents.visuals.visualizer.stage import Stage
from configs.knobs import VIDEO_SIZES
from storage.errors import DiskFullError, RenderError, StorageError, UsageError
from ui.telegram.media import UPLOAD_MAX_BYTES

SMALL = {"width": 160, "height": 90, "fps": 10, "seed": 3, "preset": "ultrafast"}


def lumas(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])


@pytest.mark.parametrize(("width", "height"), [(160, 90), (90, 160), (128, 128)])
def test_a_film_is_what_it_says(width, height, plan, audio, visual, tmp_path):
    told: list[float] = []
    out = tmp_path / "film.mp4"
    facts = film(plan, audio, visual, out, **SMALL | {"width": width, "height": height}, progress=told.append)
    assert (facts.width, facts.height, facts.fps) == (width, height, 10)
    assert facts.duration_s == pytest.approx(plan.duration_s, abs=0.04)
    assert abs(facts.duration_s - facts.audio_duration_s) <= 0.04
    assert facts.size_bytes == out.stat().st_size
    assert facts.flashes_per_s <= 3
    assert told == sorted(told)
    assert told[-1] == 1.0
    head = out.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("fps", [1, 10])
def test_the_last_picture_of_a_slow_film_has_sound_to_its_end(fps, plan, audio, visual, tmp_path):
    """It was refused when all was drawn: picture and sound differed by more than 40 ms."""
    facts = film(plan, audio, visual, tmp_path / "slow.mp4", **SMALL | {"fps": fps}, start_s=0.045)
    assert facts.duration_s > plan.duration_s - 0.045
    assert facts.audio_duration_s == pytest.approx(facts.duration_s, abs=0.04)


def test_the_sound_is_the_songs_sound_in_time(plan, audio, visual, tmp_path):
    out = tmp_path / "span.mp4"
    film(plan, audio, visual, out, **SMALL, start_s=2.4, end_s=6.0)
    with av.open(str(out)) as container:
        rate = container.streams.audio[0].rate
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    for kick in (3.0, 3.6, 4.2):
        near = heard[int((kick - 2.4 - 0.1) * rate) : int((kick - 2.4 + 0.1) * rate)]
        quiet, loud = np.abs(near[: int(0.08 * rate)]).max(), np.abs(near[int(0.1 * rate) :]).max()
        assert loud > 3 * quiet


def test_the_title_is_burnt_in_where_it_belongs(plan, audio, visual, tmp_path):
    out = tmp_path / "film.mp4"
    film(plan, audio, visual, out, **SMALL | {"width": 480, "height": 270, "preset": "superfast"}, end_s=8.0)
    picture = lumas(out)[15].astype(float)
    stage = Stage(480, 270)
    title = set_block(
        plan.title,
        display_face(visual.display_font),
        width_px=stage.words_width_px,
        height_px=91,
        size_px=54,
        max_lines=3,
        leading=1.16,
    )
    wide = title.mask.shape[1]
    band = picture[: int(270 * 0.6), (480 - wide) // 2 : (480 - wide) // 2 + wide]
    scores = [
        band[y : y + title.mask.shape[0]][title.mask > 200].mean()
        - band[y : y + title.mask.shape[0]][title.mask == 0].mean()
        for y in range(0, band.shape[0] - title.mask.shape[0], 1)
    ]
    assert max(scores) > 90


def test_same_seed_same_pictures_and_other_seed_others(plan, audio, visual, tmp_path):
    spans = {"start_s": 4.0, "end_s": 6.0}
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        film(plan, audio, visual, tmp_path / f"{name}.mp4", **SMALL | {"seed": seed} | spans)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert np.abs(lumas(tmp_path / "a.mp4").astype(int) - lumas(tmp_path / "c.mp4")).mean() > 1


def test_two_at_once_on_one_path_do_not_clash(plan, audio, visual, tmp_path):
    out = tmp_path / "film.mp4"
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(film, plan, audio, visual, out, **SMALL, end_s=3.0) for _ in range(2)]
        facts = {job.result() for job in jobs}
    assert len(facts) == 1
    assert len(lumas(out)) == 30
    assert list(tmp_path.iterdir()) == [out]


def test_what_a_killed_render_left_goes_and_what_is_written_stays(tmp_path):
    out = tmp_path / "film [1].mp4"
    kill_mid_render = (
        "import os, sys; from pathlib import Path; from agents.visuals.editing.delivery import part_file, sound_beside\n"
        "with part_file(Path(sys.argv[1])) as part: sound_beside(part).touch(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", kill_mid_render, str(out)], check=False)
    assert len(list(tmp_path.iterdir())) == 2
    others = [tmp_path / name for name in (".film [1].mp4.part", ".film [1].mp4.mp4.abcdefgh.part", "a.part")]
    for path in others:
        path.touch()
    with part_file(out) as one, part_file(out) as two:
        assert sorted(tmp_path.iterdir()) == sorted([*others, one, two])
        one.write_bytes(b"a film")
        one.replace(out)
    assert sorted(tmp_path.iterdir()) == sorted([*others, out])


def test_flac_and_a_sound_shorter_than_the_span_are_taken(plan, audio, visual, tmp_path):
    samples, rate = soundfile.read(audio)
    soundfile.write(tmp_path / "song.flac", samples[: 3 * rate], rate)
    short = plan.model_copy(update={"duration_s": 3.0})
    facts = film(short, tmp_path / "song.flac", visual, tmp_path / "film.mp4", **SMALL, end_s=9.0)
    assert facts.duration_s == pytest.approx(3.0, abs=0.04)


def test_a_render_that_is_stopped_leaves_nothing(plan, audio, visual, tmp_path):
    def stop(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film(plan, audio, visual, tmp_path / "film.mp4", **SMALL, progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert _children() == []


def test_an_encoder_that_is_killed_is_an_error_and_leaves_nothing(plan, audio, visual, tmp_path):
    def kill(share: float) -> None:
        for child in _children():
            os.kill(child, signal.SIGKILL)

    with pytest.raises(RenderError, match="encoder"):
        film(plan, audio, visual, tmp_path / "film.mp4", **SMALL, progress=kill)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_apart(audio):
    def encode() -> None:
        with Encoder(Reel(160, 90, 10, 20, 0.0), audio, Path("/dev/full"), "ultrafast") as encoder:
            for _ in range(20):
                encoder.write(Frame(160, 90).buffer.data)

    with pytest.raises(DiskFullError, match="free some space"):
        encode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_under_any_part_of_a_render_leaves_nothing(tmp_path):
    def render() -> None:
        with part_file(tmp_path / "film.mp4") as part:
            part.write_bytes(b"half a film")
            Path("/dev/full").write_bytes(b"what was written beside it")

    with pytest.raises(DiskFullError, match="free some space"):
        render()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, DiskFullError), (errno.EDQUOT, DiskFullError), (errno.EROFS, StorageError)],
)
def test_a_place_that_takes_nothing_is_told_as_what_it_is(number, told, tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError) as refusal, part_file(tmp_path / "album" / "film.mp4"):
        pass
    assert type(refusal.value) is told


@pytest.mark.parametrize("quality", [DRAWN, FILMED])
@pytest.mark.parametrize("film_size", VIDEO_SIZES.values())
def test_the_largest_preview_of_all_settings_fits_a_messenger(quality, film_size, plan):
    start_s, end_s = preview_span(plan.model_copy(update={"duration_s": 600.0}))
    reel = Reel(*preview_size(*film_size), 60, round((end_s - start_s) * 60), start_s)
    command = _words(reel, Path("song.wav"), Path("film.mp4"), "veryfast", quality)
    rate, buffer, sound = (
        int(command[command.index(flag) + 1].removesuffix("k")) for flag in ("-maxrate", "-bufsize", "-b:a")
    )
    assert (rate * reel.duration_s + buffer + sound * reel.duration_s) * 1000 / 8 < UPLOAD_MAX_BYTES


def test_drawn_films_do_without_b_frames_and_filmed_ones_as_their_preset_says():
    reel = Reel(1280, 720, 30, 30, 0.0)
    for quality, wanted in ((DRAWN, True), (FILMED, False)):
        command = _words(reel, Path("song.wav"), Path("film.mp4"), "ultrafast", quality)
        assert ("bframes=0" in command[command.index("-x264-params") + 1].split(":")) is wanted
        assert "-bf" not in command


def test_a_device_or_folder_is_never_replaced_by_a_film(plan, audio, visual, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match="no file"):
            film(plan, audio, visual, place, **SMALL, end_s=1.0)
    assert (tmp_path / "pipe").is_fifo()


def test_a_film_never_takes_its_recordings_place(plan, audio, visual, tmp_path):
    recording, link = tmp_path / "song.wav", tmp_path / "film.mp4"
    recording.write_bytes(audio.read_bytes())
    link.symlink_to(recording)
    for out in (recording, link):
        with pytest.raises(UsageError, match="what the film is made of"):
            film(plan, recording, visual, out, **SMALL, end_s=1.0)
        with pytest.raises(UsageError, match="what the film is made of"):
            film_song(plan, recording, visual, out, clips=(), **SMALL, start_s=0.0, end_s=1.0)
    assert recording.read_bytes() == audio.read_bytes()


def test_an_older_film_survives_a_failed_render(plan, audio, visual, tmp_path):
    out = tmp_path / "film.mp4"
    out.write_bytes(b"older")
    with pytest.raises(UsageError):
        film(plan, audio, visual, out, **SMALL | {"width": 161})
    assert out.read_bytes() == b"older"


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"width": 161}, "even sides"),
        ({"fps": 0}, "1 to 60"),
        ({"preset": "placebo; rm"}, "choose one of"),
        ({"start_s": 5.0, "end_s": 5.0}, "nothing to show"),
        ({"start_s": -1.0}, "nothing to show"),
        ({"start_s": 99.0}, "nothing to show"),
        ({"start_s": float("nan")}, "give seconds"),
        ({"end_s": float("nan")}, "give seconds"),
        ({"end_s": float("-inf")}, "give seconds"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_line(change, remedy, plan, audio, visual, tmp_path):
    with pytest.raises(UsageError, match=remedy) as refusal:
        film(plan, audio, visual, tmp_path / "film.mp4", **SMALL | change)
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_audio_is_refused(plan, visual, tmp_path):
    (tmp_path / "song.wav").write_text("not a wave")
    with pytest.raises(UsageError, match="WAV, FLAC or MP3"):
        film(plan, tmp_path / "song.wav", visual, tmp_path / "film.mp4", **SMALL)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"duration_s": 61.0}, "plan of another song"),
        ({"duration_s": float("nan")}, "plan of another song"),
        ({"tempo_bpm": 0.0}, "20 to 400"),
        ({"title": " "}, "needs its title"),
        ({"artist_name": ""}, "needs its artist's name"),
        ({"title": "la " * 100}, "at most 200 characters"),
        ({"beats_s": (0.0, float("inf"))}, "times that are none"),
        ({"kicks_s": tuple(i / 8_000 for i in range(60_000))}, "at most 50000"),
    ],
)
def test_a_plan_of_another_song_or_of_none_or_without_names_is_refused(
    change, remedy, plan, audio, visual, tmp_path
):
    wrong = plan.model_copy(update=change)
    with pytest.raises(UsageError, match=remedy):
        film(wrong, audio, visual, tmp_path / "film.mp4", **SMALL)
    assert list(tmp_path.iterdir()) == []


def test_silence_is_filmed_and_told(plan, visual, tmp_path):
    soundfile.write(tmp_path / "song.wav", np.zeros(3 * 8_000), 8_000)
    short = plan.model_copy(update={"duration_s": 3.0})
    facts = film(short, tmp_path / "song.wav", visual, tmp_path / "film.mp4", **SMALL)
    assert facts.duration_s == pytest.approx(3.0, abs=0.04)
    assert any("silent" in note for note in facts.notes)


def test_a_folder_that_cannot_be_written_is_told_in_one_line(plan, audio, visual, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        film(plan, audio, visual, tmp_path / "file" / "film.mp4", **SMALL)


def _children() -> list[int]:
    """Process ids of encoders started by this process."""
    shown = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in shown.stdout.splitlines() if "ffmpeg" in line]


def test_a_short_film_stays_below_its_ceiling_from_the_first_second(tmp_path):
    """Four restless seconds: with a buffer that begins full, they took a quarter more than the rate allows."""
    reel, audio, out = Reel(320, 180, 20, 80, 0.0), tmp_path / "song.wav", tmp_path / "film.mp4"
    soundfile.write(audio, np.zeros(8_000 * 4), 8_000)
    blocks = np.random.default_rng(1).integers(60, 200, (reel.frames, 12, 20), dtype=np.uint8)
    frame = Frame(reel.width, reel.height)
    frame.u[:], frame.v[:] = 128, 128
    with Encoder(reel, audio, out, "veryfast", DRAWN) as encoder:
        for number, block in enumerate(blocks):
            frame.y[:] = np.kron(block, np.ones((15, 16), np.uint8)) if number > 6 else 16
            encoder.write(frame.buffer.data)
    ceiling_kbps = DRAWN.rate_720p30_kbps * (320 * 180 * 20 / (1280 * 720 * 30)) ** 0.75
    assert out.stat().st_size * 8 / reel.duration_s / 1000 <= 1.05 * ceiling_kbps
