"""The command line as a person calls it, in this process, on the test's own home."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.clock import SystemClock
from storage.home import open_home
from storage.store import Store
from tests.homes import ready
from tests.storage.stage import Stage
from ui.cli.main import run


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def data(self):
        """Stdout as the one JSON object it must be."""
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """Stderr as the one line it must be."""
        (line,) = self.err.splitlines()
        return line


Call = Callable[..., Answer]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    for name in ("DATABASE_URL", "ASSETS_URL", "RAY_ADDRESS", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def labelmate(*args: str | Path) -> Answer:
        capsys.readouterr()
        code = run([str(arg) for arg in args])
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return labelmate


@pytest.fixture
def made_home(home: Path) -> Path:
    """The home as the first command leaves it, without waiting for that."""
    return ready(home)


@contextmanager
def behind(home: Path) -> Iterator[Stage]:
    """The home's store, for what only a running label does; the home is free again afterwards."""
    opened = open_home(ready(home))
    store = Store(opened.engine, SystemClock())
    try:
        yield Stage(store, None)
    finally:
        store.close()
        opened.close()


@pytest.fixture
def waiting(home: Path) -> dict[str, str]:
    """A home in which one song waits for a person; ids of the artist, the cycle and the approval."""
    with behind(home) as stage:
        fence, cycle = stage.song("Nova Rain")
        approval = stage.ask(fence, cycle, deadline_h=1e-9)
        suspend_waiting(stage, fence, cycle)
    return {"artist": "nova-rain", "cycle": cycle.id, "approval": approval.id}


@pytest.fixture
def reworded(home: Path) -> str:
    """A home in which one song waits under words that bob has changed; the approval's id."""
    from storage import approvals
    from storage.types import SongEdits

    with behind(home) as stage:
        asked = stage.ask(*stage.song("Kilo Wren"), facts={"lines": ["one", "two"]})
        stage.write(
            approvals.edit_words, approval_id=asked.id, edits=SongEdits(lines=("one", "too")), who="bob",
            surface="telegram", preview_sha256=asked.preview_sha256, words_sha256=asked.words_sha256,
        )  # fmt: skip
    return asked.id


def suspend_waiting(stage: Stage, fence, cycle) -> None:
    from storage import artists, cycles
    from storage.types import CycleState

    stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="waits"
    )
    stage.write(artists.release_artist, fence=fence)
