"""With two threads x264 made another film of the same pictures each time, once they pressed on the ceiling of the rate."""

from pathlib import Path

import numpy as np
import soundfile

from agents.visuals.encode import Encoder, Reel


def test_the_same_pictures_make_the_same_file(tmp_path: Path):
    sound = tmp_path / "sound.wav"
    soundfile.write(sound, np.zeros(16_000 * 3), 16_000)
    reel = Reel(width=320, height=180, fps=30, frames=90, start_s=0.0)
    pictures = np.random.default_rng(1).integers(0, 255, (reel.frames, 320 * 180 * 3 // 2), np.uint8)
    films = [tmp_path / f"{number}.mp4" for number in range(3)]
    for film in films:
        with Encoder(reel, sound, film, "veryfast") as encoder:
            for picture in pictures:
                encoder.write(memoryview(picture.tobytes()))
    assert len({film.read_bytes() for film in films}) == 1
