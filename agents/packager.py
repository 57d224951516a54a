"""The packager: from an approved song to a release bag that explains itself.

A bag is built in a hidden folder beside its place, checked, flushed to the disk and renamed: whoever looks
sees a whole bag or none. The same release id always leads to the same folder and the same bytes.
"""

import errno
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from agents.music.fingerprint import fingerprint
from agents.release.bag import MANIFEST, seal, sha256_of, verify
from agents.release.job import BagFile, PackageJob, ReleaseBag
from agents.release.names import file_stem, one_line, release_directory, title_line
from agents.release.papers import papers
from agents.release.rights import clearance_of
from agents.release.tags import front_cover, tag_audio, tags_of
from storage.errors import AssetCorruptError, ConflictError, DiskFullError, StorageError, UsageError
from storage.types import Asset, Clearance, Outcome

__all__ = ["PackageJob", "ReleaseBag", "package", "verify"]

_SUFFIXES = {
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
    "audio/x-flac": ".flac",
    "audio/mpeg": ".mp3",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}


def package(job: PackageJob, files: Mapping[str, Path], releases_dir: Path) -> ReleaseBag:
    """Write the release bag of an approved song, or return the one that is already there.

    Args:
        job: what the release says of itself.
        files: where each delivered asset lies, by its sha256.
        releases_dir: the folder of all releases.

    Raises:
        UsageError: the song is not approved, or something in it may not be released.
        AssetCorruptError: a file is missing or is not what its address says.
        DiskFullError, StorageError, RenderError: the bag could not be written; nothing is left behind.
    """
    contents = _contents(job)
    _refuse_unfit(job, contents)
    directory = release_directory(job.artist_slug, job.title, job.release_id)
    target = releases_dir / directory
    if target.exists() and not verify(target):
        return _read(target, directory, job)
    for stale in target.parent.glob(f".part-{target.name}*"):
        shutil.rmtree(stale, ignore_errors=True)
    # A killed run may leave an encoder behind that still writes: it must not find our folder under its name.
    part = target.with_name(f".part-{target.name}-{os.getpid()}")
    try:
        _fill(part, job, contents, files)
        problems = verify(part)
        if problems:
            raise StorageError(f"the new release bag is not valid: {problems[0]}")
        _flush(part)
        # What stands in the way has just failed its check, so it is the rest of a broken write.
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
        _flush_folder(target.parent)
        _flush_folder(releases_dir)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError("no space left for the release: free some and it goes on") from error
        raise StorageError(f"the release could not be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return _read(target, directory, job)


def _contents(job: PackageJob) -> tuple[BagFile, ...]:
    """Every media file with its place in the bag."""
    stem = file_stem(job.title)
    song = f"data/audio/01 {stem}"
    master, artwork = job.master, job.artwork
    return (
        BagFile(path=f"{song}.wav", asset=master.wav, role="master"),
        BagFile(path=f"{song}.flac", asset=master.flac, role="lossless"),
        BagFile(path=f"{song}.mp3", asset=master.mp3, role="mp3"),
        *(
            BagFile(
                path=f"data/video/{stem} {video.aspect.replace(':', 'x')} {video.height}p{_suffix(video.asset)}",
                asset=video.asset,
                role="video",
            )
            for video in job.films.videos
        ),
        BagFile(
            path=f"data/preview/{stem} preview{_suffix(artwork.preview)}",
            asset=artwork.preview,
            role="preview",
        ),
        BagFile(path=f"data/cover/cover{_suffix(artwork.cover)}", asset=artwork.cover, role="cover"),
        BagFile(
            path=f"data/cover/thumbnail{_suffix(artwork.thumbnail)}",
            asset=artwork.thumbnail,
            role="thumbnail",
        ),
    )


def _suffix(asset: Asset) -> str:
    try:
        return _SUFFIXES[asset.media_type]
    except KeyError:
        known = ", ".join(sorted(_SUFFIXES))
        raise UsageError(f"{asset.kind} is {asset.media_type}; a release holds {known}") from None


def _refuse_unfit(job: PackageJob, contents: tuple[BagFile, ...]) -> None:
    if job.verdict.outcome is not Outcome.APPROVED:
        raise UsageError(f"{job.cycle_id} is {job.verdict.outcome}: only approved songs are packaged")
    if clearance_of(job, contents) is Clearance.BLOCKED:
        raise UsageError(f"{job.cycle_id} uses an asset that is blocked; replace it and approve again")
    paths = [file.path.casefold() for file in contents]
    if len(set(paths)) < len(paths):
        raise UsageError(f"{job.cycle_id} has two videos of the same format; a release holds one of each")


def _fill(part: Path, job: PackageJob, contents: tuple[BagFile, ...], files: Mapping[str, Path]) -> None:
    part.mkdir(parents=True)
    for file in contents:
        _copy(file.asset, files, part / file.path)
    cover = next(part / file.path for file in contents if file.role == "cover")
    front = part / ".front.jpg"
    front_cover(cover, front)
    for file in contents:
        if file.role in {"lossless", "mp3"}:
            _tag(part / file.path, job, front)
    front.unlink()
    delivered = tuple(
        file.model_copy(
            update={
                "sha256": sha256_of(part / file.path),
                "size_bytes": (part / file.path).stat().st_size,
            }
        )
        for file in contents
    )
    master = next(part / file.path for file in contents if file.role == "master")
    plan = job.plan.model_copy(update={"fingerprint": fingerprint(master)})
    for name, text in papers(job.model_copy(update={"plan": plan}), delivered).items():
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        (part / name).write_bytes(text.encode())
    seal(part, _info(job))


def _copy(asset: Asset, files: Mapping[str, Path], target: Path) -> None:
    source = files.get(asset.sha256)
    if source is None or not source.is_file():
        raise AssetCorruptError(f"the {asset.kind} of the release is missing: {asset.sha256}")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if sha256_of(target) != asset.sha256:
        raise AssetCorruptError(f"the {asset.kind} of the release is damaged: {asset.sha256}")


def _tag(path: Path, job: PackageJob, cover: Path) -> None:
    tagged = path.with_name(f".tagged{path.suffix}")
    tag_audio(path, tagged, tags_of(job, path.suffix), cover)
    tagged.replace(path)


def _info(job: PackageJob) -> dict[str, str]:
    return {
        "Bag-Software-Agent": "labelmate packager",
        "Bagging-Date": job.release_date,
        "Bag-Group-Identifier": one_line(job.artist_slug),
        "External-Identifier": one_line(job.release_id),
        "External-Description": f"{title_line(job.title)} by {one_line(job.persona.name)}",
    }


def _read(target: Path, directory: str, job: PackageJob) -> ReleaseBag:
    facts = json.loads((target / "data/release.json").read_text(encoding="utf-8"))
    if facts["release_id"] != job.release_id:
        raise ConflictError(f"{directory} already holds release {facts['release_id']}")
    payload = sorted(path for path in (target / "data").rglob("*") if path.is_file())
    return ReleaseBag(
        id=facts["release_id"],
        title=facts["title"],
        directory=directory,
        manifest_sha256=sha256_of(target / MANIFEST),
        size_bytes=sum(path.stat().st_size for path in payload),
        files=tuple(path.relative_to(target).as_posix() for path in payload),
        clearance=facts["clearance"],
        made_at=facts["made_at"],
    )


def _flush(folder: Path) -> None:
    """Bring every file and every folder name to the disk before the rename makes them visible."""
    for root, _, names in os.walk(folder):
        for name in names:
            with (Path(root) / name).open("rb") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(root))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
