"""A seeded bug as an operator meets it: the label fails on it, a model mends it, a person applies it, the next song is made.

Everything runs from a checkout of its own with one wrong name in it; the model is a program at the far side of a
socket, scripted to answer the engineer's two questions.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.mending.trial import COPIED, NOT_COPIED

pytestmark = pytest.mark.walk
ROOT = Path(__file__).parents[2]
BROKEN = "agents/planner.py"
RIGHT = "    fresh = [key for key in PITCH_NAMES if key not in past.recent_keys]"
WRONG = RIGHT.replace("past", "passed")
PATIENCE_S = 240.0
MODEL = """
import asyncio, json, sys
from tests.agents.llm import songwriter
from tests.agents.llm.servers import OPENAI, ModelServer

DIFF = sys.argv[1]

def write(body):
    fields = songwriter.fields_of(body)
    if "cause" in fields:
        return json.dumps({"cause": "A name is written wrongly.", "approach": "Write it as it is defined."})
    if "diff" in fields:
        return json.dumps({"diff": DIFF})
    return songwriter.write(body)

async def main():
    server = ModelServer(OPENAI, write=write)
    await server.start(0)
    print(server.base_url, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The source as it is, with a bug."""
    target = tmp_path / "checkout"
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns(*NOT_COPIED))
        else:
            shutil.copy2(ROOT / name, target / name)
    whole = (target / BROKEN).read_text()
    (target / BROKEN).write_text(whole.replace(RIGHT, WRONG, 1))
    assert WRONG in (target / BROKEN).read_text()
    return target


@pytest.fixture
def model_url() -> Iterator[str]:
    diff = f"--- a/{BROKEN}\n+++ b/{BROKEN}\n@@ -1,1 +1,1 @@\n-{WRONG}\n+{RIGHT}\n"
    process = subprocess.Popen(
        [sys.executable, "-c", MODEL, diff],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def labelmate(checkout: Path, model_url: str, home: Path) -> Iterator[Callable[..., dict]]:
    """The commands of that checkout, in a home that allows patches."""
    home.mkdir(mode=0o700)
    lines = [
        "CONSOLE_PORT=0",
        "RAY_DASHBOARD_PORT=0",
        f"LLM_BASE_URL={model_url}",
        "PATCH_PROPOSALS_ENABLED=true",
    ]
    (home / ".env").write_text("\n".join(lines))
    (home / ".env").chmod(0o600)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}

    def call(*args: str, code: int = 0) -> dict:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ui.cli.main", *args, "--json"],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith("{") else {}

    yield call
    subprocess.run(
        [sys.executable, "-P", "-m", "ui.cli.main", "down"],
        cwd=home,
        env=environment,
        check=False,
        capture_output=True,
    )


def until(seen: Callable[[], object], what: str) -> object:
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        if found := seen():
            return found
        time.sleep(1)
    raise AssertionError(f"{what} did not happen")


def test_a_bug_is_mended_by_a_model_and_a_person(labelmate: Callable[..., dict], checkout: Path):
    name = labelmate("artist", "create", "--genre", "lofi")["slug"]
    broken = (checkout / BROKEN).read_bytes()
    labelmate("up")
    labelmate("song", "make", "--artist", name, "--seconds", "10")
    (fault,) = until(lambda: labelmate("error", "list")["errors"], "the fault")  # type: ignore[misc]
    assert fault["code"] == "bug"

    def patch() -> dict | None:
        found = labelmate("error", "show", fault["fingerprint"])["fixes"]
        tried = [
            fix for fix in found if fix["action"] == "patch" and fix["status"] not in ("asked", "trying")
        ]
        return labelmate("error", "diff", tried[0]["id"]) if tried else None

    proposed = until(patch, "the patch")
    assert isinstance(proposed, dict)
    assert (proposed["status"], proposed["result"]) == ("proposed", "passed"), proposed
    assert (checkout / BROKEN).read_bytes() == broken
    labelmate("down")

    labelmate("error", "apply", proposed["id"], "--yes")
    assert RIGHT in (checkout / BROKEN).read_text()
    assert labelmate("error", "list")["errors"] == []
    labelmate("up")
    song = labelmate("song", "make", "--artist", name, "--seconds", "10")["id"]
    until(
        lambda: [step for step in labelmate("cycle", "show", song)["steps"] if step["name"] == "write"],
        "a plan, and with it the next step",
    )
    labelmate("down")
    assert labelmate("error", "revert", proposed["id"], "--yes")["status"] == "reverted"
    assert (checkout / BROKEN).read_bytes() == broken
