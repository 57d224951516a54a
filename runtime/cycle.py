"""READ FIRST: one song's whole life, one line a step.

`steps.run` makes each step happen exactly once (runtime/steps.py); `crew` says who does it
(runtime/crew.py), and each of its methods opens one file in `agents/`. No step calls another: every
value comes back here and is passed on. Only `editor` is called here itself: it puts takes in order and
other words on the same music, and has no effect that could be repeated.
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
    Takes,
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
        songs = await steps.run(
            CycleStep.COMPOSE, at.recording, Takes[Composition], *crew.compose(brief, lyrics, at)
        )
        songs = editor.reworded(songs, brief, lyrics)
        masters = await steps.run(CycleStep.PRODUCE, at.recording, Takes[Master], crew.produce(brief, songs))
        critiques = await steps.run(
            CycleStep.CRITICISE,
            at.recording,
            Takes[Critique],
            crew.criticise(brief, lyrics, songs, masters, at),
        )
        takes = editor.ranked(songs, masters, critiques)
        critique = takes[0].critique
        if not critique.passed and critic_revisions > 0:
            changes += tuple(finding.change for finding in critique.findings if finding.change)
            critic_revisions -= 1
            at = at.again(Redo.SONG)
            continue

        verdict = None
        if critique.passed:
            artwork = await steps.run(
                CycleStep.PAINT, at.pictures, Artwork, crew.paint(brief, takes, at, artwork)
            )
        reflection = await steps.run(
            CycleStep.REFLECT, at.recording, Reflection, crew.reflect(brief, takes[0], at)
        )
        if critique.passed and artwork is not None:
            verdict = await steps.run(
                CycleStep.ASK,
                at.newest,
                Verdict,
                crew.ask(brief, lyrics, takes, artwork, reflection, at.newest),
            )
        if verdict is None or verdict.redo is None:
            break
        at = at.again(verdict.redo)
        if verdict.redo is Redo.SONG:
            changes, critic_revisions = (), crew.revisions_max

    take = takes[verdict.take - 1 if verdict is not None else 0]
    if artwork is not None and verdict is not None and verdict.outcome is Outcome.APPROVED:
        artwork = artwork.of_take(verdict.take)
        if verdict.edits is not None:
            brief, lyrics, song = editor.edited(brief, lyrics, take.song, verdict.edits)
            take = take.model_copy(update={"song": song})
            at = at.again(Redo.TITLE if verdict.edits.title else Redo.LYRICS)
            artwork = await steps.run(
                CycleStep.PAINT, at.pictures, Artwork, crew.paint(brief, (take,), at, artwork)
            )
        films = await steps.run(CycleStep.FILM, at.newest, Films, crew.film(brief, take, artwork, at))
        await steps.run(
            CycleStep.PACKAGE,
            at.newest,
            Release,
            crew.package(brief, lyrics, take, artwork, films, verdict),
        )
    ending = _ending(critique, verdict)
    await steps.run(
        CycleStep.LEARN,
        at.newest,
        Lesson,
        crew.learn(brief, lyrics, take, reflection, verdict, ending.outcome),
    )
    return ending


def _ending(critique: Critique, verdict: Verdict | None) -> Ending:
    if verdict is None or verdict.outcome is None:
        reason = f"The critic gave {critique.score:.2f}, below {critique.threshold:.2f}"
        return Ending(outcome=Outcome.REJECTED, decided_by=DeciderKind.POLICY, reason=reason)
    return Ending(outcome=verdict.outcome, decided_by=verdict.decided_by, reason=verdict.reason)
