"""The sound of a song as a picture: its sections, its waveform and its spectrogram, with axes."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.visuals.colour import ramp, srgb
from agents.visuals.typefaces import Typeface, load_font
from configs.palettes import Palette
from storage.types import SongPlan

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, WAVE_TALL, SOUND_TALL = 1_200, 120, 330
HEAD, FOOT, MARGIN = 28, 52, 56
"""Pixels above the waveform for the sections, below the spectrogram for time and caption, and at its left for pitch."""
LOWEST_HZ, HIGHEST_HZ, DEEPEST_DB = 40.0, 16_000.0, -60.0
TILT_DB = 2.0
"""Highs carry less energy: each octave is lifted by so much, as analysers do."""
MARKS_HZ = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
TICKS_S = (2, 5, 10, 20, 30, 60)
MOST_TICKS = 14
FRAME = 4096


def draw_soundprint(
    plan: SongPlan, stereo: NDArray[np.float32], sample_rate_hz: int, palette: Palette
) -> "Image":
    """A song as 1256 × 530 pixels: float32 (2, samples) in [−1, 1], drawn in an artist's colours."""
    from PIL import Image, ImageDraw

    mono = stereo.mean(axis=0)
    ground, paper, body = srgb(palette.ground), srgb(palette.paper), srgb(palette.body)
    image = Image.new("RGB", (MARGIN + WIDTH, HEAD + WAVE_TALL + SOUND_TALL + FOOT), ground)
    pen = ImageDraw.Draw(image)
    font, small = load_font(Typeface("Inter", 500), 15), load_font(Typeface("Inter", 500), 12)
    middle, foot = HEAD + WAVE_TALL / 2, HEAD + WAVE_TALL + SOUND_TALL
    for x, column in enumerate(np.array_split(mono, WIDTH)):
        high, low = (middle - float(edge) * WAVE_TALL / 2 for edge in (column.max(), column.min()))
        pen.line([(MARGIN + x, high), (MARGIN + x, low)], fill=srgb(palette.glow))
    highest_hz = min(HIGHEST_HZ, 0.5 * sample_rate_hz)
    table = ramp(palette.ramp, 256)
    image.paste(
        Image.fromarray(table[spectrogram(mono, sample_rate_hz, highest_hz)]), (MARGIN, HEAD + WAVE_TALL)
    )
    for hz in (hz for hz in MARKS_HZ if hz < highest_hz):
        y = foot - SOUND_TALL * np.log(hz / LOWEST_HZ) / np.log(highest_hz / LOWEST_HZ)
        pen.line([(MARGIN - 5, y), (MARGIN, y)], fill=paper)
        name = f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"
        pen.text((MARGIN - 8, y), name, font=small, fill=paper, anchor="rm")
    duration_s = len(mono) / sample_rate_hz
    step_s = next((s for s in TICKS_S if duration_s / s <= MOST_TICKS), TICKS_S[-1])
    for second in range(0, int(duration_s) + 1, step_s):
        x = MARGIN + second / duration_s * WIDTH
        pen.line([(x, foot), (x, foot + 5)], fill=paper)
        at_edge = "r" if x > MARGIN + WIDTH - 16 else "m"
        pen.text(
            (x, foot + 8), f"{second // 60}:{second % 60:02d}", font=small, fill=paper, anchor=f"{at_edge}t"
        )
    for section in plan.sections:
        x = MARGIN + section.start_s / duration_s * WIDTH
        pen.line([(x, 0), (x, HEAD + WAVE_TALL)], fill=body)
        room = (section.end_s - section.start_s) / duration_s * WIDTH - 8
        name = section.name
        while name and font.getlength(name) > room:
            name = name[:-1]
        pen.text((x + 5, 5), name, font=font, fill=paper)
    what = (
        f"“{plan.title}” by {plan.artist_name}: {plan.genre}, {plan.tempo_bpm:g} BPM, {plan.key} {plan.mode}"
    )
    pen.text((MARGIN, foot + 28), what, font=font, fill=paper)
    return image


def spectrogram(mono: NDArray[np.float32], sample_rate_hz: int, highest_hz: float) -> NDArray[np.uint8]:
    """Loudness 0–255 over time and the logarithm of frequency: (SOUND_TALL, WIDTH), lows at the foot."""
    from agents.music.listening.spectrogram import magnitudes

    bins = np.geomspace(LOWEST_HZ, highest_hz, SOUND_TALL)[::-1] * FRAME / sample_rate_hz
    chunks = magnitudes(mono, FRAME, max(1, len(mono) // (2 * WIDTH)))
    # Below a few bins' width rows repeat; straight lines between bins are honest there too.
    low = np.minimum(np.floor(bins).astype(int), FRAME // 2 - 1)
    share = (bins - low).astype(np.float32)
    rows = np.concatenate([chunk[:, low] * (1 - share) + chunk[:, low + 1] * share for chunk in chunks])
    edges = np.minimum(np.arange(WIDTH + 1) * len(rows) // WIDTH, len(rows) - 1)
    columns = np.stack([rows[a : max(a + 1, b)].mean(axis=0) for a, b in pairwise(edges)], axis=1)
    tilt_db = TILT_DB * np.log2(bins / bins.min())[:, None]
    level_db = 20 * np.log10(columns / max(float(columns.max()), 1e-9) + 1e-9) + tilt_db
    level = np.clip((level_db - level_db.max() - DEEPEST_DB) / -DEEPEST_DB, 0, 1)
    return np.rint(255 * level).astype(np.uint8)
