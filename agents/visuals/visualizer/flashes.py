"""Counting flashes as WCAG 2.3.1 does, on a coarse grid of the picture."""

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = 8
SAMPLED = (GRID * 8, GRID * 12)
"""About as many rows and columns of the picture are looked at."""
THRESHOLD = 0.10
"""A change of relative luminance that counts, where the darker side is below 0.8."""
AREA = 0.25
"""Share of the picture that must flash."""
LIGHT = np.clip((np.arange(256) - 16) / 219, 0, 1) ** 2.4
"""Relative luminance of each luma of the limited range."""


class FlashMeter:
    """Sees every frame's luma; a flash is a pair of opposing changes of luminance in a quarter of the picture."""

    def __init__(self, fps: int) -> None:
        self._fps = fps
        self._seen: list[NDArray[np.uint8]] = []

    def see(self, luma: NDArray[np.uint8]) -> None:
        """Takes the next frame's Y plane (limited range)."""
        rows, columns = (max(1, side // cells) for side, cells in zip(luma.shape, SAMPLED, strict=True))
        sampled = np.ascontiguousarray(luma[rows // 2 :: rows, columns // 2 :: columns])
        small = cv2.resize(sampled, (GRID, GRID), interpolation=cv2.INTER_AREA)
        self._seen.append(np.asarray(small, dtype=np.uint8).ravel())

    def per_second(self) -> float:
        """The most flashes in any second that at least a quarter of the picture took part in."""
        if not self._seen:
            return 0.0
        turns = np.cumsum(np.pad(self._turns().astype(int), ((1, 0), (0, 0))), axis=0)
        window = min(self._fps, len(turns) - 1)
        per_cell = (turns[window:] - turns[:-window]) // 2
        return float(np.quantile(per_cell, 1 - AREA, axis=1, method="higher").max())

    def _turns(self) -> NDArray[np.bool_]:
        """Where the luminance of a cell turned far enough to count: (frames, cells)."""
        lights = LIGHT[np.stack(self._seen)]
        extreme, direction = lights[0], np.zeros(GRID * GRID)
        turns = np.empty(lights.shape, dtype=bool)
        for light, counts in zip(lights, turns, strict=True):
            change = light - extreme
            way = np.sign(change)
            along = way == direction
            counts[:] = (np.abs(change) >= THRESHOLD) & (np.minimum(light, extreme) < 0.8) & ~along
            direction = np.where(counts, way, direction)
            extreme = np.where(counts | (along & (change != 0)), light, extreme)
        return turns
