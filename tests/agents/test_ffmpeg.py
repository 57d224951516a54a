"""Feeding ffmpeg: what is lent arrives as it was, though it is drawn over right after."""

from itertools import cycle

import numpy as np
import pytest

from agents.ffmpeg import Feed


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
