"""A patch meets its tests: in a copy of the tree, in a process of its own, within time and memory."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from time import monotonic

from agents.mending.checkout import PACKAGES, ChangedFile, Checkout
from agents.redaction import redact
from storage.types import Frozen

OUTPUT_MAX_CHARS = 12_000
COPIED = (*PACKAGES, "tests", "pyproject.toml", "README.md", ".env.example")
NOT_COPIED = ("__pycache__", ".*_cache", "*.pyc", "node_modules")
NONE_RAN = 5
"""pytest's exit code where it found no test."""
GUARD = Path(__file__).with_name("guard.py")


class TrialResult(StrEnum):
    """How a trial ended."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    UNTESTED = "untested"
    """There is no test for what it changes, or nothing to run tests with."""


class Limits(Frozen):
    """What a trial may take."""

    time_s: float
    memory_mb: int


class Trial(Frozen):
    """What its tests said of a patch."""

    result: TrialResult
    tests: tuple[str, ...]
    output: str
    """The end of it, redacted."""
    took_s: float = 0.0


def mirror_tests(files: tuple[ChangedFile, ...], checkout: Checkout) -> tuple[str, ...]:
    """The tests of the changed files: of each its own, else those of the nearest folder above it."""
    found: dict[str, None] = {}
    for file in files:
        path = PurePosixPath(file.path)
        own = PurePosixPath("tests") / path.with_name(f"test_{path.stem}.py")
        if (checkout.root / own).is_file():
            found[str(own)] = None
            continue
        for folder in list(own.parents)[:-2]:
            near = sorted((checkout.root / folder).glob("test_*.py"))
            if near:
                found.update(dict.fromkeys(one.relative_to(checkout.root).as_posix() for one in near))
                break
    return tuple(found)


def run_trial(
    files: tuple[ChangedFile, ...],
    checkout: Checkout,
    *,
    tests: tuple[str, ...],
    limits: Limits,
    scratch: Path,
) -> Trial:
    """Lay the patch on a copy of the tree and run tests there; without `tests`, those of the changed files.

    Raises PatchRefusedError if a file is no longer the one that the patch was made for.
    """
    wanted = tests or mirror_tests(files, checkout)
    if not wanted:
        return Trial(result=TrialResult.UNTESTED, tests=(), output="No test mirrors the changed files.")
    if find_spec("pytest") is None:
        told = "pytest is not installed here; `make test` sets it up, then ask for the patch again."
        return Trial(result=TrialResult.UNTESTED, tests=wanted, output=told)
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="patch-", dir=scratch))
    try:
        copy = _copied(checkout, folder / "tree")
        copy.put(files)
        return _run(copy.root, folder / "tmp", wanted, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(checkout: Checkout, target: Path) -> Checkout:
    for name in COPIED:
        source = checkout.root / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        elif source.is_file():
            shutil.copy2(source, target / name)
    return Checkout(target)


def _run(folder: Path, temporary: Path, tests: tuple[str, ...], limits: Limits) -> Trial:
    temporary.mkdir()
    log = temporary.parent / "output.txt"
    command = [
        sys.executable, "-P", str(GUARD), str(folder), str(limits.memory_mb), str(int(limits.time_s) + 1),
        "-q", "-x", "--tb=short", "-p", "no:cacheprovider", "-m", "not walk and not cluster",
        f"--basetemp={temporary / 'pytest'}", "--", *tests,
    ]  # fmt: skip
    # Nothing of our own environment: no key, no token, no home.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "LABELMATE_HOME": str(temporary / "home"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    started_s = monotonic()
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter; paths of tests are arguments, never options
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(limits.time_s)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            # Whatever its tests have started ends with them.
            _end(process)
    took_s = monotonic() - started_s
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - 4 * OUTPUT_MAX_CHARS))
        said = redact(text.read().decode(errors="replace").replace(str(folder), "."))[-OUTPUT_MAX_CHARS:]
    if code is None:
        said += f"\nEnded after {limits.time_s:.0f} s."
        return Trial(result=TrialResult.TIMED_OUT, tests=tests, output=said, took_s=took_s)
    results = {0: TrialResult.PASSED, NONE_RAN: TrialResult.UNTESTED}
    return Trial(result=results.get(code, TrialResult.FAILED), tests=tests, output=said, took_s=took_s)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
