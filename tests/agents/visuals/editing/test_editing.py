"""Timelines as files: two backends show the same pictures, texts stand where they should, and nothing is left behind."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from pydantic import ValidationError

from agents.visuals.editing import fast, with_moviepy
from agents.visuals.encode import Reel
from agents.visuals.footage.cutting import Drawing
from agents.visuals.footage.drawn import Drawn
from agents.visuals.timeline import Emblem, Overlay, Shot, Soundtrack, Timeline, Veil
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.sound import listen
from storage.errors import RenderError, UsageError


def pictures(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def timeline(audio: Path, *shots: Shot, **changes: object) -> Timeline:
    return Timeline(width=320, height=180, shots=shots, soundtrack=Soundtrack(audio=audio), **changes)


def test_both_backends_show_the_same_pictures(clips, audio, tmp_path):
    wide, boxy, quick = clips
    film = timeline(
        audio,
        Shot(clip=wide, in_s=0.4, frames=24, enters="dip", entry_frames=8),
        Shot(clip=boxy, in_s=0.33, frames=24, enters="dissolve", entry_frames=10),
        Shot(clip=quick, in_s=1.0, frames=18),
        Shot(clip=wide, in_s=1.5, frames=20, enters="dip", entry_frames=6),
        overlays=(
            Overlay(text="Glass Horizon", start_s=0.3, duration_s=1.2, fade_s=0.2, size_px=40, shadow="#000000",
                    shadow_px=4, position=("center", "center")),
            Overlay(text="NOVA LUX", size_px=16, position=("left", "top"), stroke="#102030", stroke_px=2),
            Emblem(emblem="petals", size_px=40, position=(250, 20), colour="#ffcc66", shadow="#000000", shadow_px=5),
        ),
        captions=(
            Overlay(text="hold the line", start_s=1.3, duration_s=1, size_px=18, background="#101020"),
            Overlay(text="to the end", start_s=2.0, fade_s=0.3, size_px=22, position=("center", 120), stands=True),
        ),
        veils=(Veil(colour="#201040"), Veil(colour="#000000", start_s=0.3, duration_s=0.8, fade_s=0.2, centre=0.4)),
    )  # fmt: skip
    facts = [backend.render(film, tmp_path / f"{n}.mp4") for n, backend in enumerate((fast, with_moviepy))]
    for each in facts:
        assert (each.width, each.height, each.fps) == (320, 180, 30)
        assert each.duration_s == pytest.approx(film.duration_s, abs=1e-3)
        assert abs(each.duration_s - each.audio_duration_s) <= 0.040
    ours, theirs = (pictures(tmp_path / f"{n}.mp4").astype(np.float64) for n in (0, 1))
    assert len(ours) == len(theirs) == film.frames == 86
    noise = ((ours - theirs) ** 2).mean(axis=(1, 2, 3))
    assert (10 * np.log10(255**2 / noise)).min() >= 35
    for shown in (ours, theirs):
        letters = np.flatnonzero((shown[-1, 60:130] > 200).all(axis=2).any(axis=1)) + 60
        assert letters.max() in (118, 119), "it stands on its place, and is whole at the last picture"
    # A cut is a change of every pixel, and happens at the picture it is meant for.
    change = np.abs(np.diff(ours, axis=0)).mean(axis=(1, 2, 3))
    assert change.argmax() == 24 + 24 - 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.mp4", "1.mp4"]


def test_both_backends_show_drawn_shots_between_the_others(plan, visual, clips, audio, tmp_path):
    first, last = (
        Drawing(Path("drawn") / name, at, frames) for name, at, frames in (("1", 20, 30), ("3", 60, 20))
    )
    film = timeline(
        audio,
        Shot(clip=clips[0], frames=20),
        Shot(clip=first.path, frames=20, enters="dissolve", entry_frames=5),
        Shot(clip=clips[1], frames=20, enters="dissolve", entry_frames=10),
        Shot(clip=last.path, frames=20),
    )
    for number, backend in enumerate((fast, with_moviepy)):
        reel = Reel(320, 180, 30, 80, 0.0)
        # Grain is noise, of which each encoder keeps another part.
        smooth = visual.model_copy(update={"grain": 0.0})
        projector = Projector(plan, listen(audio, 0.0, 80, 30), smooth, reel, None, 3)
        drawn = {each.path: Drawn(projector, each) for each in (first, last)}
        backend.render(film, tmp_path / f"{number}.mp4", drawn=drawn)
    ours, theirs = (pictures(tmp_path / f"{n}.mp4").astype(np.float64) for n in (0, 1))
    noise = ((ours - theirs) ** 2).mean(axis=(1, 2, 3))
    # Colours as bright as drawn ones lose a little more where MoviePy takes them through RGB.
    assert (10 * np.log10(255**2 / noise)).min() >= 34
    assert np.abs(ours[25:40] - ours[79]).mean() > 3, "they are of their own places in the song"


def test_an_edit_that_turns_time_back_cannot_have_drawn_shots(plan, visual, audio, tmp_path):
    drawing = Drawing(Path("drawn/0"), 0, 20)
    projector = Projector(plan, listen(audio, 0.0, 20, 30), visual, Reel(320, 180, 30, 20, 0.0), None, 3)
    with pytest.raises(RenderError, match="edit the finished film"):
        with_moviepy.render(
            timeline(audio, Shot(clip=drawing.path, frames=20)),
            tmp_path / "film.mp4",
            drawn={drawing.path: Drawn(projector, drawing)},
            edit=lambda film: film.time_transform(lambda time_s: 0.6 - time_s, keep_duration=True),
        )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def plain(clips, audio, tmp_path_factory) -> Path:
    """Two seconds of one clip with its sound."""
    path = tmp_path_factory.mktemp("plain") / "plain.mp4"
    fast.render(timeline(audio, Shot(clip=clips[0], frames=60)), path)
    return path


def ink(before: np.ndarray, after: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what changed between two pictures."""
    changed = np.abs(after.astype(int) - before).max(axis=2) > 60
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize(
    ("position", "left", "top", "right", "bottom"),
    [
        (("left", "top"), 10, 10, None, None),
        (("right", "bottom"), None, None, 310, 170),
        ((40, 60), 40, 60, None, None),
        ((5000, 5000), None, None, 320, 180),
    ],
)
def test_a_text_is_burnt_in_where_it_belongs(plain, tmp_path, position, left, top, right, bottom):
    out = tmp_path / "text.mp4"
    with_moviepy.add_text_overlay(plain, out, Overlay(text="HELLO", position=position))
    found = ink(pictures(plain)[30], pictures(out)[30])
    for is_at, wanted in zip(found, (left, top, right, bottom), strict=True):
        assert wanted is None or abs(is_at - wanted) <= 2


def test_a_text_that_was_moved_into_the_frame_is_noted(plain, tmp_path):
    def notes(**place: object) -> tuple[str, ...]:
        text = Overlay(text="HELLO", **place)
        return with_moviepy.add_text_overlay(plain, tmp_path / "text.mp4", text).notes

    assert notes(position=(40, 160), stands=True) == ()
    for position in ((5000, 60), (40, -20)):
        assert "moved into it" in notes(position=position)[0]


def test_a_text_that_begins_after_the_end_is_refused(plain, tmp_path):
    for start_s in (2.01, float("inf")):
        with pytest.raises(UsageError, match=r"plain\.mp4 ends at 2\.00 s"):
            with_moviepy.add_text_overlay(plain, tmp_path / "a.mp4", Overlay(text="x", start_s=start_s))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", ["30000/1001", "24000/1001", "25", "12"])
@pytest.mark.parametrize("has_sound", [True, False])
def test_a_video_keeps_all_its_pictures_with_sound_or_without(fps, has_sound, tmp_path):
    """Stock clips have no sound: they were refused, under the name of a hidden file. 29.97 lost the last picture."""
    video, out = tmp_path / "stock.mp4", tmp_path / "text.mp4"
    sources = ["-f", "lavfi", "-i", f"testsrc=s=320x180:r={fps}"]
    sources += ["-f", "lavfi", "-i", "sine", "-shortest"] if has_sound else []
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *sources]
    subprocess.run([*command, "-frames:v", "60", "-pix_fmt", "yuv420p", str(video)], check=True)
    facts = with_moviepy.add_text_overlay(video, out, Overlay(text="HELLO"))
    before, after = pictures(video), pictures(out)
    assert len(after) == len(before) == 60
    assert np.abs(before[-1, :100].astype(int) - after[-1, :100]).mean() < 6, "its own last picture"
    assert facts.fps == pytest.approx(float(Fraction(fps)), abs=1e-3)
    assert facts.audio_duration_s == pytest.approx(facts.duration_s if has_sound else 0, abs=0.04)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stock.mp4", "text.mp4"]


def test_a_text_has_its_time_its_box_and_its_outline(plain, tmp_path):
    out = tmp_path / "text.mp4"
    text = Overlay(
        text="HELLO", start_s=0.5, duration_s=1.0, size_px=40, position=(100, 60), colour="#ffffff",
        background="#00ff00", background_opacity=1, stroke="#ff0000", stroke_px=4,
    )  # fmt: skip
    facts = with_moviepy.add_text_overlay(plain, out, text)
    assert facts.duration_s == pytest.approx(2, abs=0.04)
    assert abs(facts.duration_s - facts.audio_duration_s) <= 0.04
    before, after = pictures(plain), pictures(out)
    shows = np.abs(after.astype(int) - before)[:, 60:110, 100:200].mean(axis=(1, 2, 3)) > 20
    assert shows.tolist() == [15 <= frame < 45 for frame in range(60)]
    red, green, blue = after[30, 50:130, 90:260].astype(int).transpose(2, 0, 1)
    assert ((green > 180) & (red < 80)).sum() > 500, "the box"
    assert ((red > 180) & (green < 80)).sum() > 100, "the outline"
    assert ((red > 200) & (green > 200) & (blue > 200)).sum() > 100, "the letters"


def test_two_at_once_do_not_clash(plain, tmp_path):
    def burn(word: str) -> np.ndarray:
        with_moviepy.add_text_overlay(plain, tmp_path / f"{word}.mp4", Overlay(text=word, size_px=60))
        return pictures(tmp_path / f"{word}.mp4")[30]

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(burn, ("AAAA", "BB"))
    assert np.abs(one.astype(int) - other).max() > 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["AAAA.mp4", "BB.mp4"]


def test_any_edit_that_moviepy_knows(plain, tmp_path):
    from moviepy import vfx

    out = tmp_path / "mirrored.mp4"
    text = Overlay(text="HELLO", position=("left", "top"))
    with_moviepy.add_text_overlay(plain, out, text, edit=lambda film: film.with_effects([vfx.MirrorX()]))
    left, _, right, _ = ink(pictures(plain)[30][:, ::-1], pictures(out)[30])
    assert left > 160
    assert right == pytest.approx(310, abs=2)
    with pytest.raises(RenderError, match=r"MoviePy could not make mirrored\.mp4: .*no such thing"):
        with_moviepy.add_text_overlay(plain, out, text, edit=lambda _film: int("no such thing"))


def test_a_film_that_cannot_be_made_leaves_nothing(clips, audio, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(clips[0].read_bytes()[:3000])
    out = tmp_path / "films" / "film.mp4"
    for shot, words in (
        (Shot(clip=broken, frames=10), "cannot be read"),
        (Shot(clip=tmp_path / "none.mp4", frames=10), "cannot be read"),
        (Shot(clip=clips[0], in_s=2.0, frames=90), "ends too soon"),
        (Shot(clip=clips[0], in_s=9.0, frames=10), "shows nothing"),
    ):
        with pytest.raises(RenderError, match=words):
            fast.render(timeline(audio, shot), out)
    late = timeline(audio, Shot(clip=clips[0], frames=60))
    late = late.model_copy(update={"soundtrack": Soundtrack(audio=audio, start_s=9)})
    with pytest.raises(RenderError, match="sound"):
        fast.render(late, out)
    with pytest.raises(UsageError, match="there is no video"):
        with_moviepy.add_text_overlay(tmp_path / "none.mp4", out, Overlay(text="x"))
    assert list(out.parent.iterdir()) == []


def test_a_film_never_takes_the_place_of_what_it_is_made_of(clips, audio, plain, tmp_path):
    """MoviePy read a text's video to its end and then put the new one in its place; a clip was lost the same way."""
    clip, sound, link = tmp_path / "clip.mp4", tmp_path / "song.wav", tmp_path / "link.mp4"
    clip.write_bytes(plain.read_bytes())
    sound.write_bytes(audio.read_bytes())
    link.symlink_to(clip)
    film = timeline(sound, Shot(clip=clips[0], frames=10), Shot(clip=clip, frames=10))
    for out in (clip, link, sound):
        for backend in (fast, with_moviepy):
            with pytest.raises(UsageError, match="what the film is made of"):
                backend.render(film, out)
    for out in (clip, link):
        with pytest.raises(UsageError, match="what the film is made of"):
            with_moviepy.add_text_overlay(clip, out, Overlay(text="x"))
    assert (clip.read_bytes(), sound.read_bytes()) == (plain.read_bytes(), audio.read_bytes())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "link.mp4", "song.wav"]


def test_a_clip_that_ends_a_moment_early_holds_its_last_picture(film_clip, audio, tmp_path):
    short = film_clip("short", seconds=1)
    fast.render(timeline(audio, Shot(clip=short, frames=40)), tmp_path / "film.mp4")
    shown = pictures(tmp_path / "film.mp4").astype(int)
    assert len(shown) == 40
    assert np.abs(shown[31] - shown[39]).mean() < 3


@pytest.mark.parametrize(
    "changes",
    [
        {"enters": "cut", "entry_frames": 3},
        {"enters": "dissolve", "entry_frames": 0},
        {"enters": "dip", "entry_frames": 99},
        {"enters": "dissolve", "entry_frames": 3},
        {"frames": 0},
        {"in_s": -1},
    ],
)
def test_what_cannot_be_shown_is_no_timeline(audio, changes):
    with pytest.raises(ValidationError):
        timeline(audio, Shot(clip=Path("a.mp4"), **{"frames": 10} | changes))
