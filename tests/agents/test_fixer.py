"""The fixer: the same fault has one fingerprint, and no remedy is worse than its fault."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.fixer import Attempt, Fault, diagnose, fault_of, fingerprint
from configs.playbook import Action, load_playbook
from storage.errors import (
    AssetCorruptError,
    BudgetExceededError,
    ConfigurationError,
    DiskFullError,
    Fenced,
    LabelError,
    OutcomeUnknownError,
    ProviderRefusedError,
    ProviderUnavailableError,
    RenderError,
    UsageError,
)


def fault(message: str = "the vendor is down", **fields: object) -> Fault:
    return Fault(
        **{"code": "provider_unavailable", "transient": True, "step": "compose", "message": message, **fields}
    )


def climb(error: LabelError, times: int, **where: str) -> list[Action]:
    """What is done about the same error again and again."""
    done: list[Attempt] = []
    for attempt in range(1, times + 1):
        remedy = diagnose(fault_of(error, **{"step": "compose", "attempt": attempt, **where}), tuple(done))
        step = where.get("step", "compose")
        done.append(Attempt(fingerprint=remedy.fingerprint, step=step, action=remedy.action))
    return [attempt.action for attempt in done]


# ---------------------------------------------------------------- fingerprints


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no file /tmp/a1/x.wav", "no file /var/lib/labelmate/b/y.wav"),
        ("no file /home/ann/x.wav", "no file /Users/bob/music/y.wav"),
        ("asset " + "0f" * 32 + " is damaged", "asset " + "a3" * 32 + " is damaged"),
        ("cycle cyc_01kaz0000000000000000000bb stopped", "cycle cyc_01kb1111111111111111111111 stopped"),
        ("job 7f9c24e5-1111-4222-8333-444455556666 lost", "job 00000000-1111-4222-8333-444455556666 lost"),
        ("took 31.5 s of 30", "took 102 s of 60"),
        ("until 2026-11-23T17:00:01+00:00", "until 2027-01-02T03:04:05.678+01:00"),
        ("until Mon, 23 Nov 2026 17:00", "until Tue, 1 Dec 2026 03:00"),
        ("key sk-abcdefghijklmnop refused", "key sk-qrstuvwxyzabcdef refused"),
        ("genre 'polka' is unknown", 'genre "skiffle jazz" is unknown'),
        ("GET https://a.example/1?x=2 gave 503", "GET https://b.example/99 gave 502"),
    ],
)
def test_what_differs_from_song_to_song_does_not_count(one, other):
    assert fingerprint(fault(one)) == fingerprint(fault(other))


@pytest.mark.parametrize(
    "other",
    [
        fault("the vendor is closed"),
        fault(code="render"),
        fault(provider="suno"),
        fault(work="visuals"),
        fault(trace=("composer:compose",)),
    ],
)
def test_other_faults_have_other_fingerprints(other):
    assert fingerprint(other) != fingerprint(fault())


def test_place_of_the_code_line_numbers_step_and_attempt_do_not_count():
    here = fault(trace=('File "/home/ann/labelmate/agents/composer.py", line 12, in compose',))
    there = fault(
        trace=(r'File "C:\labelmate\agents\composer.py", line 345, in compose',), step="produce", attempt=3
    )
    assert fingerprint(here) == fingerprint(there)


def test_another_process_finds_the_same_fingerprint():
    code = (
        "from agents.fixer import *;"
        "print(fingerprint(Fault(code='render', transient=False, message='frame 3', step='film')))"
    )
    root = Path(__file__).parents[2]
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    own = fingerprint(Fault(code="render", transient=False, message="frame 3", step="film"))
    assert found == {f"{own}\n".encode()}


# ---------------------------------------------------------------- faults


def test_a_fault_never_holds_a_secret_and_stays_short():
    told = fault("key sk-abcdefghijklmnop for ann@example.org " + "x" * 2000, trace=("/home/ann/a.py",))
    assert "abcdefgh" not in told.message
    assert "ann" not in told.message + told.trace[0]
    assert len(told.message) <= 500


def test_an_exception_becomes_a_fault_with_its_frames():
    def break_it() -> None:
        raise ProviderUnavailableError("down", retry_after_s=7)

    with pytest.raises(ProviderUnavailableError) as caught:
        break_it()
    told = fault_of(caught.value, step="compose", provider="suno", work="music", attempt=2)
    assert (told.code, told.transient, told.retry_after_s) == ("provider_unavailable", True, 7.0)
    assert told.trace[-1] == "test_fixer:break_it"


def test_an_error_that_is_not_ours_is_a_bug_unless_it_passes():
    assert fault_of(KeyError("x"), step="plan").code == "bug"
    assert fault_of(TimeoutError("x"), step="plan").transient


# ---------------------------------------------------------------- remedies


@pytest.mark.parametrize(
    ("error", "where", "expected"),
    [
        (ConfigurationError("x"), {}, ["give_up", "give_up"]),
        (UsageError("x"), {}, ["give_up", "give_up"]),
        (Fenced("x"), {}, ["give_up"]),
        (OutcomeUnknownError("x"), {}, ["park", "park"]),
        (DiskFullError("x"), {}, ["defer", "defer"]),
        (BudgetExceededError("x"), {}, ["defer", "defer"]),
        (ProviderRefusedError("x"), {"provider": "suno"}, ["switch_provider", "switch_provider", "give_up"]),
        (ProviderRefusedError("x"), {}, ["give_up"]),
        (
            ProviderUnavailableError("x"),
            {"provider": "suno"},
            ["retry", "retry", "retry", "switch_provider", "defer", "defer"],
        ),
        (ProviderUnavailableError("x"), {}, ["retry", "retry", "retry", "defer"]),
        (RenderError("x"), {"work": "visuals"}, ["rerender", "rerender", "give_up"]),
        (RenderError("x"), {"work": "music"}, ["retry", "give_up"]),
        (AssetCorruptError("x"), {}, ["rerender", "park"]),
    ],
)
def test_each_error_climbs_its_ladder(error, where, expected):
    assert climb(error, len(expected), **where) == expected


def subclasses(cls: type[LabelError]) -> list[type[LabelError]]:
    return [cls, *(each for child in cls.__subclasses__() for each in subclasses(child))]


@pytest.mark.parametrize("cls", subclasses(LabelError))
def test_no_error_is_tried_again_for_ever(cls):
    active = {Action.RETRY, Action.SWITCH_PROVIDER, Action.RERENDER}
    actions = climb(cls("x"), 20, provider="suno")
    tries = sum(action in active for action in actions)
    assert tries <= load_playbook().attempts_per_step_max
    assert not active.intersection(actions[-5:])


def test_attempts_of_another_step_do_not_count():
    mark = fingerprint(fault())
    elsewhere = tuple(Attempt(fingerprint=mark, step="film", action=Action.RETRY) for _ in range(5))
    assert diagnose(fault(), elsewhere).action is Action.RETRY


def test_a_step_that_fails_in_ever_new_ways_is_parked():
    done = tuple(
        Attempt(fingerprint=f"{index:016x}", step="compose", action=Action.RETRY) for index in range(12)
    )
    remedy = diagnose(fault(), done)
    assert remedy.action is Action.PARK
    assert "tried 12 times in vain" in remedy.reason


def test_waiting_for_money_uses_up_no_tries():
    done = tuple(
        Attempt(fingerprint=f"{index:016x}", step="compose", action=Action.DEFER) for index in range(40)
    )
    assert diagnose(fault(), done).action is Action.RETRY


def test_delays_grow_stay_capped_and_are_the_same_for_the_same_fault():
    mark = fingerprint(fault(code="store_unavailable"))
    delays = []
    for tried in range(8):
        done = tuple(Attempt(fingerprint=mark, step="compose", action=Action.RETRY) for _ in range(tried))
        remedy = diagnose(fault(code="store_unavailable"), done)
        assert remedy == diagnose(fault(code="store_unavailable"), done)
        delays.append(remedy.delay_s)
    assert delays[0] == pytest.approx(0.2, rel=0.25)
    assert delays[:5] == sorted(delays[:5])
    assert max(delays) <= 10


def test_artists_do_not_return_at_once():
    delays = {diagnose(fault(step=f"step {index}"), ()).delay_s for index in range(20)}
    assert len(delays) > 15


def test_a_providers_own_wait_is_respected_and_a_long_one_frees_the_worker():
    assert diagnose(fault(retry_after_s=42), ()).delay_s == 42
    long = diagnose(fault(retry_after_s=3600), ())
    assert (long.action, long.delay_s) == (Action.DEFER, 3600)


def test_the_reason_is_one_line_for_people():
    assert diagnose(fault(retry_after_s=9), ()).reason == (
        "The provider cannot be reached now: trying again in 9 s (1 of 3)."
    )


@settings(max_examples=60, deadline=None)
@given(
    message=st.text(max_size=80),
    code=st.sampled_from([cls.code for cls in subclasses(LabelError)] + ["bug"]),
    tried=st.integers(0, 500),
)
def test_every_fault_has_a_remedy(message, code, tried):
    told = fault(message, code=code, transient=False)
    done = tuple(
        Attempt(fingerprint=fingerprint(told), step="compose", action=Action.DEFER) for _ in range(tried)
    )
    remedy = diagnose(told, done)
    assert 0 <= remedy.delay_s < 86_400
    assert "\n" not in remedy.reason
