"""READ FIRST: one song's whole life, one line a step.

`steps.run` makes each step happen exactly once (runtime/steps.py); `crew` says who does it
(runtime/crew.py), and each of its methods opens one file in `agents/`. No step calls another: every
value comes back here and is passed on. Only `editor` is called here itself: it puts other words on the
same music and has no effect that could be repeated.
"""

from agents import editor
from runtime.revisions import Revisions
from runtime.roles import Roles, Steps
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
    Redo,
    Reflection,
    Release,
    Verdict,
)


class Ending(Frozen):
    """How a cycle ended, and who decided."""

    outcome: Outcome
    decided_by: DeciderKind
    reason: str


async def make_song(steps: Steps, crew: Roles) -> Ending:
    """Take a song from a plan to a release, or to a rejection.

    The critic and people may send it back: the same steps are walked again, those whose revision
    has not moved (runtime/revisions.py) return what they returned, and the others are made anew.
    """
    at = Revisions()
    changes: tuple[ParameterChange, ...] = ()
    critic_revisions = crew.revisions_max
    artwork: Artwork | None = None
    while True:
        brief = await steps.run(CycleStep.PLAN, at.plan, Brief, crew.plan(at.plan, changes))
        for revision in at.titles:
            brief = await steps.run(CycleStep.PLAN, revision, Brief, crew.retitle(brief, revision))
        lyrics = await steps.run(CycleStep.WRITE, at.words, Lyrics, crew.write(brief, at))
        song = await steps.run(CycleStep.COMPOSE, at.recording, Composition, *crew.compose(brief, lyrics))
        song = editor.reworded(song, brief, lyrics)
        master = await steps.run(CycleStep.PRODUCE, at.recording, Master, crew.produce(brief, song))
        critique = await steps.run(
            CycleStep.CRITICISE, at.recording, Critique, crew.criticise(brief, lyrics, song, master, at)
        )
        if not critique.passed and critic_revisions > 0:
            changes += tuple(finding.change for finding in critique.findings if finding.change)
            critic_revisions -= 1
            at = at.again(Redo.SONG)
            continue

        verdict = None
        if critique.passed:
            artwork = await steps.run(
                CycleStep.PAINT, at.pictures, Artwork, crew.paint(brief, song, master, at, artwork)
            )
        reflection = await steps.run(
            CycleStep.REFLECT, at.recording, Reflection, crew.reflect(brief, song, master, critique, at)
        )
        if critique.passed and artwork is not None:
            verdict = await steps.run(
                CycleStep.ASK,
                at.newest,
                Verdict,
                crew.ask(brief, lyrics, master, critique, artwork, reflection, at.newest),
            )
        if verdict is None or verdict.redo is None:
            break
        at = at.again(verdict.redo)
        if verdict.redo is Redo.SONG:
            changes, critic_revisions = (), crew.revisions_max

    if artwork is not None and verdict is not None and verdict.outcome is Outcome.APPROVED:
        if verdict.edits is not None:
            brief, lyrics, song = editor.edited(brief, lyrics, song, verdict.edits)
            at = at.again(Redo.TITLE if verdict.edits.title else Redo.LYRICS)
            artwork = await steps.run(
                CycleStep.PAINT, at.pictures, Artwork, crew.paint(brief, song, master, at, artwork)
            )
        films = await steps.run(CycleStep.FILM, at.newest, Films, crew.film(brief, song, master, at))
        await steps.run(
            CycleStep.PACKAGE,
            at.newest,
            Release,
            crew.package(brief, lyrics, song, master, critique, artwork, films, verdict),
        )
    ending = _ending(critique, verdict)
    await steps.run(
        CycleStep.LEARN,
        at.newest,
        Lesson,
        crew.learn(brief, lyrics, song, critique, reflection, verdict, ending.outcome),
    )
    return ending


def _ending(critique: Critique, verdict: Verdict | None) -> Ending:
    if verdict is None or verdict.outcome is None:
        reason = f"The critic gave {critique.score:.2f}, below {critique.threshold:.2f}"
        return Ending(outcome=Outcome.REJECTED, decided_by=DeciderKind.POLICY, reason=reason)
    return Ending(outcome=verdict.outcome, decided_by=verdict.decided_by, reason=verdict.reason)
