"""The producer: a score becomes a finished recording, as files and as what was measured on them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from agents.music.dna import dna_of
from agents.music.genre import find_genre
from storage.errors import UsageError
from storage.types import Brief, Frozen, Score, SongPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agents.music.local.master import Master

LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 8_000, 48_000
LOUDEST_LUFS, QUIETEST_LUFS = -9.0, -30.0
"""Louder than that, the busiest songs have nothing left that a limiter could take."""


class Recording(Frozen):
    """A song's audio files and what was measured on the master."""

    wav: Path
    flac: Path
    mp3: Path
    midi: Path
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    sample_rate_hz: int
    stems: dict[str, Path] = Field(default_factory=dict)
    """Each part alone by its name, where stems were asked for."""

    @property
    def files(self) -> dict[str, Path]:
        """The whole song's, by kind."""
        return {"wav": self.wav, "flac": self.flac, "mp3": self.mp3, "midi": self.midi}


def produce(
    brief: Brief,
    score: Score,
    plan: SongPlan,
    out_dir: Path,
    *,
    sample_rate_hz: int = 44_100,
    loudness_lufs: float = -14.0,
    with_stems: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> Recording:
    """Render, mix, master and write a song; each file appears whole or not at all.

    `progress` is told the stage and the share done, 0 to 1. Stems are 24-bit FLAC in `out_dir`/stems, as they enter
    the mix: dry, before the section faders and the master.

    Raises:
        UsageError: the sample rate, the loudness or the genre is out of reach.
        DiskFullError: there was no room for a file.
        RenderError: a file could not be written.
    """
    from agents.music.local.encode import write_flac
    from agents.music.local.midi import write_midi

    tell = progress or (lambda _stage, _share: None)
    stems: dict[str, Path] = {}

    def keep_stem(part: str, stem: "NDArray[np.float32]") -> None:
        stems[part] = out_dir / "stems" / f"{part}.flac"
        stems[part].parent.mkdir(parents=True, exist_ok=True)
        write_flac(stem, stems[part], sample_rate_hz)

    master = render_master(
        brief,
        score,
        plan,
        sample_rate_hz=sample_rate_hz,
        loudness_lufs=loudness_lufs,
        tap=keep_stem if with_stems else None,
        progress=progress,
    )
    tell("encode", 0.75)
    recording = _write(master, out_dir, sample_rate_hz, brief).model_copy(update={"stems": stems})
    write_midi(score, brief.tempo_bpm, brief.title, recording.midi)
    tell("done", 1.0)
    return recording


def remaster(
    take: Path, out_dir: Path, brief: Brief, *, sample_rate_hz: int = 44_100, loudness_lufs: float = -14.0
) -> Recording:
    """Bring somebody else's recording to our loudness and peak, and write it like our own; no MIDI file is made.

    Raises:
        ProviderError: the take is no audio.
        DiskFullError: there was no room for a file.
        RenderError: a file could not be written.
    """
    from agents.music.local.master import to_loudness
    from agents.music.takes import read_take

    master = to_loudness(read_take(take, sample_rate_hz), loudness_lufs, sample_rate_hz)
    return _write(master, out_dir, sample_rate_hz, brief)


def _write(master: "Master", out_dir: Path, sample_rate_hz: int, brief: Brief) -> Recording:
    from agents.music.local.encode import write_flac, write_mp3, write_wav

    out_dir.mkdir(parents=True, exist_ok=True)
    audio = master.audio
    paths = {kind: out_dir / f"song.{kind}" for kind in ("wav", "flac", "mp3", "mid")}
    tags = {"title": brief.title, "artist": brief.artist_name}
    # The MP3 takes as long as all the rest, in a process of its own.
    with ThreadPoolExecutor(1, thread_name_prefix="mp3") as beside:
        mp3 = beside.submit(write_mp3, audio, paths["mp3"], sample_rate_hz, tags)
        write_wav(audio, paths["wav"], sample_rate_hz, brief.seed)
        write_flac(audio, paths["flac"], sample_rate_hz)
        mp3.result()
    return Recording(
        wav=paths["wav"],
        flac=paths["flac"],
        mp3=paths["mp3"],
        midi=paths["mid"],
        duration_s=audio.shape[1] / sample_rate_hz,
        loudness_lufs=master.loudness_lufs,
        true_peak_dbtp=master.true_peak_dbtp,
        sample_rate_hz=sample_rate_hz,
    )


def render_master(
    brief: Brief,
    score: Score,
    plan: SongPlan,
    *,
    sample_rate_hz: int = 44_100,
    loudness_lufs: float = -14.0,
    tap: Callable[[str, "NDArray[np.float32]"], None] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> "Master":
    """The mastered song in memory; `tap` is shown each stem on its way into the mix.

    Raises:
        UsageError: the sample rate, the loudness or the genre is out of reach.
    """
    if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
        raise UsageError(f"a sample rate of {sample_rate_hz} Hz: use {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ}")
    if not QUIETEST_LUFS <= loudness_lufs <= LOUDEST_LUFS:
        raise UsageError(f"a loudness of {loudness_lufs:g} LUFS: use {QUIETEST_LUFS:g} to {LOUDEST_LUFS:g}")
    genre = find_genre(brief.genre)

    from agents.music.local.master import master_mix
    from agents.music.local.mix import mix_song
    from agents.music.local.palette import palette_of

    tell = progress or (lambda _stage, _share: None)
    tell("mix", 0.0)
    palette = palette_of(dna_of(brief))
    mixed = 0.5
    mix = mix_song(
        brief,
        genre,
        palette,
        score,
        plan,
        sample_rate_hz,
        tap=tap,
        progress=lambda share: tell("mix", mixed * share),
    )
    tell("master", mixed)
    return master_mix(mix, genre, brief, loudness_lufs, sample_rate_hz)
