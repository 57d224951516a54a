"""How many threads a render takes: one, for workers are counted by cores."""

import contextlib
from collections.abc import Iterator
from threading import Lock

import cv2

_lock = Lock()
_before: list[int] = []
"""OpenCV's own number, once for each render that is under way."""


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """OpenCV on the calling thread alone. Its setting is the process's: of renders at once, the last one restores it."""
    with _lock:
        _before.append(_before[0] if _before else cv2.getNumThreads())
        cv2.setNumThreads(1)
    try:
        yield
    finally:
        with _lock:
            threads = _before.pop()
            if not _before:
                cv2.setNumThreads(threads)
