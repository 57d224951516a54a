"""The fixer: from a fault to a remedy, by the playbook.

It decides and explains; `runtime/repair.py` records and acts. A fault is redacted when it is made, so
nothing that is stored, shown or sent to a model ever held a key.
"""

import hashlib
import random
import re
from pathlib import PurePath
from traceback import extract_tb

from pydantic import Field, field_validator

from agents.redaction import redact
from configs.playbook import Action, Playbook, Rule, Rung, load_playbook
from storage.clock import sub_seed
from storage.errors import LabelError
from storage.types import Frozen

MESSAGE_MAX_CHARS = 500
EMBEDDED = frozenset({"", "embedded", "offline"})
"""Providers that are no vendor: there is nothing to switch to."""


class Fault(Frozen):
    """One thing that went wrong, without secrets."""

    code: str
    """The error's `code` of storage/errors.py, or `bug`."""
    transient: bool
    message: str
    step: str
    provider: str = "embedded"
    work: str = ""
    """Kind of work: words, music, visuals, storage, release …"""
    trace: tuple[str, ...] = ()
    """`module:function`, outermost first."""
    attempt: int = Field(1, ge=1)
    retry_after_s: float | None = None
    """How long the provider asked us to wait."""

    @field_validator("message")
    @classmethod
    def _clean_message(cls, text: str) -> str:
        return _shorten(redact(text))

    @field_validator("trace")
    @classmethod
    def _clean_trace(cls, frames: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_shorten(redact(frame)) for frame in frames)


class Attempt(Frozen):
    """An earlier try of a step, and what was done about its fault."""

    fingerprint: str
    step: str
    action: Action


class Remedy(Frozen):
    """What to do about a fault, and why, in one line for people."""

    action: Action
    delay_s: float = 0.0
    reason: str
    rule: str
    """The rule of playbook.yaml that decided."""
    fingerprint: str


def fault_of(
    error: BaseException, *, step: str, provider: str = "embedded", work: str = "", attempt: int = 1
) -> Fault:
    """The fault that an exception tells of."""
    own = error if isinstance(error, LabelError) else None
    wait = own.fields.get("retry_after_s") if own else None
    return Fault(
        code=own.code if own else "bug",
        transient=own.transient if own else isinstance(error, TimeoutError | ConnectionError),
        message=str(error) if own else f"{type(error).__name__}: {error}",
        step=step,
        provider=provider,
        work=work,
        trace=tuple(
            f"{PurePath(frame.filename).stem}:{frame.name}" for frame in extract_tb(error.__traceback__)
        ),
        attempt=attempt,
        retry_after_s=float(wait) if isinstance(wait, int | float) else None,
    )


def fingerprint(fault: Fault) -> str:
    """Sixteen hex digits that name the kind of fault, the same on every machine and for every song.

    Step and attempt are left out: one broken disk is one group of errors, wherever it shows.
    """
    parts = (
        fault.code,
        fault.provider,
        fault.work,
        _general(fault.message),
        *(_general(_FRAME_FOLDER.sub("", frame)) for frame in fault.trace),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def diagnose(fault: Fault, attempts: tuple[Attempt, ...], playbook: Playbook | None = None) -> Remedy:
    """The remedy for a fault, given what was tried before in this cycle."""
    book = playbook or load_playbook()
    mark = fingerprint(fault)
    rule = next(rule for rule in book.rules if _covers(rule, fault))
    here = [attempt for attempt in attempts if attempt.step == fault.step]
    tried = sum(attempt.fingerprint == mark for attempt in here)
    rung, nth = _rung(rule, fault, tried)
    tries = sum(attempt.action in _TRIES_AGAIN for attempt in here)
    if tries >= book.attempts_per_step_max and rung.action in _TRIES_AGAIN:
        reason = f"The step '{fault.step}' was tried {tries} times in vain: an operator should look."
        return Remedy(action=Action.PARK, reason=reason, rule=rule.name, fingerprint=mark)
    action, delay_s = rung.action, _delay_s(rung, nth, book.jitter, mark, fault)
    if action is Action.RETRY and delay_s > book.long_wait_s:
        action = Action.DEFER
    reason = f"{rule.cause[0].upper()}{rule.cause[1:]}: {_phrase(action, delay_s, nth, rung.times)}."
    return Remedy(action=action, delay_s=delay_s, reason=reason, rule=rule.name, fingerprint=mark)


_TRIES_AGAIN = frozenset({Action.RETRY, Action.SWITCH_PROVIDER, Action.RERENDER})


def _covers(rule: Rule, fault: Fault) -> bool:
    return (
        (not rule.codes or fault.code in rule.codes)
        and (not rule.works or fault.work in rule.works)
        and (rule.transient is None or rule.transient == fault.transient)
    )


def _rung(rule: Rule, fault: Fault, tried: int) -> tuple[Rung, int]:
    """The rung to stand on after `tried` attempts, and which try on it this is, from 0."""
    left = tried
    for rung in rule.ladder[:-1]:
        if rung.action is Action.SWITCH_PROVIDER and fault.provider in EMBEDDED:
            continue
        if left < rung.times:
            return rung, left
        left -= rung.times
    return rule.ladder[-1], left


def _delay_s(rung: Rung, nth: int, jitter: float, mark: str, fault: Fault) -> float:
    # The exponent is bounded because a deferred cycle may come back for years.
    delay_s = min(rung.first_delay_s * rung.factor ** min(nth, 32), rung.delay_max_s)
    chance = random.Random(sub_seed(int(mark, 16), fault.step, fault.attempt, nth)).uniform(-jitter, jitter)
    delay_s = min(delay_s * (1 + chance), rung.delay_max_s)
    if fault.retry_after_s is not None and rung.action in {Action.RETRY, Action.DEFER}:
        delay_s = max(delay_s, fault.retry_after_s)
    return round(delay_s, 3)


def _phrase(action: Action, delay_s: float, nth: int, times: int) -> str:
    wait = f"{delay_s:.0f} s" if delay_s < 120 else f"{delay_s / 60:.0f} min"
    return {
        Action.RETRY: f"trying again in {wait} ({nth + 1} of {times})",
        Action.SWITCH_PROVIDER: "going to the next provider",
        Action.RERENDER: f"making the file again ({nth + 1} of {times})",
        Action.DEFER: f"the cycle waits {wait}",
        Action.PARK: "an operator decides",
        Action.GIVE_UP: "trying again would not help",
    }[action]


def _shorten(text: str) -> str:
    return text if len(text) <= MESSAGE_MAX_CHARS else text[: MESSAGE_MAX_CHARS - 1] + "…"


_FRAME_FOLDER = re.compile(r"(?:[a-zA-Z]:)?[^\s\"']*[\\/]")

_VARIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"\b[a-z][a-z0-9+.-]*://\S+", "<url>"),
        (r"\"[^\"]*\"|'[^']*'|“[^”]*”|‘[^’]*’", "<text>"),
        (r"(?:~|\b[a-z]:)?(?:[\\/][\w.@+=%-]+)+[\\/]?", "<path>"),
        (r"\b(?:[a-z]+_)?[0-9a-hjkmnp-tv-z]{26}\b", "<id>"),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,}\b", "<id>"),
        (
            r"\b(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
            "<date>",
        ),
        (r"\d[\d.,:tz+-]*", "<n>"),
        (r"(?:<(?:date|n)>[\s,]*)+", "<n> "),
        (r"\s+", " "),
    )
)


def _general(text: str) -> str:
    """What stays of a message when everything that differs from song to song is taken out."""
    text = redact(text).lower()
    for pattern, name in _VARIES:
        text = pattern.sub(name, text)
    return text.strip()
