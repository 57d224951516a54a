"""Tags, lyrics and front cover in MP3 and FLAC, without touching a frame of audio."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from agents.redaction import redact
from agents.release.job import PackageJob
from agents.release.names import one_line, title_line
from agents.release.words import sung_text
from storage.errors import RenderError

AI_COMMENT = "made with AI"
TAGGING_MAX_S = 120
FRONT_COVER_MAX_PX = 1400
"""Players show no more; the full cover would outweigh the song."""


def tags_of(job: PackageJob, suffix: str) -> dict[str, str]:
    """Tag names and values for `.mp3` (ID3v2.3) or `.flac` (Vorbis comments); a missing value is left out."""
    is_mp3 = suffix == ".mp3"
    tempo = f"{job.master.tempo_bpm:.0f}" if is_mp3 else f"{job.master.tempo_bpm:.1f}"
    values = {
        "title": title_line(job.title),
        "artist": one_line(job.persona.name),
        "album_artist": one_line(job.persona.name),
        "album": title_line(job.title),
        "track": "1",
        "genre": job.persona.genre.replace("_", " "),
        "date": job.release_date,
        "TBPM" if is_mp3 else "BPM": tempo,
        "TKEY" if is_mp3 else "INITIALKEY": initial_key(job.master.key, job.master.mode),
        "comment": AI_COMMENT,
        "lyrics": sung_text(job),
    }
    return {name: value for name, value in values.items() if value}


def initial_key(key: str, mode: str) -> str:
    """The key as ID3's TKEY writes it: `F#m`; modes with a minor third count as minor."""
    return (
        f"{key}m" if mode in {"minor", "dorian", "phrygian", "aeolian", "locrian", "harmonic_minor"} else key
    )


def front_cover(cover: Path, target: Path) -> None:
    """Write the cover as a JPEG fit to be carried inside audio files; raises RenderError."""
    try:
        with Image.open(cover) as picture:
            picture.thumbnail((FRONT_COVER_MAX_PX, FRONT_COVER_MAX_PX), Image.Resampling.LANCZOS)
            picture.convert("RGB").save(target, "JPEG", quality=90)
    except OSError as error:
        raise RenderError(f"the cover is no picture that can be read: {cover.name}") from error


def tag_audio(source: Path, target: Path, tags: dict[str, str], cover: Path) -> None:
    """Copy the audio stream of `source` into `target` with tags and the cover; raises RenderError."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-hide_banner", "-nostdin", "-loglevel", "error", "-y"),
        *("-i", str(source), "-i", str(cover)),
        *("-map", "0:a:0", "-map", "1:v:0", "-map_metadata", "-1", "-c", "copy"),
        *("-fflags", "+bitexact", "-flags", "+bitexact"),
        *("-disposition:v:0", "attached_pic"),
        *("-metadata:s:v:0", "title=Front cover", "-metadata:s:v:0", "comment=Cover (front)"),
        # 2.3 is the version every player and phone reads.
        *(("-id3v2_version", "3", "-write_id3v1", "0") if target.suffix == ".mp3" else ()),
    ]
    for name, value in tags.items():
        command += ["-metadata", f"{name}={value}"]
    try:
        subprocess.run(  # noqa: S603 - our own binary, no shell, every argument one word
            [*command, str(target)], check=True, capture_output=True, text=True, timeout=TAGGING_MAX_S
        )
    except subprocess.TimeoutExpired as error:
        raise RenderError(f"tagging {target.name} took over {TAGGING_MAX_S} s") from error
    except subprocess.CalledProcessError as error:
        said = redact(error.stderr.strip().splitlines()[-1]) if error.stderr.strip() else "no message"
        raise RenderError(f"ffmpeg could not tag {target.name}: {said}") from error
