"""A test that hung took CI's whole time, and nothing told which; a process that ended at it left pytest-xdist waiting."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HANGS = """
import asyncio
def test_well(): pass
async def test_hangs(): await asyncio.sleep(600)
"""


def options_of(target: str) -> list[str]:
    """What `make` gives pytest, but for the choice of tests."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, env=inherited, capture_output=True, text=True, check=True
    )
    found = re.search(r"-m pytest (.*?--numprocesses \d)", told.stdout)
    assert found, told.stdout
    return found[1].split()


@pytest.mark.parametrize("target", ["test", "coverage"])
def test_every_run_of_tests_is_given_the_same(target: str):
    assert options_of(target)[:-1] == options_of("walks")[:-1]


@pytest.mark.slow
def test_it_is_named_and_the_run_ends(tmp_path: Path):
    (tmp_path / "test_it.py").write_text(HANGS)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options_of("walks"),
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
    ]
    command += ["-c", str(ROOT / "pyproject.toml"), "-o", "faulthandler_timeout=2", "test_it.py"]
    done = subprocess.run(
        command, cwd=tmp_path, env=inherited, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "crashed while running 'test_it.py::test_hangs'" in done.stdout
    assert "Timeout (0:00:02)!" in done.stderr, "and where it waits"
