"""Marks for doing what the brief asked: its tempo and its key."""

from agents.music.analysis import AudioFacts
from agents.music.review.mark import Mark, mark, near, within
from agents.music.theory import SCALES, pitch_class, scale_of
from storage.types import Brief, Severity, SongPlan

OCTAVES = (0.5, 1.0, 2.0)
FEWEST_CHORDS = 6
"""It takes so many to hear which note of a scale is home; of fewer, only the scale is judged."""
LOOSE_OCTAVES = (2 / 3, 3 / 4, 4 / 3, 3 / 2)
"""Other levels of the same metre an ear, or a meter, may lock onto."""


def mark_obedience(brief: Brief, plan: SongPlan, facts: AudioFacts) -> list[Mark]:
    """Marks for tempo and key."""
    has_few_chords = 0 < len(plan.chords) < FEWEST_CHORDS
    return [_tempo(brief, facts), _scale(brief, facts) if has_few_chords else _key(brief, facts)]


def _tempo(brief: Brief, facts: AudioFacts) -> Mark:
    target = f"{brief.tempo_bpm:g} BPM or its octave"
    if facts.tempo_confidence < 0.2 or not facts.tempo_bpm:
        return mark(
            "tempo_bpm",
            facts.tempo_bpm,
            0.8,
            target=target,
            text="No pulse is clear enough to measure the tempo.",
            weight=0.5,
            worst=Severity.MINOR,
        )
    strict = min(OCTAVES, key=lambda octave: abs(facts.tempo_bpm / (brief.tempo_bpm * octave) - 1))
    error = abs(facts.tempo_bpm / (brief.tempo_bpm * strict) - 1)
    quality = within(error, 0, 0.01, 0.04)
    text = f"The tempo measures {facts.tempo_bpm:.1f} BPM."
    if strict != 1.0 and quality > 0.5:
        text = (
            f"The tempo measures {facts.tempo_bpm:.1f} BPM, an octave of the {brief.tempo_bpm:g} asked for."
        )
    elif any(abs(facts.tempo_bpm / (brief.tempo_bpm * octave) - 1) < 0.01 for octave in LOOSE_OCTAVES):
        quality = max(quality, 0.76)
        text = f"The tempo measures {facts.tempo_bpm:.1f} BPM, a cross-rhythm of the {brief.tempo_bpm:g} asked for."
    return mark("tempo_bpm", facts.tempo_bpm, quality, target=target, text=text, weight=1.5)


def _key(brief: Brief, facts: AudioFacts) -> Mark:
    fit = key_fit(brief.key, brief.mode, facts.pitch_classes)
    quality = near(fit, 1.0, 0.95, 1.0, 0.3)
    if scale_fit(brief.key, brief.mode, facts.pitch_classes) > 0.985:
        # All the notes are the key's own and only another of them weighs most: a doubt, not a wrong key.
        quality = max(quality, 0.55)
    heard = facts.key_candidates[0] if facts.key_candidates else "no key"
    return mark(
        "key_fit",
        fit,
        quality,
        target=f"{brief.key} {brief.mode}",
        text=f"What sounds fits {brief.key} {brief.mode} by {max(0.0, fit):.0%}; it is heard as {heard}.",
        weight=2.0,
    )


def _scale(brief: Brief, facts: AudioFacts) -> Mark:
    fit = scale_fit(brief.key, brief.mode, facts.pitch_classes)
    return mark(
        "scale_fit",
        fit,
        within(fit, 0.9, 1.0, 0.25),
        target=f"the notes of {brief.key} {brief.mode}",
        text=f"The chords are too few to tell the key; the notes fit {brief.key} {brief.mode} by {max(0.0, fit):.0%}.",
    )


def key_fit(key: str, mode: str, pitch_classes: tuple[float, ...]) -> float:
    """How well a key's profile fits what sounds, beside the best of all keys; 1 is best, 0 or less is another key.

    Keys that share their notes differ by the weight of the tonic alone, so a relative key still fits fairly.
    """
    from agents.music.listening.tonality import profile_fit

    best = max(profile_fit(pitch_classes, tonic, name) for tonic in range(12) for name in SCALES)
    return profile_fit(pitch_classes, pitch_class(key), mode) / best if best > 0 else 0.0


def scale_fit(key: str, mode: str, pitch_classes: tuple[float, ...]) -> float:
    """How much of what sounds lies in a key's scale, beside the best of its twelve transpositions; 1 is best."""
    floor = 0.7 * min(pitch_classes)
    steps = {pitch_class(key) + step for step in scale_of(mode)}
    held = [
        sum(
            share - floor
            for pc, share in enumerate(pitch_classes)
            if any((pc - shift - s) % 12 == 0 for s in steps)
        )
        for shift in range(12)
    ]
    return held[0] / max(held) if max(held) > 0 else 0.0
