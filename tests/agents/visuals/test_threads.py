"""Every render keeps OpenCV on one thread, and the process has its own number again when the last one ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest

from agents.painter import film
from agents.visuals.editing import fast
from agents.visuals.threads import one_thread
from agents.visuals.timeline import Shot, Soundtrack, Timeline

MANY = 3


@pytest.fixture(autouse=True)
def many() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(MANY)
    yield
    cv2.setNumThreads(before)


def test_of_renders_at_once_the_last_one_gives_the_threads_back():
    first, second = one_thread(), one_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert cv2.getNumThreads() == 1, "one still renders"
    second.__exit__(None, None, None)
    assert cv2.getNumThreads() == MANY
    with pytest.raises(RuntimeError), one_thread():
        raise RuntimeError
    assert cv2.getNumThreads() == MANY


@pytest.mark.parametrize("kind", ["drawn", "footage"])
def test_films_of_either_kind_are_made_on_one_thread(kind, plan, audio, visual, clips, tmp_path: Path):
    seen: list[int] = []

    def look(share: float) -> None:
        seen.append(cv2.getNumThreads())

    out, size = tmp_path / "film.mp4", {"width": 160, "height": 90, "fps": 10}
    shot = Shot(clip=clips[0], frames=10)
    footage = Timeline(**size, shots=(shot,), soundtrack=Soundtrack(audio=audio))
    made: dict[str, Callable[[], object]] = {
        "drawn": lambda: film(
            plan, audio, visual, out, **size, seed=3, end_s=1.0, preset="ultrafast", progress=look
        ),
        "footage": lambda: fast.render(footage, out, preset="ultrafast", progress=look),
    }
    made[kind]()
    assert set(seen) == {1}
    assert cv2.getNumThreads() == MANY
