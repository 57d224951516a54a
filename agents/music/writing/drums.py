"""The drums: the genre's groove at the brief's density, with ghosts, rolls, fills, crashes and risers at the edges."""

import random

from agents.music.writing.arrangement import Section
from agents.music.writing.pulse import STEPS_A_BAR, Pulse, stream
from configs.genres import Genre
from storage.types import Brief, Hit

BACK_BEAT = ("snare", "clap", "rim")
STRENGTH = {"x": 0.88, "o": 0.66, "-": 0.3}
TURN_STRENGTH = 0.42
HALF_BEAT_SOUNDS = ("hat", "open_hat", "shaker")
ENTRANCE = ("kick", *HALF_BEAT_SOUNDS)
"""What plays where the whole kit does not."""
FULL_KIT_ENERGY = 0.4
DECORATION = ("shaker", "rim", "tom", "open_hat")
"""Left out of calm songs."""
CALM_BELOW = 0.3


def write_drums(brief: Brief, genre: Genre, sections: tuple[Section, ...], pulse: Pulse) -> tuple[Hit, ...]:
    """Every hit of the song, in time order."""
    hits: list[Hit] = []
    for section in sections:
        rng = stream(brief, "drums", section.position)
        for bar in range(section.bars):
            hits.extend(_groove_bar(brief, genre, section, bar, pulse, rng))
        hits.extend(_edges(genre, section, pulse, rng))
    return tuple(sorted(hits, key=lambda hit: (hit.start_s, hit.sound)))


def _groove_bar(
    brief: Brief, genre: Genre, section: Section, bar: int, pulse: Pulse, rng: random.Random
) -> list[Hit]:
    groove = genre.grooves[-1] if section.carries_hook else genre.grooves[0]
    fills = bar == section.bars - 1 and _fills(genre, section)
    turns = bar % 4 == 3 and bar < section.bars - 1 and _fills(genre, section)
    hits: list[Hit] = []
    for sound, pattern in groove.items():
        if not _plays(sound, section, bar) or (sound in DECORATION and brief.energy < CALM_BELOW):
            continue
        for step, mark in enumerate(pattern):
            if mark == "." or (fills and step >= 12 and sound not in ("hat", "shaker")):
                continue
            if turns and step >= 12 and sound == "kick":
                continue  # every fourth bar takes a breath, so that the groove is no loop
            if (mark == "o" and rng.random() > _ornament_chance(brief)) or (
                mark == "-" and rng.random() > 0.15 + 0.6 * brief.density
            ):
                continue
            hits.append(_strike(sound, section, bar, step, STRENGTH[mark], pulse, rng))
    if turns:
        drum = "tom" if genre.fill == "tom" else "snare"
        hits += [_strike(drum, section, bar, step, TURN_STRENGTH, pulse, rng) for step in (14, 15)]
    if rng.random() < genre.hat_rolls and section.energy > 0.5 and "hat" in groove:
        hits.extend(_roll("hat", section, bar, rng.choice((4, 8, 12)), pulse, rng))
    return hits


def _ornament_chance(brief: Brief) -> float:
    return max(0.0, min(1.0, 1.7 * brief.density + 0.2 * (brief.energy - 0.5)))


def _plays(sound: str, section: Section, bar: int) -> bool:
    """Whether a sound of the kit has entered: it comes in by and by, and leaves before the end."""
    is_late = bar >= section.bars // 2
    match section.name:
        case "intro":
            return is_late and sound in ENTRANCE
        case "outro":
            return not is_late and sound in ENTRANCE
        case "bridge":
            return is_late or sound in ENTRANCE
        case "break":
            return sound in HALF_BEAT_SOUNDS
    return section.energy >= FULL_KIT_ENERGY or sound in ENTRANCE


def _strike(
    sound: str, section: Section, bar: int, step: float, strength: float, pulse: Pulse, rng: random.Random
) -> Hit:
    spread = {"kick": 0.3, "snare": 0.6, "clap": 0.6}.get(sound, 0.8)
    late_s = pulse.laid_back_s if sound in BACK_BEAT else 0.0
    accent = 1.0 if step % 4 == 0 or sound in ("kick", *BACK_BEAT) else 0.82 if step % 2 == 0 else 0.66
    velocity = strength * accent * (0.72 + 0.28 * section.energy) + rng.gauss(0, 0.025)
    return Hit(
        start_s=pulse.played_s(section.start_bar + bar, step, rng, tightness=spread) + late_s,
        sound=sound,
        velocity=max(0.06, min(1.0, velocity)),
    )


def _roll(sound: str, section: Section, bar: int, step: int, pulse: Pulse, rng: random.Random) -> list[Hit]:
    """A beat of quick even strokes that swells."""
    count = rng.choice((6, 8, 6, 12))
    start_s = pulse.time_s(section.start_bar + bar, step)
    return [
        Hit(start_s=start_s + i * 4 * pulse.step_s / count, sound=sound, velocity=0.22 + 0.38 * i / count)
        for i in range(count)
    ]


def _fills(genre: Genre, section: Section) -> bool:
    return genre.fill != "none" and section.energy >= 0.5 and section.leads_to not in (None, "outro")


def _edges(genre: Genre, section: Section, pulse: Pulse, rng: random.Random) -> list[Hit]:
    """What marks a section's first and last bar."""
    hits: list[Hit] = []
    first_s = pulse.time_s(section.start_bar, 0)
    if section.carries_hook or (section.name in ("verse", "bridge") and section.position > 1):
        hits.append(Hit(start_s=first_s, sound="crash", velocity=0.5 + 0.35 * section.energy))
    if section.carries_hook and section.position:
        hits.append(Hit(start_s=first_s, sound="impact", velocity=0.7))
    if section.leads_to in ("chorus", "drop") and section.bars > 1:
        riser_s = pulse.time_s(section.end_bar - 1, 0)
        hits.append(Hit(start_s=riser_s, sound="riser", velocity=0.55 + 0.3 * section.energy))
    if _fills(genre, section):
        last = section.bars - 1
        sounds = {"tom": ("tom", "tom", "snare", "tom"), "snare": ("snare",), "roll": ("snare",)}[genre.fill]
        if genre.fill == "roll":
            hits.extend(_roll("snare", section, last, 12, pulse, rng))
        else:
            for step in range(12, STEPS_A_BAR):
                if rng.random() < 0.8:
                    strength = 0.45 + 0.12 * (step - 12)
                    hits.append(_strike(rng.choice(sounds), section, last, step, strength, pulse, rng))
    return hits
