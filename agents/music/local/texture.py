"""The air around a recording: vinyl crackle or a breath of room noise."""

import numpy as np
from numpy.typing import NDArray

from agents.music.local.filters import apply, bandpass, highpass, lowpass
from storage.clock import sub_seed
from storage.types import SongPlan

LOOP_S = 5.0
LEVEL_DB = {"vinyl": -50.0, "air": -52.0}


def lay_texture(mix: NDArray[np.float32], kind: str, seed: int, plan: SongPlan, sample_rate_hz: int) -> None:
    """Add a genre's texture to a mix, in place, from the first bar to the last; `none` adds nothing."""
    if kind == "none":
        return
    rng = np.random.default_rng(sub_seed(seed, "texture"))
    count = int(LOOP_S * sample_rate_hz)
    noise = rng.standard_normal((2, count), np.float32)
    if kind == "vinyl":
        loop = 0.3 * apply(noise, highpass(500, sample_rate_hz), lowpass(5000, sample_rate_hz))
        clicks = np.zeros((2, count), np.float32)
        for at in rng.integers(0, count - 1, 55):
            clicks[:, at] += rng.normal(0, 30, 2).astype(np.float32)
        loop += apply(clicks, bandpass(min(2600, 0.3 * sample_rate_hz), sample_rate_hz, 1.2))
    else:
        loop = apply(noise, bandpass(1800, sample_rate_hz, 0.5), highpass(400, sample_rate_hz))
    loop *= np.float32(10 ** (LEVEL_DB[kind] / 20) / np.sqrt(np.mean(loop * loop)))
    end = min(mix.shape[1], int(plan.sections[-1].end_s * sample_rate_hz))
    for start in range(0, end, count):
        stop = min(end, start + count)
        mix[:, start:stop] += loop[:, : stop - start]
