"""Keys, modes and degrees: the arithmetic of diatonic music."""

from storage.errors import UsageError

PITCH_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}

SCALES: dict[str, tuple[int, ...]] = {
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
"""Semitones above the tonic, brightest mode first."""

TRIADS = {(4, 7): "", (3, 7): "m", (3, 6): "dim", (4, 8): "aug"}


def pitch_class(key: str) -> int:
    """The tonic's pitch class, 0 for C.

    Raises:
        UsageError: it is not a tonic such as F#.
    """
    name = FLATS.get(key, key)
    if name not in PITCH_NAMES:
        raise UsageError(f"unknown key {key!r}: give a tonic such as C, F# or A")
    return PITCH_NAMES.index(name)


def scale_of(mode: str) -> tuple[int, ...]:
    """The mode's seven steps in semitones above the tonic.

    Raises:
        UsageError: there is no such mode.
    """
    if mode not in SCALES:
        raise UsageError(f"unknown mode {mode!r}: choose one of {', '.join(SCALES)}")
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
