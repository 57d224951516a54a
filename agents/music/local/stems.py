"""Playing the score: each distinct tone is made once, each distinct note cut from it, placed wherever it is struck, and dropped."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from agents.music.local.desk import DRUM_LEVELS, DRUM_PANS, Strip
from agents.music.local.envelopes import close
from agents.music.local.filters import Equaliser
from agents.music.local.percussion import DrumKit
from agents.music.local.voices import Sound, Voice
from storage.types import Hit, Note

Stereo = NDArray[np.float32]
ECHOES = ((1, 1.0), (2, 0.45), (3, 0.2))
"""Which echo, and its level beside the first."""


def place(stem: Stereo, sound: NDArray[np.float32], at: int, left: float, right: float) -> None:
    """Add a sound of one or two channels, or a plain row of samples, to the stem at a sample, cut at the stem's end."""
    count = min(sound.shape[-1], stem.shape[1] - at)
    if count <= 0:
        return
    first, second = (sound, sound) if sound.ndim == 1 else (sound[0], sound[-1])
    stem[0, at : at + count] += first[:count] * np.float32(left)
    stem[1, at : at + count] += second[:count] * np.float32(right)


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gains of equal power, 1 and 1 at the middle."""
    angle = (pan + 1) * math.pi / 4
    return math.cos(angle) * math.sqrt(2), math.sin(angle) * math.sqrt(2)


def play_part(
    stem: Stereo,
    notes: Iterable[Note],
    voice: Voice,
    strip: Strip,
    *,
    step_s: float,
    brightness_at: Callable[[float], float],
    sample_rate_hz: int,
) -> None:
    """Play one pitched part into an empty stem, float32 (2, samples).

    Lengths are rounded to half sixteenths and brightness to eighths, so that alike notes are one.
    """
    alike: dict[tuple[int, int], dict[int, list[tuple[int, Note]]]] = {}
    for index, note in enumerate(notes):
        half_steps = max(1, round(2 * note.duration_s / step_s))
        eighths = round(8 * brightness_at(note.start_s) + 2.4 * (note.velocity - 0.7))
        lengths = alike.setdefault((note.pitch, max(0, min(8, eighths))), {})
        lengths.setdefault(half_steps, []).append((index, note))
    equaliser = strip.equaliser(sample_rate_hz)
    for (pitch, eighths), lengths in alike.items():
        lengths_s = [half_steps * step_s / 2 for half_steps in lengths]
        sounds = play_notes(voice, pitch, lengths_s, eighths / 8, equaliser, sample_rate_hz)
        for sound, group in zip(sounds, lengths.values(), strict=True):
            for index, note in group:
                _place_with_echoes(stem, sound, note, index, strip, step_s, sample_rate_hz)


def play_notes(
    voice: Voice,
    pitch: int,
    lengths_s: Sequence[float],
    brightness: float,
    equaliser: Equaliser,
    sample_rate_hz: int,
) -> Iterator[Sound]:
    """One note for each length, all cut from one tone."""
    tone = voice.tone(pitch, max(lengths_s), brightness, equaliser, sample_rate_hz)
    for held_s in lengths_s:
        yield close(voice.note(tone, held_s, brightness, equaliser, sample_rate_hz), sample_rate_hz)


def _place_with_echoes(
    stem: Stereo, sound: Sound, note: Note, index: int, strip: Strip, step_s: float, sample_rate_hz: int
) -> None:
    pan = max(-1.0, min(1.0, strip.pan + strip.spread * math.sin(2.4 * index)))
    left, right = pan_gains(pan)
    gain = note.velocity**1.5
    at = int(note.start_s * sample_rate_hz)
    place(stem, sound, at, gain * left, gain * right)
    if strip.echo:
        for number, level in ECHOES:
            near, far = (1.25, 0.45) if number % 2 else (0.45, 1.25)
            echo = gain * strip.echo * level
            place(stem, sound, at + int(number * 3 * step_s * sample_rate_hz), echo * near, echo * far)


def play_drums(stem: Stereo, hits: Iterable[Hit], kit: DrumKit, sample_rate_hz: int) -> None:
    """Play drum hits into an empty stem, each sound's takes in turn."""
    turns: dict[str, int] = {}
    for hit in hits:
        take = turns[hit.sound] = turns.get(hit.sound, -1) + 1
        gain = hit.velocity * DRUM_LEVELS.get(hit.sound, 0.4)
        left, right = pan_gains(DRUM_PANS.get(hit.sound, 0.0))
        place(stem, kit.sound(hit.sound, take), int(hit.start_s * sample_rate_hz), gain * left, gain * right)
