"""The critic: measured facts of a song become a score, findings with remedies, and a few sentences.

It judges defects and fit to the brief, not beauty. A model may phrase the sentences; it changes no number.
"""

import re

from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import total
from agents.llm.tasks import FeedbackDraft, FeedbackInputs
from agents.music.analysis import AudioFacts
from agents.music.resemblance import sound_of
from agents.music.review.mark import ANEW, Mark
from agents.music.review.obedience import mark_obedience
from agents.music.review.originality import mark_originality, mark_resemblance
from agents.music.review.sound import mark_sound
from agents.music.review.words import mark_words
from storage.clock import sub_seed
from storage.types import (
    Brief,
    Critique,
    Finding,
    Lyrics,
    MadePiece,
    OthersSong,
    ParameterChange,
    Severity,
    SongPlan,
)

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
    others: tuple[OthersSong, ...] = (),
) -> Critique:
    """Judge a song by what was measured on it; findings come worst first.

    Args:
        history: the artist's own earlier songs.
        others: songs of other artists that may be too near.
    """
    marks = [
        *mark_sound(plan, facts, loudness_lufs),
        *mark_obedience(brief, plan, facts),
        *mark_words(lyrics),
        *mark_originality(lyrics, grams, history),
        *mark_resemblance(lyrics, grams, sound_of(facts), others),
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
        beside=tuple(song.cycle_id for song in others),
        source="measured",
    )


async def phrase(
    writer: Writer, brief: Brief, critique: Critique
) -> tuple[Critique, Completion[FeedbackDraft]]:
    """The same critique, its sentences by a model, behind the verdict in our own words.

    A draft with a number that nobody measured goes back once; if the next one has such a number too, the critique
    is returned as it came, with what the drafts took.

    Raises:
        LLMError: no model answered.
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
    first = await writer.complete(request)
    drafts, invented = [first], invented_numbers(first.value.feedback, critique)
    if invented:
        faults = tuple(f"{number} is not among the measured numbers" for number in invented)
        asked = {
            "inputs": inputs.model_copy(update={"faults": faults}),
            "draft": first.value.model_dump_json(),
        }
        drafts.append(await writer.complete(request.model_copy(update=asked)))
        invented = invented_numbers(drafts[-1].value.feedback, critique)
    spent = total(drafts)
    if invented:
        return critique, spent
    feedback = f"{_verdict(critique.score, critique.passed)} {spent.value.feedback}"
    return critique.model_copy(update={"feedback": feedback, "source": spent.source}), spent


_NO_MEASURE = re.compile(r"\b\d+(?:st|nd|rd|th)\b|\b[A-G][#♯b♭]?\d\b|\b\d+/\d+\b")
"""Ordinals, notes and metres: digits that measure nothing."""
_NUMBER = re.compile(r"\+?\d{1,3}(?:,\d{3})+(?:\.\d+)?|\+?\d+(?:[.,]\d+)?")


def invented_numbers(text: str, critique: Critique) -> tuple[str, ...]:
    """Numbers in a text that nobody measured, in the order of the text; rounding, per cent and kilo are allowed."""
    findings = critique.findings
    told = " ".join(part for finding in findings for part in (finding.text, finding.target))
    measured = {abs(_value(number)) for number in _NUMBER.findall(told)}
    values = {critique.score, critique.threshold, *(finding.value for finding in findings)}
    measured |= {abs(value) for value in values}
    measured |= {100 * value for value in measured if value <= 1} | {value / 1000 for value in measured}
    above_zero = {value for value in values if value > 0}
    return tuple(
        dict.fromkeys(
            number
            for number in _NUMBER.findall(_NO_MEASURE.sub(" ", text))
            if not _is_near(number, above_zero if number.startswith("+") else measured)
        )
    )


def _is_near(number: str, measured: set[float]) -> bool:
    """Whether a number is one of the measured ones, rounded as it is."""
    return any(abs(_value(number) - value) <= _half_of_the_last_place(number) for value in measured)


def _value(number: str) -> float:
    is_thousands = re.fullmatch(r"\+?\d{1,3}(,\d{3})+(\.\d+)?", number)
    return float(number.replace(",", "" if is_thousands else "."))


def _half_of_the_last_place(number: str) -> float:
    _, point, decimals = number.replace(",", ".").rpartition(".")
    return 0.5001 * 10.0 ** -(len(decimals) if point else 0)


def _score(marks: list[Mark]) -> float:
    """The weighted mean of the marks, times the penalty of every finding that is no mere remark."""
    total = sum(m.weight for m in marks)
    score = sum(m.weight * m.quality for m in marks) / total
    for m in marks:
        score *= PENALTY[m.finding.severity]
    return round(score, 4)


def _verdict(score: float, passed: bool) -> str:
    return f"The song {'passes' if passed else 'does not pass'} with {score:.2f}."


def _feedback(score: float, passed: bool, findings: tuple[Finding, ...]) -> str:
    """Two to four sentences: the verdict, the gravest findings, and what to turn."""
    faults = [finding for finding in findings if finding.severity is not Severity.INFO]
    sentences = [_verdict(score, passed)]
    sentences += [finding.text for finding in faults[:2]]
    if not faults:
        sentences.append("Every measure is on target.")
    changes = dict.fromkeys(_wish(finding.change) for finding in faults if finding.change)
    if changes:
        sentences.append(f"Try {' and '.join(list(changes)[:2])} next time.")
    return " ".join(sentences)


def _wish(change: ParameterChange) -> str:
    if change.parameter == ANEW[0]:
        return "another draft"
    return f"{'more' if change.delta > 0 else 'less'} {change.parameter.replace('_', ' ')}"
