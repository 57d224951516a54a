"""Every instrument by name: a voice and its numbers."""

from agents.music.local.voices import Voice
from agents.music.local.voices.modulated import Modulated
from agents.music.local.voices.spectral import Spectral
from agents.music.local.voices.struck import Struck
from agents.music.local.voices.sub import Sub
from agents.music.local.voices.sustained import Sustained

INSTRUMENTS: dict[str, Voice] = {
    # leads and winds
    "saw_lead": Sustained("saw", "square", detune=0.006, bright=0.72, dark=0.45, vibrato_depth=0.004),
    "square_lead": Sustained("square", "pulse", detune=0.004, bright=0.66, dark=0.42, vibrato_depth=0.005),
    "glide_lead": Sustained(
        "triangle", "saw", detune=0.005, bright=0.6, dark=0.36, attack_s=0.02, vibrato_depth=0.006
    ),
    "hollow_lead": Sustained("reed", detune=0.006, bright=0.6, dark=0.45, attack_s=0.03, vibrato_depth=0.005),
    "acid_lead": Sustained("saw", detune=0.0, bright=0.85, dark=0.2, closing_s=0.09, level=0.5, drive=0.35),
    "soft_square": Sustained(
        "square", detune=0.005, bright=0.45, dark=0.25, attack_s=0.012, vibrato_depth=0.004
    ),
    "soft_flute": Sustained(
        "triangle", "sine", 1, detune=0.003, bright=0.5, dark=0.4, attack_s=0.05, vibrato_depth=0.006
    ),
    "warm_organ": Sustained("organ", detune=0.003, bright=0.6, dark=0.55, level=0.95, vibrato_depth=0.003),
    "solo_strings": Sustained(
        "string",
        detune=0.006,
        bright=0.6,
        dark=0.5,
        attack_s=0.09,
        level=0.9,
        release_s=0.16,
        vibrato_depth=0.006,
    ),
    "soft_horn": Sustained(
        "saw", detune=0.003, bright=0.42, dark=0.3, attack_s=0.06, closing_s=0.6, level=0.85
    ),
    # bells and mallets
    "glass_bell": Modulated(ratio=3.5, index=1.8, index_s=0.5, ring_s=1.3, partial=0.25, release_s=0.3),
    "metal_bell": Modulated(ratio=1.41, index=3.2, index_s=0.35, ring_s=0.9, partial=0.3, release_s=0.25),
    "music_box": Modulated(
        ratio=4.0, index=1.1, index_s=0.12, ring_s=0.7, partial=0.35, partial_ratio=5.4, release_s=0.3
    ),
    "marimba": Struck(ring_s=0.35, damping=1.0, hardness=0.35, position=0.5, stretch=0.0, release_s=0.12),
    "cowbell_lead": Modulated(
        ratio=1.505,
        index=1.5,
        index_s=0.2,
        floor=0.5,
        ring_s=0.22,
        partial=0.5,
        partial_ratio=1.48,
        drive=0.3,
    ),
    "electric_piano": Modulated(
        ratio=1.0,
        index=1.5,
        index_s=0.5,
        floor=0.2,
        ring_s=1.6,
        partial=0.08,
        partial_ratio=7.0,
        tremolo=0.22,
    ),
    # strings struck and plucked
    "bright_pluck": Sustained(
        "saw", "saw", 1, detune=0.008, bright=0.8, dark=0.15, closing_s=0.1, decay_s=0.2, level=0.12
    ),
    "pulse_pluck": Sustained(
        "pulse", detune=0.006, bright=0.7, dark=0.2, closing_s=0.08, decay_s=0.16, level=0.1
    ),
    "acid_pluck": Sustained(
        "saw", detune=0.002, bright=0.85, dark=0.1, closing_s=0.06, decay_s=0.14, level=0.15, drive=0.3
    ),
    "nylon_guitar": Struck(ring_s=0.9, damping=0.75, hardness=0.4, position=0.25),
    "steel_guitar": Struck(ring_s=1.4, damping=0.5, hardness=0.75, position=0.14, detune=0.003),
    "clean_guitar": Struck(ring_s=1.6, damping=0.6, hardness=0.6, position=0.11, detune=0.004),
    "felt_piano": Struck(
        ring_s=1.8, damping=0.75, hardness=0.4, position=0.12, detune=0.0025, stretch=0.0004, release_s=0.16
    ),
    # chords and pads
    "poly_brass": Sustained(
        "saw", "saw", detune=0.009, bright=0.62, dark=0.4, attack_s=0.03, closing_s=0.5, release_s=0.18
    ),
    "poly_keys": Sustained(
        "saw", "square", detune=0.007, bright=0.5, dark=0.3, closing_s=0.3, release_s=0.14
    ),
    "super_saw": Sustained(
        "saw", "saw", detune=0.014, bright=0.85, dark=0.7, attack_s=0.004, level=0.9, release_s=0.07
    ),
    "house_organ": Sustained(
        "organ", detune=0.004, bright=0.65, dark=0.5, closing_s=0.12, level=0.7, release_s=0.06
    ),
    "dark_stab": Sustained(
        "saw", "reed", detune=0.008, bright=0.55, dark=0.18, closing_s=0.12, decay_s=0.25, level=0.25
    ),
    "dark_keys": Sustained(
        "triangle", "pulse", detune=0.008, bright=0.4, dark=0.22, closing_s=0.5, release_s=0.2
    ),
    "string_stabs": Sustained(
        "string", "saw", detune=0.009, bright=0.62, dark=0.4, attack_s=0.02, decay_s=0.4, level=0.5
    ),
    "warm_pad": Spectral("saw", blur_cents=22, rolloff=1.25),
    "string_pad": Spectral("string", blur_cents=20, rolloff=0.95, attack_s=0.3, octave=0.5),
    "choir_pad": Spectral("saw", blur_cents=28, rolloff=0.9, formants_hz=(600, 1040, 2250), attack_s=0.3),
    "hollow_pad": Spectral("square", blur_cents=24, rolloff=1.0, attack_s=0.35),
    "dark_pad": Spectral("saw", blur_cents=30, rolloff=1.6, attack_s=0.3),
    "tape_pad": Spectral("organ", blur_cents=34, rolloff=1.3, attack_s=0.2),
    # basses
    "saw_bass": Sustained(
        "saw",
        "square",
        -1,
        detune=0.002,
        bright=0.7,
        dark=0.3,
        closing_s=0.16,
        attack_s=0.004,
        release_s=0.04,
    ),
    "pulse_bass": Sustained(
        "pulse", "saw", detune=0.003, bright=0.62, dark=0.34, closing_s=0.18, attack_s=0.004, release_s=0.04
    ),
    "round_bass": Sustained(
        "triangle", "saw", detune=0.001, bright=0.34, dark=0.16, closing_s=0.2, attack_s=0.006, release_s=0.05
    ),
    "fm_bass": Modulated(
        ratio=1.0, index=2.6, index_s=0.14, floor=0.2, ring_s=0.8, level=0.5, release_s=0.04, drive=0.2
    ),
    "rumble_bass": Sustained(
        "saw", detune=0.0, bright=0.4, dark=0.14, closing_s=0.1, attack_s=0.006, release_s=0.06, drive=0.4
    ),
    "picked_bass": Struck(ring_s=1.1, damping=0.5, hardness=0.6, position=0.2, detune=0.001, release_s=0.05),
    "upright_bass": Struck(ring_s=0.8, damping=0.8, hardness=0.3, position=0.3, detune=0.001, release_s=0.06),
    "bowed_bass": Sustained(
        "string", detune=0.004, bright=0.45, dark=0.35, attack_s=0.06, level=0.9, release_s=0.12
    ),
    "sub_bass": Sub(drop=0.0, drive=1.1, attack_s=0.06, ring_s=3.0, release_s=0.14),
    "sub_808": Sub(),
    "driven_808": Sub(drive=3.0, ring_s=1.0),
    "reese_bass": Sub(drop=0.0, drive=1.6, growl=0.7, ring_s=4.0, release_s=0.06),
    "growl_bass": Sub(drop=0.3, drive=2.6, growl=1.0, ring_s=2.0, release_s=0.05),
}
