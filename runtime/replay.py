"""Replay: a song walks its cycle again with the record in place of the world, and each step is compared.

`make_song` is the same as at work; here every step is given what is on record of those before it, made again in a
scratch folder, and answers with its recorded value, so that a difference shows where it arises. Models are not
asked: their recorded replies are read again. What was bought, decided by people or learnt is not made again. Sizes
and rates are those of the recorded files; what is not on record (the loudness target, a length that nobody asked
for) is taken from the settings of now.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from agents.music.protocol import INBOX
from agents.packager import verify
from agents.release.bag import MANIFEST
from configs.settings import Settings
from runtime.bench import OUTPUTS, Bench
from runtime.cycle import make_song
from runtime.likeness import SAME, Finding, Likeness, differs, left_out
from runtime.replay_crew import LeftOut, ReplayCrew
from runtime.roles import Steps
from runtime.steps import PURCHASES
from runtime.work import LocalWork, Work
from storage.errors import LabelError, NotFoundError
from storage.records import CycleRecord, DoneStep
from storage.types import CycleId, CycleStep, Frozen, Release

T = TypeVar("T", bound=Frozen)


class StepReplay(Frozen):
    """One step made again, or why it was not."""

    name: CycleStep
    revision: int
    likeness: Likeness
    what: str


class Replay(Frozen):
    """A cycle made again."""

    cycle_id: CycleId
    steps: tuple[StepReplay, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs by more than its tolerance."""
        return all(step.likeness is not Likeness.DIFFERS for step in self.steps)


class _EndOfRecord(Exception):  # noqa: N818 - no fault: it ends the walk
    """The cycle was not finished further than this."""


async def replay(
    record: CycleRecord, settings: Settings, folder: Path, *, videos: bool, tell: Callable[[StepReplay], None]
) -> Replay:
    """Make every finished step again below `folder`, telling of each as it is compared.

    Full films are made only with `videos`, because they take long.
    """
    bench = Bench(record, settings, folder)
    crew = ReplayCrew(bench, settings, videos=videos)
    steps = RecordedSteps(bench, crew, tell)
    with suppress(_EndOfRecord):  # a song that waits, or stopped on its way, is replayed as far as it came
        await make_song(steps, crew)
    return Replay(cycle_id=record.cycle.id, steps=tuple(steps.told))


class RecordedSteps(Steps):
    """The record as the cycle's steps: makes each again beside what is on record, and answers with that."""

    def __init__(self, bench: Bench, crew: ReplayCrew, tell: Callable[[StepReplay], None]) -> None:
        self.told: list[StepReplay] = []
        self._tell = tell
        self._bench = bench
        self._crew = crew
        self._done = {(step.row.name, step.row.revision): step for step in bench.record.steps}
        self._seen: set[tuple[CycleStep, int]] = set()

    async def run(self, name: CycleStep, revision: int, output: type[T], *chain: Work[T]) -> T:
        """The recorded value, after a comparison at the first walk over it."""
        step = self._done.get((name, revision))
        if step is None:
            raise _EndOfRecord(f"{name} of revision {revision} was not finished")
        if (name, revision) not in self._seen:
            self._seen.add((name, revision))
            found = await self._compared(step, chain[-1])
            told = StepReplay(name=name, revision=revision, likeness=found.likeness, what=found.what)
            self.told.append(told)
            self._tell(told)
        return self._bench.value(output, step)

    async def _compared(self, step: DoneStep, work: Work[T]) -> Finding:
        """What keeps a step from being made again is a finding too."""
        if step.row.policy in PURCHASES:
            return left_out(f"bought at {step.row.provider}")
        if step.row.name is CycleStep.COMPOSE and step.row.provider == INBOX:
            return left_out("a person brought the recording")
        self._crew.step, self._crew.asks_something_else = step, False
        try:
            damaged = self._bench.damage(step) if step.row.name in OUTPUTS else None
            if damaged:
                return damaged
            assert isinstance(work, LocalWork)
            made = await work.make(0)
            return self._finding(step, made.value)
        except (LeftOut, NotFoundError) as why:
            return left_out(str(why))
        except LabelError as error:
            return differs(str(error))

    def _finding(self, step: DoneStep, made: Frozen) -> Finding:
        if self._crew.asks_something_else:
            assert step.call is not None
            return differs(f"{step.call.model} would be asked something else")
        match step.row.name:
            case CycleStep.COMPOSE:
                return self._bench.files(step, made) or self._bench.same_value(step, made)
            case CycleStep.PRODUCE | CycleStep.PAINT | CycleStep.FILM:
                return self._bench.files(step, made) or SAME
            case CycleStep.PACKAGE:
                return self._same_bag(step, made)
            case _:
                return self._bench.same_value(step, made)

    def _same_bag(self, step: DoneStep, made: Frozen) -> Finding:
        assert isinstance(made, Release)
        bag = self._bench.kept.releases_dir / self._bench.value(Release, step).directory
        problems = verify(bag)
        if problems:
            return differs(f"the release is not whole: {problems[0]}")
        again = self._bench.studio.releases_dir / made.directory
        before, now = (_manifest(folder / MANIFEST) for folder in (bag, again))
        others = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
        return differs(f"the release has another {', '.join(others)}") if others else SAME


def _manifest(path: Path) -> dict[str, str]:
    lines = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: sha256 for sha256, name in lines}
