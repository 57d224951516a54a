"""BagIt (RFC 8493) around a payload, and the check of a finished bag.

Written by hand because `bagit.make_bag` changes the working directory of the whole process, which other
threads share; read by the bagit library, so that another hand than the writer's says that a bag is valid.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import bagit

REQUIRED = (
    "data/cover/",
    "data/lyrics/lyrics.txt",
    "data/plan.json",
    "data/release.json",
    "data/release.jsonld",
    "data/CREDITS.md",
    "data/LICENSES.json",
    "data/ai_disclosure.json",
    "data/provenance.json",
)
LRC = "data/lyrics/lyrics.lrc"
"""Required where the plan knows when the lines are sung."""
MANIFEST = "manifest-sha256.txt"


def sha256_of(path: Path) -> str:
    """The file's content address, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path, info: Mapping[str, str]) -> None:
    """Add declaration, manifests and bag-info to a folder whose payload lies in `data/`."""
    payload = sorted(path for path in (folder / "data").rglob("*") if path.is_file())
    oxum = f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"
    tag_files = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(
            f"{name}: {value}\n" for name, value in sorted({**info, "Payload-Oxum": oxum}.items())
        ),
        MANIFEST: _manifest(folder, payload),
    }
    for name, text in tag_files.items():
        (folder / name).write_bytes(text.encode())
    tags = [folder / name for name in sorted(tag_files)]
    (folder / "tagmanifest-sha256.txt").write_bytes(_manifest(folder, tags).encode())


def _manifest(folder: Path, files: list[Path]) -> str:
    return "".join(f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files)


def verify(path: Path) -> tuple[str, ...]:
    """What is wrong with a release bag, one line each; nothing means it is complete and unchanged."""
    try:
        bag = bagit.Bag(str(path))
    except (bagit.BagError, OSError, UnicodeDecodeError) as error:
        return (f"not a bag: {error}",)
    problems = [f"symbolic link: {link.name}" for link in sorted(path.rglob("*")) if link.is_symlink()]
    if (path / "fetch.txt").exists():
        problems.append("fetch.txt: a release holds all of its files itself")
    sums = {name: entry.get("sha256", "") for name, entry in bag.payload_entries().items()}
    try:
        bag.validate(processes=1)
    except (bagit.BagError, OSError) as error:
        # The library stops at the first fault; a person wants to know which files.
        problems += [str(error), *_changed_files(path, sums)]
    problems += [
        f"missing: {wanted}" for wanted in REQUIRED if not any(name.startswith(wanted) for name in sums)
    ]
    return tuple(problems + _media_problems(path, sums))


def _changed_files(path: Path, sums: Mapping[str, str]) -> list[str]:
    present = {
        file.relative_to(path).as_posix() for file in sorted((path / "data").rglob("*")) if file.is_file()
    }
    return [
        *(f"lost: {name}" for name in sorted(sums.keys() - present)),
        *(f"not listed: {name}" for name in sorted(present - sums.keys())),
        *(
            f"changed: {name}"
            for name in sorted(present & sums.keys())
            if sha256_of(path / name) != sums[name]
        ),
    ]


def _media_problems(path: Path, sums: Mapping[str, str]) -> list[str]:
    try:
        facts = json.loads((path / "data/release.json").read_text(encoding="utf-8"))
        listed = {entry["path"]: (entry["role"], entry["sha256"]) for entry in facts["files"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"data/release.json cannot be read: {error}"]
    problems = [] if LRC in sums or not _has_line_times(path) else [f"missing: {LRC}"]
    problems += [
        f"release.json names {name}, which is not in the bag" for name in sorted(listed.keys() - sums)
    ]
    problems += [
        f"release.json gives another sha256 for {name}"
        for name, (_, sha256) in sorted(listed.items())
        if name in sums and sums[name] != sha256
    ]
    roles = {role for role, _ in listed.values()}
    return problems + [f"no {role}" for role in ("master", "mp3", "cover") if role not in roles]


def _has_line_times(path: Path) -> bool:
    try:
        plan = json.loads((path / "data/plan.json").read_text(encoding="utf-8"))
        return bool(plan.get("has_line_times", True))
    except (OSError, ValueError, AttributeError):
        return True  # a plan that cannot be read is no excuse
