"""A small real song for the release tests: one second of tone, a cover, a film, and its whole paperwork."""

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from PIL import Image

from agents.packager import PackageJob
from storage.types import (
    Artwork,
    Asset,
    Brief,
    Clearance,
    Critique,
    CycleId,
    DeciderKind,
    Films,
    Lyrics,
    LyricSection,
    Master,
    Outcome,
    Persona,
    PlannedLine,
    PlannedSection,
    SectionSpec,
    SongPlan,
    Verdict,
    Video,
    VisualIdentity,
)

MADE_AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
WORDS = ("Glass roads “shine” under me;", "# I keep = the \\ light 😀")

PERSONA = Persona(
    name="Nova Lux",
    genre="synthwave",
    tagline="Night drives with the windows down",
    backstory="A virtual artist, made with AI.",
    lyrical_voice="plain",
    themes=("roads",),
    moods=("wistful",),
    audience="night owls",
    visual=VisualIdentity(
        palette="neon_dusk",
        display_font="Bebas Neue",
        text_font="Inter",
        compositions=("horizon",),
        scenes=("ring",),
        emblem="sun",
        motion=0.5,
        grain=0.2,
    ),
    signature_seed=7,
    source="offline",
)
BRIEF = Brief(
    seed=3,
    artist_name="Nova Lux",
    genre="synthwave",
    title="Glass Horizon",
    theme="roads",
    mood="wistful",
    tempo_bpm=120.0,
    key="F#",
    mode="minor",
    form=(SectionSpec(name="verse", bars=1),),
    energy=0.5,
    density=0.5,
    brightness=0.5,
    swing=0.5,
    hook_density=0.5,
    signature_seed=7,
    reasons=("maria liked the last slow one",),
    source="offline",
)


@pytest.fixture(name="asset_of")
def _asset_of():
    return asset_of


def asset_of(
    path: Path, kind: str, media_type: str, parents: tuple[str, ...] = (), **fields: object
) -> Asset:
    """The row of a file as the steps before packaging would have written it."""
    content = path.read_bytes()
    return Asset(
        sha256=hashlib.sha256(content).hexdigest(),
        kind=kind,
        media_type=media_type,
        size_bytes=len(content),
        parents=parents,
        **{"tool": "labelmate test 1", "clearance": Clearance.CLEARED, "seed": 3, **fields},
    )


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> tuple[PackageJob, dict[str, Path]]:
    """A job that can be packaged and the files it needs, by sha256; nobody may change the files."""
    return make_song(tmp_path_factory.mktemp("song"))


def make_song(folder: Path) -> tuple[PackageJob, dict[str, Path]]:
    """A job that can be packaged and the files it needs, by sha256."""
    rate = 44_100
    time_s = np.arange(rate) / rate
    tone = (0.3 * np.sin(2 * np.pi * np.array([[220.0], [330.0]]) * time_s)).T
    for suffix, subtype in ((".wav", "PCM_16"), (".flac", "PCM_24"), (".mp3", "MPEG_LAYER_III")):
        soundfile.write(folder / f"song{suffix}", tone, rate, subtype=subtype)
    Image.new("RGB", (64, 64), (200, 40, 90)).save(folder / "cover.jpg")
    Image.new("RGB", (16, 16), (200, 40, 90)).save(folder / "thumb.jpg")
    for name, size in (("film", "64x36"), ("preview", "32x18")):
        source = f"color=blue:size={size}:rate=5:duration=1"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
        subprocess.run([*command, "-pix_fmt", "yuv420p", str(folder / f"{name}.mp4")], check=True)
    (folder / "score.json").write_text("{}")

    score = asset_of(folder / "score.json", "score", "application/json", tool="labelmate composer 1")
    (folder / "facts.json").write_text('{"tempo_bpm": 120.0}')
    heard = asset_of(folder / "facts.json", "facts", "application/json", tool="labelmate engine 1")
    made_of = {"parents": (score.sha256,), "tool": "labelmate engine 1"}
    wav = asset_of(folder / "song.wav", "wav", "audio/wav", **made_of)
    flac = asset_of(folder / "song.flac", "flac", "audio/flac", **made_of)
    mp3 = asset_of(folder / "song.mp3", "mp3", "audio/mpeg", **made_of)
    cover = asset_of(folder / "cover.jpg", "cover", "image/jpeg")
    thumbnail = asset_of(folder / "thumb.jpg", "thumbnail", "image/jpeg")
    preview = asset_of(folder / "preview.mp4", "preview", "video/mp4", (wav.sha256,))
    film = asset_of(folder / "film.mp4", "video", "video/mp4", (wav.sha256,))
    lines = tuple(
        PlannedLine(text=text, section="verse", start_s=0.5 * index, end_s=0.5 * index + 0.4)
        for index, text in enumerate(WORDS)
    )
    job = PackageJob(
        release_id="rel_01kaz0000000000000000000aa",
        cycle_id=CycleId("cyc_01kaz0000000000000000000bb"),
        persona=PERSONA,
        artist_slug="nova-lux",
        title="Glass Horizon",
        brief=BRIEF,
        lyrics=Lyrics(
            title="Glass Horizon",
            hook=WORDS[0],
            sections=(LyricSection(section="verse", position=0, lines=WORDS),),
            source="offline",
        ),
        plan=SongPlan(
            title="Glass Horizon",
            artist_name="Nova Lux",
            genre="synthwave",
            tempo_bpm=120.0,
            key="F#",
            mode="minor",
            duration_s=1.0,
            sections=(PlannedSection(name="verse", start_s=0.0, end_s=1.0, bars=1, energy=0.5),),
            beats_s=(0.0, 0.5),
            bars_s=(0.0,),
            chords=(),
            lyric_lines=lines,
            source="embedded",
        ),
        master=Master(
            wav=wav,
            flac=flac,
            mp3=mp3,
            facts=heard,
            duration_s=1.0,
            loudness_lufs=-14.0,
            true_peak_dbtp=-1.2,
            tempo_bpm=120.0,
            key="F#",
            mode="minor",
            source="embedded",
        ),
        critique=Critique(
            score=0.82, passed=True, threshold=0.6, findings=(), feedback="Fits its brief.", source="embedded"
        ),
        artwork=Artwork(cover=cover, thumbnail=thumbnail, preview=preview),
        films=Films(videos=(Video(asset=film, aspect="16:9", width=64, height=36),)),
        verdict=Verdict(
            outcome=Outcome.APPROVED,
            decided_by=DeciderKind.PERSON,
            who="maria",
            surface="console",
            reason="love it, mail me at maria@example.org",
            decided_at=MADE_AT,
        ),
        assets=(score,),
        made_at=MADE_AT,
    )
    places = (
        (wav, "song.wav"),
        (flac, "song.flac"),
        (mp3, "song.mp3"),
        (cover, "cover.jpg"),
        (thumbnail, "thumb.jpg"),
        (preview, "preview.mp4"),
        (film, "film.mp4"),
    )
    return job, {asset.sha256: folder / name for asset, name in places}
