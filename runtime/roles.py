"""What the cycle needs to know of those it works with: a way to run steps, and somebody for each step.

A song at work has the step runner (runtime/steps.py) and its crew (runtime/crew.py). A song that is
replayed (runtime/replay.py) walks the same cycle with the record in place of the runner.
"""

from typing import Protocol, TypeVar

from runtime.revisions import Revisions
from runtime.work import Work
from storage.types import (
    Artwork,
    Brief,
    Composition,
    Critique,
    CycleStep,
    Films,
    Frozen,
    Lesson,
    Lyrics,
    Master,
    Outcome,
    ParameterChange,
    Reflection,
    Release,
    Take,
    Takes,
    Verdict,
)

T = TypeVar("T", bound=Frozen)


class Steps(Protocol):
    """Runs each step once, and recalls it ever after."""

    async def run(self, name: CycleStep, revision: int, output: type[T], *chain: Work[T]) -> T: ...


class Roles(Protocol):
    """Who does each step, in a song's order; each method returns work, not a result."""

    @property
    def revisions_max(self) -> int: ...

    def plan(self, revision: int, changes: tuple[ParameterChange, ...]) -> Work[Brief]: ...

    def retitle(self, brief: Brief, revision: int) -> Work[Brief]: ...

    def write(self, brief: Brief, at: Revisions) -> Work[Lyrics]: ...

    def compose(
        self, brief: Brief, lyrics: Lyrics, at: Revisions
    ) -> tuple[Work[Takes[Composition]], ...]: ...

    def produce(self, brief: Brief, songs: Takes[Composition]) -> Work[Takes[Master]]: ...

    def criticise(
        self,
        brief: Brief,
        lyrics: Lyrics,
        songs: Takes[Composition],
        masters: Takes[Master],
        at: Revisions,
    ) -> Work[Takes[Critique]]: ...

    def paint(
        self, brief: Brief, takes: tuple[Take, ...], at: Revisions, before: Artwork | None
    ) -> Work[Artwork]: ...

    def reflect(self, brief: Brief, take: Take, at: Revisions) -> Work[Reflection]: ...

    def ask(
        self,
        brief: Brief,
        lyrics: Lyrics,
        takes: tuple[Take, ...],
        artwork: Artwork,
        reflection: Reflection,
        revision: int,
    ) -> Work[Verdict]: ...

    def film(self, brief: Brief, take: Take, artwork: Artwork, at: Revisions) -> Work[Films]: ...

    def package(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        artwork: Artwork,
        films: Films,
        verdict: Verdict,
    ) -> Work[Release]: ...

    def learn(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        reflection: Reflection,
        verdict: Verdict | None,
        outcome: Outcome,
    ) -> Work[Lesson]: ...
