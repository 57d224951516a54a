"""Feeding ffmpeg: what is lent arrives as it was, though it is drawn over right after."""

from itertools import cycle
from pathlib import Path

import numpy as np
import pytest

from agents.ffmpeg import Feed
from storage.errors import RenderError


@pytest.mark.parametrize("size", [(64, 48), (640, 360), (1280, 1024)], ids=["small", "below-a-pipe", "above"])
@pytest.mark.parametrize("can_lend", [True, False])
def test_lent_pictures_arrive_whole_from_two_buffers_in_turn(size, can_lend, tmp_path, monkeypatch):
    out, count = tmp_path / "out.raw", 24
    how = f"-nostdin -y -loglevel error -f rawvideo -pix_fmt gray -s {size[0]}x{size[1]} -i pipe:0"
    buffers = cycle([np.zeros(size[0] * size[1], np.uint8) for _ in range(2)])
    with Feed([*how.split(), "-f", "rawvideo", str(out)], "pictures") as feed:
        if not can_lend:
            monkeypatch.setattr(feed, "_lends", False)
        for number in range(count):
            buffer = next(buffers)
            buffer[:] = number
            feed.lend(buffer.data)
    arrived = np.frombuffer(out.read_bytes(), np.uint8).reshape(count, -1)
    assert (arrived == np.arange(count, dtype=np.uint8)[:, None]).all()


def test_a_system_that_refuses_to_lend_is_written_to(tmp_path, monkeypatch):
    out, side = tmp_path / "out.raw", 1200
    monkeypatch.setattr("agents.ffmpeg._LIBC.vmsplice", lambda *_: -1, raising=False)
    how = f"-nostdin -y -loglevel error -f rawvideo -pix_fmt gray -s {side}x{side} -i pipe:0"
    picture = np.arange(side * side, dtype=np.uint8)
    with Feed([*how.split(), "-f", "rawvideo", str(out)], "pictures") as feed:
        for _ in range(3):
            feed.lend(picture.data)
    assert out.read_bytes() == 3 * picture.tobytes()


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        ("exec 0<&-; exec sleep 60", "did not end within 0.5 s"),
        ("kill -9 $$", "was ended by SIGKILL"),
        ("kill -40 $$", "was ended by signal 40"),
        ("echo no such codec >&2; exit 8", r"stopped \(8\): no such codec"),
        ("exit 0", r"stopped \(0\)"),
    ],
)
def test_an_encoder_that_reads_no_more_is_an_error_that_says_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, told: str
):
    """One that lived on for ten seconds was an internal error, and a killed one had "said nothing"."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{ends}\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    monkeypatch.setattr("agents.ffmpeg.DYING_S", 0.5)
    feed = Feed([], "film")

    def film() -> None:
        with feed:
            for give in (feed.write, feed.lend):
                give(np.zeros(4 << 20, np.uint8).data)

    with pytest.raises(RenderError, match=f"the film encoder {told}"):
        film()
    assert feed._process.returncode is not None


def test_an_encoder_that_never_ends_is_killed_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\ncat > /dev/null; exec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    monkeypatch.setattr("agents.ffmpeg.LAST_S", 0.5)
    with pytest.raises(RenderError, match="did not end within"), Feed([], "film") as feed:
        feed.write(np.zeros(100, np.uint8).data)
