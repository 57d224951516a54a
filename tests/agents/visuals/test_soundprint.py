"""The picture of a sound shows what sounds, where it sounds."""

import numpy as np
import pytest

from agents.visuals.colour import find_palette, srgb
from agents.visuals.soundprint import FOOT, HEAD, MARGIN, SOUND_TALL, WAVE_TALL, draw_soundprint, spectrogram
from configs.palettes import load_palettes
from tests.agents.music.songs import brief_of, form_of, written

RATE = 22_050
PALETTE = find_palette(next(iter(load_palettes())))


@pytest.mark.parametrize("hz", [80, 400, 3_000])
def test_a_tone_is_a_line_at_its_pitch(hz):
    tone = np.sin(2 * np.pi * hz * np.arange(3 * RATE) / RATE).astype(np.float32)
    levels = spectrogram(tone, RATE, 11_025.0)
    row = int(np.argmax(levels.mean(axis=1)))
    assert 40 * (11_025 / 40) ** (1 - row / SOUND_TALL) == pytest.approx(hz, rel=0.12)
    assert levels[row].min() > 200


def test_silence_and_sound_are_told_apart_and_sections_stand_at_their_times():
    _, plan = written(brief_of("house", form=form_of("verse4 drop4")))
    samples = np.zeros((2, int(plan.duration_s * RATE)), np.float32)
    half = samples.shape[1] // 2
    samples[:, half:] = 0.5 * np.random.default_rng(1).standard_normal(samples.shape[1] - half)
    image = np.asarray(draw_soundprint(plan, samples, RATE, PALETTE))
    assert image.shape[0] == HEAD + WAVE_TALL + SOUND_TALL + FOOT
    wave = image[HEAD + 5 : HEAD + WAVE_TALL // 2 - 10, MARGIN:]
    glows = (wave == np.array(srgb(PALETTE.glow))).all(axis=2).mean(axis=0)
    assert glows[: len(glows) // 2 - 5].max() == 0
    assert glows[len(glows) // 2 + 5 :].mean() > 0.3
    edge = MARGIN + plan.sections[1].start_s / plan.duration_s * (image.shape[1] - MARGIN)
    assert (image[5, round(edge) - 2 : round(edge) + 3] == np.array(srgb(PALETTE.body))).all(axis=1).any()


def test_silence_alone_can_be_drawn():
    _, plan = written(brief_of("house", form=form_of("verse4 drop4")))
    assert draw_soundprint(plan, np.zeros((2, RATE), np.float32), RATE, PALETTE).width > 1_000
