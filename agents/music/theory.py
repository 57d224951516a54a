"""Keys, modes and degrees: the arithmetic of diatonic music."""

import re

from storage.errors import UsageError

PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SPELLINGS = {
    "Db": "C#",
    "Eb": "D#",
    "Gb": "F#",
    "Ab": "G#",
    "Bb": "A#",
    "Cb": "B",
    "Fb": "E",
    "E#": "F",
    "B#": "C",
}
"""Other names of the same keys on a piano."""

SCALES: dict[str, tuple[int, ...]] = {
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
"""Semitones above the tonic, brightest mode first."""

MODE_SIGNS = {"m": "minor", "min": "minor", "M": "major", "maj": "major"}

TRIADS = {(4, 7): "", (3, 7): "m", (3, 6): "dim", (4, 8): "aug"}


def parse_key(text: str) -> tuple[str, str | None]:
    """`F# minor`, `f♯ minor`, `F#m` or `Gb` as tonic and mode; the mode may be left out.

    Raises:
        UsageError: there is no such key or mode.
    """
    # The letter and its accidental, then the mode: `bb minor` is B flat minor, `b minor` is B minor.
    parts = re.fullmatch(r"\s*([A-Za-z]\s?[#♯b♭]?)(m|M|maj|min|\s.*)?", text, re.DOTALL)
    if parts is None:
        raise _unknown_key(text)
    tonic, mode = tonic_of(parts[1]), (parts[2] or "").strip()
    mode = MODE_SIGNS.get(mode, mode.lower())
    if mode:
        scale_of(mode)
    return tonic, mode or None


def tonic_of(text: str) -> str:
    """A tonic, however it is written, as one of PITCH_NAMES.

    Raises:
        UsageError: it is not a tonic such as F#.
    """
    plain = text.strip().replace("♯", "#").replace("♭", "b").replace(" ", "")
    name = plain[:1].upper() + plain[1:].lower()
    name = SPELLINGS.get(name, name)
    if name not in PITCH_NAMES:
        raise _unknown_key(text)
    return name


def _unknown_key(text: str) -> UsageError:
    return UsageError(
        f"unknown key {text.strip()[:20]!r}: give a tonic such as C, F# or Bb, and a mode after it"
    )


def pitch_class(key: str) -> int:
    """The tonic's pitch class, 0 for C.

    Raises:
        UsageError: it is not a tonic such as F#.
    """
    return PITCH_NAMES.index(tonic_of(key))


def scale_of(mode: str) -> tuple[int, ...]:
    """The mode's seven steps in semitones above the tonic.

    Raises:
        UsageError: there is no such mode.
    """
    if mode not in SCALES:
        raise UsageError(f"unknown mode {mode[:20]!r}: choose one of {', '.join(SCALES)}")
    return SCALES[mode]


def degree_pitch(degree: int, tonic_pitch: int, mode: str) -> int:
    """The MIDI pitch of a scale degree; 0 is the tonic itself, 7 its octave, negative ones lie below."""
    octave, step = divmod(degree, 7)
    return tonic_pitch + scale_of(mode)[step] + 12 * octave


def chord_symbol(degree: int, tonic: int, mode: str, *, seventh: bool = False) -> str:
    """The chord built in thirds on a degree, written as musicians do: `F#m7`."""
    root, third, fifth, top = (degree_pitch(degree + step, tonic, mode) for step in (0, 2, 4, 6))
    quality = TRIADS[third - root, fifth - root]
    suffix = ("maj7" if top - root == 11 else "7") if seventh else ""
    return PITCH_NAMES[root % 12] + quality + suffix
