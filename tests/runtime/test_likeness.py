"""Two files that ought to be the same: what is still the same, what is within tolerance, and what is not."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from runtime.likeness import SAME, Finding, Likeness, by_another, compare, differs, left_out, worst

RATE_HZ = 8_000
TONE = 0.5 * np.sin(np.arange(RATE_HZ) * 0.3)[:, None].repeat(2, axis=1)


def sound(path: Path, samples: np.ndarray) -> Path:
    soundfile.write(path, samples, RATE_HZ, subtype="PCM_24", format="WAV")
    return path


def picture(path: Path, shift: float = 0.0, size: int = 64) -> Path:
    ramp = np.linspace(40, 200, size)[None, :, None].repeat(size, axis=0).repeat(3, axis=2)
    Image.fromarray((ramp + shift).astype("uint8")).save(path, format="PNG")
    return path


def film(path: Path, pictures: int = 5, shift: int = 0) -> Path:
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=5)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for number in range(pictures):
            shade = np.full((64, 64, 3), 40 + 20 * number + shift, dtype="uint8")
            out.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
        out.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("louder_by", "likeness"),
    [(0.0, Likeness.SAME), (3e-5, Likeness.WITHIN_TOLERANCE), (1e-3, Likeness.DIFFERS)],
)
def test_sound_is_compared_by_its_samples(tmp_path: Path, louder_by: float, likeness: Likeness):
    before, now = sound(tmp_path / "a", TONE), sound(tmp_path / "b", TONE + louder_by)
    assert compare("wav", "audio/wav", before, now).likeness is likeness


def test_a_longer_sound_is_another(tmp_path: Path):
    before, now = sound(tmp_path / "a", TONE), sound(tmp_path / "b", TONE[:-1])
    told = compare("wav", "audio/wav", before, now)
    assert told == differs("wav was 8000 samples at 8000 Hz and is 7999 at 8000 Hz")


def test_a_difference_names_an_engine_that_is_another_by_now():
    told = by_another(differs("wav differs by -20 dBFS"), "labelmate-engine/3", "labelmate-engine/4")
    assert told == differs("wav differs by -20 dBFS (made by labelmate-engine/3, here is labelmate-engine/4)")
    assert by_another(differs("cut"), "a/1", "a/1") == differs("cut")
    assert by_another(SAME, "a/1", "a/2") == SAME


@pytest.mark.parametrize(("shift", "likeness"), [(1, Likeness.WITHIN_TOLERANCE), (20, Likeness.DIFFERS)])
def test_pictures_are_compared_by_their_pixels(tmp_path: Path, shift: float, likeness: Likeness):
    before, now = picture(tmp_path / "a"), picture(tmp_path / "b", shift)
    assert compare("cover", "image/png", before, now).likeness is likeness
    assert compare("cover", "image/png", before, picture(tmp_path / "c", size=32)).what == "cover was 64x64 and is 32x32"  # fmt: skip


def test_films_are_compared_picture_by_picture(tmp_path: Path):
    before = film(tmp_path / "a")
    assert compare("video", "video/mp4", before, film(tmp_path / "b", shift=1)).likeness is Likeness.WITHIN_TOLERANCE  # fmt: skip
    assert compare("video", "video/mp4", before, film(tmp_path / "c", shift=30)).likeness is Likeness.DIFFERS
    assert compare("video", "video/mp4", before, film(tmp_path / "d", 6)) == differs("video is longer than it was")  # fmt: skip
    assert compare("video", "video/mp4", before, film(tmp_path / "e", 4)) == differs("video is shorter than it was")  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "likeness"),
    [
        ({"tempo_bpm": 120.4, "key": "C"}, Likeness.WITHIN_TOLERANCE),
        ({"tempo_bpm": 125.0, "key": "C"}, Likeness.DIFFERS),
        ({"tempo_bpm": 120.0, "key": "D"}, Likeness.DIFFERS),
    ],
)
def test_measures_may_differ_by_a_hair(tmp_path: Path, facts: dict[str, object], likeness: Likeness):
    before, now = tmp_path / "a", tmp_path / "b"
    before.write_text(json.dumps({"tempo_bpm": 120.0, "key": "C"}))
    now.write_text(json.dumps(facts))
    assert compare("facts", "application/json", before, now).likeness is likeness
    assert compare("plan", "application/json", before, now) == differs("plan has other bytes")


def test_the_gravest_finding_speaks_for_all():
    near = Finding(likeness=Likeness.WITHIN_TOLERANCE, what="near")
    assert worst([SAME, near, differs("far"), left_out("gone"), differs("off")]) == differs("far; off")
    assert worst([SAME, near]) == near
    assert worst([]) == SAME
