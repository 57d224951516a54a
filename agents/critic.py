"""The critic: measured facts of a song become a score, findings with remedies, and a few sentences.

It judges defects and fit to the brief, not beauty. A model may phrase the sentences; it changes no number.
"""

import re

from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask
from agents.llm.tasks import FeedbackDraft, FeedbackInputs
from agents.music.analysis import AudioFacts
from agents.music.review.mark import Mark
from agents.music.review.obedience import mark_obedience
from agents.music.review.originality import mark_originality
from agents.music.review.sound import mark_sound
from agents.music.review.words import mark_words
from storage.clock import sub_seed
from storage.types import Brief, Critique, Finding, Lyrics, MadePiece, Severity, SongPlan

PENALTY = {Severity.BLOCKER: 0.35, Severity.MAJOR: 0.5, Severity.MINOR: 0.96, Severity.INFO: 1.0}
"""What one finding of a severity leaves of the mean: a song with one grave defect does not pass."""
ORDER = (Severity.BLOCKER, Severity.MAJOR, Severity.MINOR, Severity.INFO)


def criticise(
    brief: Brief,
    lyrics: Lyrics,
    plan: SongPlan,
    facts: AudioFacts,
    grams: tuple[str, ...],
    history: tuple[MadePiece, ...],
    threshold: float,
    *,
    loudness_lufs: float = -14.0,
) -> Critique:
    """Judge a song by what was measured on it; findings come worst first."""
    marks = [
        *mark_sound(plan, facts, loudness_lufs),
        *mark_obedience(brief, plan, facts),
        *mark_words(lyrics),
        *mark_originality(lyrics, grams, history),
    ]
    score = _score(marks)
    marks.sort(key=lambda m: (ORDER.index(m.finding.severity), m.quality, m.finding.metric))
    findings = tuple(m.finding for m in marks)
    passed = score >= threshold
    return Critique(
        score=score,
        passed=passed,
        threshold=threshold,
        findings=findings,
        feedback=_feedback(score, passed, findings),
        source="measured",
    )


async def phrase(
    writer: Writer, brief: Brief, critique: Critique
) -> tuple[Critique, Completion[FeedbackDraft]]:
    """The same critique, its sentences by a model.

    Raises:
        LLMError: no model answered.
        ProviderRefusedError: none kept to the measured numbers.
    """
    inputs = FeedbackInputs(
        title=brief.title,
        genre=brief.genre,
        score=critique.score,
        threshold=critique.threshold,
        passed=critique.passed,
        findings=critique.findings,
    )
    request = Request(
        task="feedback",
        prompt="feedback",
        inputs=inputs,
        answer=FeedbackDraft,
        seed=sub_seed(brief.seed, "feedback"),
    )
    completion = await ask(writer, request, lambda draft: _invented(draft, inputs))
    told = {"feedback": completion.value.feedback, "source": completion.source}
    return critique.model_copy(update=told), completion


_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def _invented(draft: FeedbackDraft, inputs: FeedbackInputs) -> tuple[str, ...]:
    """Numbers of a draft that nobody measured, rounding allowed."""
    measured = {_value(number) for number in _NUMBER.findall(inputs.model_dump_json())}
    measured |= {100 * value for value in measured if value <= 1}  # as per cent
    invented = [
        number
        for number in _NUMBER.findall(draft.feedback)
        if not any(abs(_value(number) - value) <= _half_of_the_last_place(number) for value in measured)
    ]
    return tuple(f"{number} is not among the measured numbers" for number in dict.fromkeys(invented))


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _half_of_the_last_place(number: str) -> float:
    decimals = len(re.split("[.,]", number)[1]) if re.search("[.,]", number) else 0
    return 0.5001 * 10.0**-decimals


def _score(marks: list[Mark]) -> float:
    """The weighted mean of the marks, times the penalty of every finding that is no mere remark."""
    total = sum(m.weight for m in marks)
    score = sum(m.weight * m.quality for m in marks) / total
    for m in marks:
        score *= PENALTY[m.finding.severity]
    return round(score, 4)


def _feedback(score: float, passed: bool, findings: tuple[Finding, ...]) -> str:
    """Two to four sentences: the verdict, the gravest findings, and what to turn."""
    faults = [finding for finding in findings if finding.severity is not Severity.INFO]
    sentences = [f"The song {'passes' if passed else 'does not pass'} with {score:.2f}."]
    sentences += [finding.text for finding in faults[:2]]
    if not faults:
        sentences.append("Every measure is on target.")
    changes = dict.fromkeys(
        f"{'more' if finding.change.delta > 0 else 'less'} {finding.change.parameter.replace('_', ' ')}"
        for finding in faults
        if finding.change
    )
    if changes:
        sentences.append(f"Try {' and '.join(list(changes)[:2])} next time.")
    return " ".join(sentences)
