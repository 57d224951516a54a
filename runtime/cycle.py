"""READ FIRST: one song's whole life, one line a step.

`steps.run` makes each step happen exactly once (runtime/steps.py); `crew` says who does it
(runtime/crew.py), and each of its methods opens one file in `agents/`. No step calls another: every
value comes back here and is passed on.
"""

from runtime.crew import Crew
from runtime.steps import StepRunner
from storage.types import (
    Artwork,
    Brief,
    Composition,
    Critique,
    CycleStep,
    DeciderKind,
    Films,
    Frozen,
    Lesson,
    Lyrics,
    Master,
    Outcome,
    ParameterChange,
    Reflection,
    Release,
    Verdict,
)


class Ending(Frozen):
    """How a cycle ended, and who decided."""

    outcome: Outcome
    decided_by: DeciderKind
    reason: str


async def make_song(steps: StepRunner, crew: Crew) -> Ending:
    """Take a song from a plan to a release, or to a rejection."""
    changes: tuple[ParameterChange, ...] = ()
    revision = 0
    while True:
        brief = await steps.run(CycleStep.PLAN, revision, Brief, crew.plan(revision, changes))
        lyrics = await steps.run(CycleStep.WRITE, revision, Lyrics, crew.write(brief, revision))
        song = await steps.run(CycleStep.COMPOSE, revision, Composition, *crew.compose(brief, lyrics))
        master = await steps.run(CycleStep.PRODUCE, revision, Master, crew.produce(brief, song))
        critique = await steps.run(
            CycleStep.CRITICISE, revision, Critique, crew.criticise(brief, lyrics, song, master)
        )
        if critique.passed or revision == crew.revisions_max:
            break
        changes = tuple(finding.change for finding in critique.findings if finding.change)
        revision += 1

    artwork = verdict = None
    if critique.passed:
        artwork = await steps.run(CycleStep.PAINT, revision, Artwork, crew.paint(brief, song, master))
    reflection = await steps.run(
        CycleStep.REFLECT, revision, Reflection, crew.reflect(brief, song, master, critique, revision)
    )
    if artwork is not None:
        verdict = await steps.run(
            CycleStep.ASK, revision, Verdict, crew.ask(brief, master, critique, artwork, reflection, revision)
        )
    if artwork is not None and verdict is not None and verdict.outcome is Outcome.APPROVED:
        films = await steps.run(CycleStep.FILM, revision, Films, crew.film(brief, song, master))
        await steps.run(
            CycleStep.PACKAGE,
            revision,
            Release,
            crew.package(brief, lyrics, song, master, critique, artwork, films, verdict),
        )
    ending = _ending(critique, verdict)
    await steps.run(
        CycleStep.LEARN,
        revision,
        Lesson,
        crew.learn(brief, lyrics, song, critique, reflection, verdict, ending.outcome),
    )
    return ending


def _ending(critique: Critique, verdict: Verdict | None) -> Ending:
    if verdict is None:
        reason = f"The critic gave {critique.score:.2f}, below {critique.threshold:.2f}"
        return Ending(outcome=Outcome.REJECTED, decided_by=DeciderKind.POLICY, reason=reason)
    return Ending(outcome=verdict.outcome, decided_by=verdict.decided_by, reason=verdict.reason)
