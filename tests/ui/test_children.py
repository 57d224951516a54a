"""Processes beside the label: started again, given up, and surely ended; real processes, no Ray."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.label import Surface
from ui.cli import children
from ui.cli.children import Plan, environment_for, kept_running

pytestmark = pytest.mark.walk
MODULE = "tests.ui.bystander"
KEEPER = """
import asyncio, sys
from pathlib import Path
from ui.cli.children import Plan, kept_running
async def answer(pid): return "here"
async def main():
    plan = Plan("console", "tests.ui.bystander", frozenset(), answer)
    async with kept_running([plan], Path(sys.argv[1]), asyncio.Event(), lambda told: print("up", flush=True)):
        await asyncio.sleep(600)
asyncio.run(main())
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BYSTANDER_NOTES", str(tmp_path / "notes"))
    monkeypatch.setattr(children, "BACKOFF_FIRST_S", 0.01)
    return tmp_path / "notes"


def plan(notes: Path) -> Plan:
    async def answer(pid: int) -> str | None:
        noted = await asyncio.to_thread(lambda: notes.read_text() if notes.exists() else "")
        return f"at {pid}" if f"{pid} " in noted else None

    return Plan("console", MODULE, frozenset({"API_TOKEN"}), answer)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pids: list[int], patience_s: float = 20) -> bool:
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        if not any(map(is_alive, pids)):
            return True
        time.sleep(0.05)
    return False


def run(notes: Path, home: Path, during: Callable[[list[tuple[Surface, ...]]], object]) -> list:
    """Keep the bystander running for as long as `during` takes; returns what was told of it."""
    heard: list[tuple[Surface, ...]] = []

    async def keep() -> None:
        async with kept_running([plan(notes)], home, asyncio.Event(), heard.append):
            await asyncio.to_thread(during, heard)

    asyncio.run(keep())
    return heard


def test_one_that_answers_is_told_of_and_ended(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "lives")
    monkeypatch.setenv("OPENAI_API_KEY", "key-made-up-for-this-test")  # pragma: allowlist secret
    monkeypatch.setenv("API_TOKEN", "token-made-up-for-this-test")
    heard = run(notes, home, lambda _heard: None)
    pid, *variables = notes.read_text().split()
    assert heard[0] == (Surface(name="console", pid=int(pid), address=f"at {pid}"),)
    assert not is_alive(int(pid))
    assert "API_TOKEN" in variables
    assert "OPENAI_API_KEY" not in variables


def test_one_that_is_killed_comes_back(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "lives")

    def kill(heard: list[tuple[Surface, ...]]) -> None:
        pid = heard[-1][0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until_s = time.monotonic() + 30
        while time.monotonic() < until_s and heard[-1][0].pid in (None, pid):
            time.sleep(0.05)

    heard = run(notes, home, kill)
    first, second = (line.split()[0] for line in notes.read_text().splitlines())
    assert first != second
    assert heard[-1][0].address == f"at {second}"


def test_one_that_keeps_dying_is_given_up(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "dies")
    heard = run(notes, home, lambda _heard: None)
    (surface,) = heard[-1]
    assert len(notes.read_text().splitlines()) == children.QUICK_DEATHS_MAX
    assert (surface.pid, surface.address) == (None, None)
    assert surface.trouble == f"given up after 5 quick deaths: no luck; look at {home}/logs/console.log"


def test_a_question_that_fails_is_asked_again(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "lives")
    asked = []
    sound = plan(notes)

    async def answer(pid: int) -> str | None:
        asked.append(pid)
        if len(asked) == 1:
            raise ValueError("half a record")
        return await sound.answer(pid)

    heard: list[tuple[Surface, ...]] = []

    async def keep() -> None:
        odd = Plan(sound.name, sound.module, sound.keeps, answer)
        async with kept_running([odd], home, asyncio.Event(), heard.append):
            return

    asyncio.run(keep())
    assert (heard[0][0].address, heard[0][0].trouble) == (f"at {asked[0]}", None)


def test_one_that_cannot_be_started_is_told_of(notes: Path, home: Path):
    home.mkdir(parents=True, exist_ok=True)
    (home / "logs").write_text("a file where a folder should be")
    heard = run(notes, home, lambda _heard: None)
    assert str(heard[-1][0].trouble).startswith("could not be watched: FileExistsError")


def test_a_wrong_set_up_is_not_tried_again(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "refuses")
    heard = run(notes, home, lambda _heard: None)
    assert heard[-1][0].trouble == "does not run: this cannot be"


def test_one_that_will_not_end_is_ended_with_its_own(
    notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("BYSTANDER", "stubborn")
    monkeypatch.setattr(children, "END_S", 0.5)
    run(notes, home, lambda _heard: None)
    assert gone([int(pid) for pid in notes.read_text().split()], patience_s=5)


def test_they_end_with_a_label_that_is_killed(notes: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYSTANDER", "lives")
    with subprocess.Popen([sys.executable, "-c", KEEPER, str(home)], stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        until_s = time.monotonic() + 30
        while not notes.exists() and time.monotonic() < until_s:
            time.sleep(0.05)
        keeper.kill()
    assert gone([int(notes.read_text().split()[0])])


def test_every_secret_but_the_needed_is_left_out():
    given = {"PATH": "/bin", "SUNO_API_KEY": "1", "xai_api_key": "2", "API_TOKEN": "3", "RAY_AUTH_TOKEN": "4"}
    assert environment_for(given, frozenset({"API_TOKEN"})).keys() == {"PATH", "API_TOKEN", "RAY_AUTH_TOKEN"}
