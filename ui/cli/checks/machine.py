"""Is this machine fit?"""

import importlib.util
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from storage.errors import LabelError
from ui.cli.checks import Check, Grade

TESTED = (3, 13)
WAL_SAFE = (3, 51, 3)
"""From this SQLite on, a checkpoint can no longer lose a write that a second process makes meanwhile."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def check_python() -> Check:
    told = f"{platform.python_version()} on {platform.machine()}"
    if sys.version_info[:2] > TESTED:
        newest = ".".join(map(str, TESTED))
        return Check(name="python", grade=Grade.NOTE, text=f"{told}; labelmate is tested up to {newest}")
    return Check(name="python", grade=Grade.GOOD, text=told)


def check_ray() -> Check:
    """Ray, by importing it as the label would."""
    try:
        import runtime.cluster  # noqa: F401
    except ImportError as error:
        return Check(
            name="ray",
            grade=Grade.FATAL,
            text=f"cannot be imported: {error}",
            remedy="`make setup` installs it",
        )
    return Check(name="ray", grade=Grade.GOOD, text=version("ray"))


def check_ray_bytecode() -> Check:
    """Without compiled bytecode every worker compiles Ray anew, which takes three times the processor time."""
    spec = importlib.util.find_spec("ray")
    origin = spec.origin if spec else None
    if origin is None:
        return Check(
            name="ray bytecode", grade=Grade.FATAL, text="there is no ray", remedy="`make setup` installs it"
        )
    sources = [Path(origin), Path(origin).parent / "_private" / "worker.py"]
    missing = [path for path in sources if not Path(importlib.util.cache_from_source(str(path))).exists()]
    if missing:
        return Check(
            name="ray bytecode",
            grade=Grade.WARNING,
            text="not compiled: each start takes several times as long",
            remedy=f"`{Path(sys.executable).name} -m compileall -q {Path(origin).parent}`, or `make setup`",
        )
    return Check(name="ray bytecode", grade=Grade.GOOD, text="compiled")


def check_sqlite() -> Check:
    if sqlite3.sqlite_version_info < WAL_SAFE:
        safe = ".".join(map(str, WAL_SAFE))
        return Check(
            name="sqlite",
            grade=Grade.NOTE,
            text=f"{sqlite3.sqlite_version}; before {safe} a rare fault of write-ahead logs can strike when two "
            "processes write, and labelmate lets one alone write",
            remedy="nothing to do; open the database with other programs only while the label rests",
        )
    return Check(name="sqlite", grade=Grade.GOOD, text=sqlite3.sqlite_version)


def check_typefaces() -> Check:
    from agents.visuals.identity import TYPE_PAIRS
    from agents.visuals.typefaces import display_face, load_font

    families = sorted({family for display, text, _ in TYPE_PAIRS for family in (display, text)})
    try:
        for family in families:
            load_font(display_face(family), 24)
    except LabelError as error:
        return Check(
            name="typefaces", grade=Grade.FATAL, text=str(error), remedy="`make setup` installs them"
        )
    return Check(name="typefaces", grade=Grade.GOOD, text=f"{len(families)} families")


def check_ffmpeg() -> Check:
    try:
        import imageio_ffmpeg

        program = imageio_ffmpeg.get_ffmpeg_exe()
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    except (ImportError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        return Check(
            name="ffmpeg",
            grade=Grade.FATAL,
            text=f"does not run: {error}",
            remedy="`make setup` installs imageio-ffmpeg",
        )
    return Check(name="ffmpeg", grade=Grade.GOOD, text=done.stdout.split("Copyright")[0].strip())


def check_pyav() -> Check:
    try:
        import av  # noqa: F401

        return Check(name="pyav", grade=Grade.GOOD, text=version("av"))
    except (ImportError, PackageNotFoundError) as error:
        return Check(
            name="pyav",
            grade=Grade.FATAL,
            text=f"cannot be imported: {error}",
            remedy="`make setup` installs it",
        )


def check_chromium() -> Check:
    """The browser in which tests open the console; nothing else needs it."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        return Check(
            name="chromium",
            grade=Grade.GOOD,
            text="none; only the console's browser tests would use it, and skip",
        )
    return Check(name="chromium", grade=Grade.GOOD, text=f"{found}, for the console's browser tests")


OF_MACHINE: tuple[Callable[[], Check], ...] = (
    check_python,
    check_ray,
    check_ray_bytecode,
    check_sqlite,
    check_typefaces,
    check_ffmpeg,
    check_pyav,
    check_chromium,
)
