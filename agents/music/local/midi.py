"""The score as a standard MIDI file: one track a part, drums on channel ten."""

import struct
from pathlib import Path

from storage.types import Score

TICKS_A_BEAT = 480
PROGRAMS = {"melody": 81, "harmony": 81, "counter": 11, "chords": 4, "pad": 89, "arpeggio": 46, "bass": 38}
DRUM_PITCHES = {
    "kick": 36,
    "snare": 38,
    "clap": 39,
    "hat": 42,
    "open_hat": 46,
    "tom": 45,
    "crash": 49,
    "rim": 37,
    "shaker": 82,
    "cowbell": 56,
}
"""General MIDI's percussion; risers and impacts have no place there and are left out."""


def write_midi(score: Score, tempo_bpm: float, title: str, path: Path) -> None:
    """Write a type 1 file at the song's tempo."""
    ticks_a_second = TICKS_A_BEAT * tempo_bpm / 60
    tempo = struct.pack(">I", round(60_000_000 / tempo_bpm))[1:]
    tracks = [_track([(0, b"\xff\x51\x03" + tempo), (0, _name(title)), (0, b"\xff\x58\x04\x04\x02\x18\x08")])]
    for channel, (part, notes) in enumerate(sorted(score.parts.items())):
        events = [(0, _name(part)), (0, bytes((0xC0 | channel, PROGRAMS.get(part, 0))))]
        for note in notes:
            velocity = max(1, min(127, round(127 * note.velocity)))
            start = round(note.start_s * ticks_a_second)
            end = max(start + 1, round((note.start_s + note.duration_s) * ticks_a_second))
            events.append((start, bytes((0x90 | channel, note.pitch, velocity))))
            events.append((end, bytes((0x80 | channel, note.pitch, 0))))
        tracks.append(_track(events))
    hits: list[tuple[int, bytes]] = [(0, _name("drums"))]
    for hit in score.drums:
        if hit.sound in DRUM_PITCHES:
            pitch, velocity = DRUM_PITCHES[hit.sound], max(1, min(127, round(127 * hit.velocity)))
            start = round(hit.start_s * ticks_a_second)
            hits.append((start, bytes((0x99, pitch, velocity))))
            hits.append((start + TICKS_A_BEAT // 8, bytes((0x89, pitch, 0))))
    tracks.append(_track(hits))
    header = b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), TICKS_A_BEAT)
    part_path = path.with_name(path.name + ".part")
    part_path.write_bytes(header + b"".join(tracks))
    part_path.replace(path)


def _name(text: str) -> bytes:
    # As many whole characters as fit.
    data = text.encode()[:120].decode(errors="ignore").encode()
    return b"\xff\x03" + _variable(len(data)) + data


def _track(events: list[tuple[int, bytes]]) -> bytes:
    # Ends come before starts of the same tick, or a repeated note would be cut off.
    ordered = sorted(events, key=lambda event: (event[0], event[1][0] & 0xF0 == 0x90, event[1]))
    now = 0
    chunks: list[bytes] = []
    for tick, message in ordered:
        chunks.append(_variable(tick - now) + message)
        now = tick
    body = b"".join(chunks) + b"\x00\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(body)) + body


def _variable(value: int) -> bytes:
    """MIDI's variable-length number: seven bits a byte, the last without its high bit."""
    data = [value & 0x7F]
    while value := value >> 7:
        data.append(value & 0x7F | 0x80)
    return bytes(reversed(data))
