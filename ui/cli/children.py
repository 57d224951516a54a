"""The processes beside the label, each watched: started again when it dies, given up when that does not help.

Each is a group of its own and hangs on a pipe (ui/leash.py), so none outlives the label, however that ends.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from configs.settings import Settings
from runtime.label import Surface
from storage.errors import ConfigurationError

log = logging.getLogger(__name__)
QUICK_S = 30.0
"""A process that dies before it has answered, or sooner than this after its start, has not worked."""
QUICK_DEATHS_MAX = 5
BACKOFF_FIRST_S, BACKOFF_MAX_S = 1.0, 30.0
LOOK_S = 0.2
END_S = 10.0
ANSWER_S = 300.0
"""Longest wait for a first answer: a loaded machine loads the console's pages in minutes."""


@dataclass(frozen=True)
class Plan:
    """A process to be kept running."""

    name: str
    module: str
    keeps: frozenset[str]
    """The secrets it needs; it is given no others."""
    answer: Callable[[int], Awaitable[str | None]]
    """Where people find the process of this number; None while it does not answer."""


@dataclass
class Child:
    """One of them as it stands."""

    plan: Plan
    home: Path
    process: asyncio.subprocess.Process | None = None
    address: str | None = None
    trouble: str | None = None
    is_given_up: bool = False
    quick_deaths: int = 0
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """It has answered, or will not."""

    @property
    def log(self) -> Path:
        return self.home / "logs" / f"{self.plan.name}.log"

    @property
    def surface(self) -> Surface:
        """For people, in the label's record."""
        pid = self.process.pid if self.process and self.process.returncode is None else None
        return Surface(name=self.plan.name, pid=pid, address=self.address, trouble=self.trouble)

    async def keep(self, changed: Callable[[], None]) -> None:
        """Start it, again and again, until it is given up or this is cancelled; then it has ended."""
        try:
            while not self.is_given_up:
                await self._live_or_say_why(changed)
                if self.is_given_up:
                    self.settled.set()
                changed()
                if not self.is_given_up:
                    await asyncio.sleep(_backoff_s(self.quick_deaths))
        finally:
            await self._end()

    async def _live_or_say_why(self, changed: Callable[[], None]) -> None:
        try:
            await self._live(changed)
        except Exception as error:  # whatever it is, the watch goes on and people are told
            log.exception("%s could not be watched", self.plan.name)
            await self._end()
            self.address = None
            self.quick_deaths += 1
            self.is_given_up = self.quick_deaths >= QUICK_DEATHS_MAX
            self.trouble = f"could not be watched: {type(error).__name__}: {error}"

    async def _live(self, changed: Callable[[], None]) -> None:
        begins = self.log.stat().st_size if self.log.exists() else 0
        started_s = monotonic()
        self.process = await _start(self.plan, self.home, self.log)
        waiting = asyncio.create_task(self._until_it_answers(changed))
        try:
            code = await self.process.wait()
        finally:
            waiting.cancel()
        # On a loaded machine a process may take longer than that to find out that it cannot run.
        if self.address is not None and monotonic() - started_s >= QUICK_S:
            self.quick_deaths = 0
        self.address = None
        self.quick_deaths += 1
        said = await asyncio.to_thread(_last_words, self.log, begins)
        log.warning("%s (process %s) ended with code %s: %s", self.plan.name, self.process.pid, code, said)
        if code == ConfigurationError.exit_code:
            self.is_given_up, self.trouble = True, f"does not run: {said}"
        elif self.quick_deaths >= QUICK_DEATHS_MAX:
            self.is_given_up = True
            self.trouble = f"given up after {self.quick_deaths} quick deaths: {said}; look at {self.log}"

    async def _until_it_answers(self, changed: Callable[[], None]) -> None:
        assert self.process is not None
        failures = 0
        while self.address is None:
            try:
                self.address = await self.plan.answer(self.process.pid)
            except Exception as error:
                failures += 1
                log.exception("%s could not be asked whether it answers", self.plan.name)
                self.trouble = f"could not be asked: {type(error).__name__}: {error}"
                changed()
            wait_s = _backoff_s(failures) if failures else LOOK_S
            await asyncio.sleep(0 if self.address else wait_s)
        self.trouble = None
        self.settled.set()
        changed()

    async def _end(self) -> None:
        """Ask, wait, and then leave nothing of its group behind."""
        if self.process is None:
            return
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), END_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def kept_running(
    plans: list[Plan], home: Path, unwanted: asyncio.Event, told: Callable[[tuple[Surface, ...]], None]
) -> AsyncIterator[None]:
    """Start them, wait until each has answered or will not, and end them afterwards.

    `told` hears how they stand: first when all have settled, then at every change. Nobody waits for them once
    they are `unwanted`.
    """
    children = [Child(plan, home) for plan in plans]
    all_settled = asyncio.Event()

    def changed() -> None:
        if all_settled.is_set():
            try:
                told(tuple(child.surface for child in children))
            except Exception:  # such as a full disk; it ends no watch, and the next change is told again
                log.exception("how the processes stand could not be told")

    keeping = [asyncio.create_task(child.keep(changed), name=child.plan.name) for child in children]
    try:
        hopes = [asyncio.create_task(_all(children)), asyncio.create_task(unwanted.wait())]
        await asyncio.wait(hopes, timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
        for hope in hopes:
            hope.cancel()
        all_settled.set()
        changed()
        yield
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)


async def _all(children: list[Child]) -> None:
    for child in children:
        await child.settled.wait()


async def _start(plan: Plan, home: Path, log_file: Path) -> asyncio.subprocess.Process:
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ui.leash",
            plan.module,
            env=environment_for(os.environ, plan.keeps) | {"LABELMATE_HOME": str(home)},
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def environment_for(environment: Mapping[str, str], keeps: frozenset[str]) -> dict[str, str]:
    """The environment without secrets of no use to the process. Those in the home's `.env` are read by who needs them."""
    hidden = Settings.secret_variables() - keeps
    return {name: value for name, value in environment.items() if name.upper() not in hidden}


def _backoff_s(deaths: int) -> float:
    return min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** (deaths - 1))


def _last_words(log_file: Path, begins: int) -> str:
    """The line that says why, of what it said since it began."""
    with log_file.open("rb") as file:
        file.seek(begins)
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    told = [line.removeprefix("labelmate: ") for line in lines if line.startswith("labelmate: ")]
    return (told or lines or ["it said nothing"])[-1][:300]
