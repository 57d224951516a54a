"""Waveforms: what a recording looks like, measured once a file in a thread and kept."""

import asyncio
from collections import OrderedDict
from pathlib import Path

from storage.assets import AssetStore
from storage.errors import NotFoundError

Peaks = tuple[float, ...]
"""Loudness of equal parts of a recording, 0 to 1."""

BARS = 160
KEPT = 512
BLOCK_FRAMES = 1 << 16


class Waveforms:
    """Peaks by content address: a file never changes, so neither does its picture."""

    def __init__(self, assets: AssetStore) -> None:
        self._assets = assets
        self._known: OrderedDict[str, asyncio.Task[Peaks]] = OrderedDict()

    async def of(self, sha256: str) -> Peaks:
        """A recording's peaks; none where its file is gone."""
        task = self._known.get(sha256)
        if task is None or (task.done() and not task.cancelled() and task.exception() is not None):
            task = asyncio.create_task(asyncio.to_thread(self._measure, sha256))
            self._known[sha256] = task
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(sha256)
        try:
            # A page that is closed must not take the measurement from the others.
            return await asyncio.shield(task)
        except NotFoundError:
            return ()

    def _measure(self, sha256: str) -> Peaks:
        return peaks_of(self._assets.fetch(sha256))


def peaks_of(path: Path, bars: int = BARS) -> Peaks:
    """Loudness of `bars` equal parts, each by its root mean square, the loudest at 1."""
    import numpy as np
    import soundfile

    with soundfile.SoundFile(path) as recording:
        part = max(1, recording.frames // bars)
        power, frames = np.zeros(bars), np.zeros(bars)
        at = 0
        for block in recording.blocks(blocksize=BLOCK_FRAMES, dtype="float32", always_2d=True):
            index = np.minimum((at + np.arange(len(block))) // part, bars - 1)
            power += np.bincount(index, weights=(block**2).mean(axis=1), minlength=bars)
            frames += np.bincount(index, minlength=bars)
            at += len(block)
    loudness = np.sqrt(power / np.maximum(frames, 1))
    # The ear hears quiet parts louder than their amplitude: the root keeps them visible.
    shown = np.sqrt(loudness / max(float(loudness.max()), 1e-9))
    return tuple(round(float(value), 3) for value in shown)
