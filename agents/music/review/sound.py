"""Marks for the recording itself: level, flaws, balance, dynamics, stereo image."""

import math

from agents.music.analysis import BALANCE_DB, BANDS_HZ, AudioFacts
from agents.music.review.mark import Mark, mark, near, within
from storage.types import PlannedSection, Severity, SongPlan

CEILING_DBTP = -1.0
LOW_BANDS = ("sub", "bass", "low_mid")
FEWEST_LEVELS = 4
"""How many levels of the loudness curve tell how loud a section is: less than 2 s of it may be one fill."""


def mark_sound(plan: SongPlan, facts: AudioFacts, loudness_lufs: float) -> list[Mark]:
    """Marks for what is heard whatever was asked for."""
    marks = [*_level(facts, loudness_lufs), *_flaws(plan, facts), _balance(facts), *_image(facts)]
    if dynamics := _dynamics(plan, facts):
        marks.append(dynamics)
    return marks


def _level(facts: AudioFacts, wanted_lufs: float) -> list[Mark]:
    distance = abs(facts.loudness_lufs - wanted_lufs)
    return [
        mark(
            "loudness_lufs",
            facts.loudness_lufs,
            within(distance, 0, 0.5, 3.5),
            target=f"{wanted_lufs:g} ± 0.5 LUFS",
            text=f"It measures {facts.loudness_lufs:.1f} LUFS.",
        ),
        mark(
            "true_peak_dbtp",
            facts.true_peak_dbtp,
            within(facts.true_peak_dbtp, -40, CEILING_DBTP + 0.1, 1.5),
            target="at most −1 dBTP",
            text=f"The true peak is {facts.true_peak_dbtp:.1f} dBTP.",
        ),
    ]


def _flaws(plan: SongPlan, facts: AudioFacts) -> list[Mark]:
    clipped_share = facts.clipped_samples / max(1.0, 2 * facts.duration_s * facts.sample_rate_hz)
    return [
        mark(
            "clipped_share",
            clipped_share,
            within(clipped_share, 0, 1e-6, 1e-3),
            target="no clipped sample",
            text=f"{facts.clipped_samples} samples are clipped.",
            change=("energy", -0.15),
            worst=Severity.BLOCKER,
        ),
        mark(
            "longest_silence_s",
            facts.longest_silence_s,
            within(facts.longest_silence_s, 0, 0.6, 2.0),
            target="no gap over 0.6 s",
            text=f"The longest silence inside the song is {facts.longest_silence_s:.1f} s.",
            change=("density", 0.15),
        ),
        mark(
            "silent_share",
            facts.silent_share,
            within(facts.silent_share, 0, max(0.08, 2.5 / max(plan.duration_s, 1)), 0.25),
            target="silence only in the tail",
            text=f"{facts.silent_share:.0%} of the file is silent.",
            change=("density", 0.15),
            worst=Severity.BLOCKER,
        ),
        mark(
            "duration_s",
            facts.duration_s,
            within(abs(facts.duration_s / max(plan.duration_s, 0.1) - 1), 0, 0.03, 0.2),
            target=f"{plan.duration_s:.0f} s ± 3 %",
            text=f"It lasts {facts.duration_s:.0f} s where {plan.duration_s:.0f} s were planned.",
        ),
        mark(
            "tail_dbfs",
            facts.tail_dbfs,
            within(facts.tail_dbfs, -120, -50, 30),
            target="below −50 dBFS",
            text=f"The last moment lies at {facts.tail_dbfs:.0f} dBFS.",
            weight=0.5,
            worst=Severity.MINOR,
        ),
        mark(
            "dc_offset",
            facts.dc_offset,
            within(facts.dc_offset, 0, 0.002, 0.02),
            target="under 0.002",
            text=f"The direct-current offset is {facts.dc_offset:.4f}.",
            weight=0.3,
        ),
    ]


def _balance(facts: AudioFacts) -> Mark:
    excess_db: dict[str, float] = {}
    stray_db = 0.0
    for name, (low, high) in BALANCE_DB.items():
        if BANDS_HZ[name][1] > 0.55 * facts.sample_rate_hz:
            continue  # a low sample rate has no such band to judge
        level = facts.balance_db[name]
        excess_db[name] = level - high if level > high else min(0.0, level - low)
        stray_db += abs(level - (low + high) / 2)
    worst = max(excess_db, key=lambda name: abs(excess_db[name]))
    total_db = sum(abs(excess) for excess in excess_db.values())
    stray_db /= len(excess_db)
    too_dark = (excess_db[worst] > 0) == (worst in LOW_BANDS)
    word = "strong" if excess_db[worst] > 0 else "weak"
    name = worst.replace("_", "-")
    text = (
        f"The {name} band is {abs(excess_db[worst]):.1f} dB too {word}."
        if total_db
        else "All bands are in balance."
    )
    return mark(
        "spectral_balance_db",
        total_db,
        1 - 0.06 * stray_db - total_db / 16,
        target="every band within its range",
        text=text,
        weight=2.0,
        change=("brightness", 0.12 if too_dark else -0.12),
        worst=Severity.MINOR,
    )


def _image(facts: AudioFacts) -> list[Mark]:
    word = "narrow" if facts.side_mid < 0.2 else "wide"
    return [
        mark(
            "side_mid",
            facts.side_mid,
            near(facts.side_mid, 0.28, 0.08, 0.6, 0.3)
            if facts.side_mid > 0.08
            else 0.8 * facts.side_mid / 0.08,
            target="0.08 to 0.6",
            text=f"Side over mid energy is {facts.side_mid:.2f}, a {word} image.",
            change=("width", 0.2 if facts.side_mid < 0.28 else -0.2),
            worst=Severity.MINOR,
        ),
        mark(
            "correlation",
            facts.correlation,
            within(facts.correlation, 0.1, 1.0, 0.4),
            target="above 0",
            text=f"Left and right correlate at {facts.correlation:.2f}.",
            change=("width", -0.2),
            weight=0.5,
        ),
    ]


def section_loudness(section: PlannedSection, facts: AudioFacts) -> float | None:
    """Mean loudness of a section in LUFS, its edges left out; None when it is too short to tell."""
    first = math.ceil((section.start_s + 0.2) / facts.energy_hop_s)
    last = math.floor((section.end_s - 0.6) / facts.energy_hop_s)
    levels = facts.energy_curve_lufs[first : last + 1]
    if len(levels) < FEWEST_LEVELS:
        return None
    return 10 * math.log10(sum(10 ** (level / 10) for level in levels) / len(levels))


def _dynamics(plan: SongPlan, facts: AudioFacts) -> Mark | None:
    """By how much the weakest return rises above the verse before it."""
    rises: list[float] = []
    verse: float | None = None
    for section in plan.sections:
        loudness = section_loudness(section, facts)
        if section.name == "verse":
            verse = loudness
        elif section.name in ("chorus", "drop") and verse is not None and loudness is not None:
            rises.append(loudness - verse)
    if not rises:
        return None
    rise = min(rises)
    return mark(
        "chorus_rise_db",
        rise,
        near(rise, 2.8, 1.0, 5.0, 2.5),
        target="1 to 5 dB above the verse",
        text=f"The weakest chorus stands {rise:.1f} dB above its verse.",
        weight=2.0,
        # More energy lifts quiet sections further than loud ones: a flat song needs less of it.
        change=("energy", -0.1 if rise < 2.8 else 0.1),
    )
