"""The autopilot's rule: each limit at its boundary, and the gravest reason first."""

from decimal import Decimal

import pytest

from agents.autopilot import Course, Flight, Song, choose
from storage.types import AutopilotPolicy

GOOD = Song(score=0.8, is_stand_in=False, is_explicit=False)
CALM = Flight(rejections=0, errors=0, spent_usd=Decimal(0), approvals_week=0, label_approvals_week=0)


def course(song: Song = GOOD, policy: AutopilotPolicy | None = None, **flight: object) -> tuple[Course, str]:
    choice = choose(song, policy or AutopilotPolicy(), CALM.model_copy(update=flight), label_per_week=5)
    return choice.course, choice.reason


def test_a_good_song_within_every_limit_goes_out():
    assert course() == (Course.APPROVE, "autopilot: the critic gave 0.80, at least 0.80")


@pytest.mark.parametrize(
    ("song", "flight", "words"),
    [
        ({"score": 0.799}, {}, "0.80 needed"),
        ({"is_stand_in": True}, {}, "embedded engine"),
        ({"is_explicit": True}, {}, "explicit"),
        ({"objections": ("names a real artist: abba (theme)",)}, {}, "it names a real artist: abba (theme)"),
        ({}, {"approvals_week": 1}, "1 of this artist's songs"),
        ({}, {"label_approvals_week": 5}, "label's autopilots approved 5"),
    ],
)
def test_what_it_leaves_to_people(song: dict, flight: dict, words: str):
    made, reason = course(GOOD.model_copy(update=song), **flight)
    assert made is Course.ASK
    assert words in reason or "needs 0.80" in reason


@pytest.mark.parametrize(
    ("flight", "words"),
    [
        ({"rejections": 2}, "people rejected 2 songs"),
        ({"errors": 3}, "3 songs failed"),
        ({"spent_usd": Decimal(5)}, "5 USD were spent"),
    ],
)
def test_when_it_gives_the_wheel_back(flight: dict, words: str):
    made, reason = course(GOOD.model_copy(update={"score": 0.1}), **flight)
    assert made is Course.SWITCH_OFF
    assert words in reason


def test_just_below_the_limits_it_flies_on():
    assert (
        course(rejections=1, errors=2, spent_usd=Decimal("4.99"), label_approvals_week=4)[0] is Course.APPROVE
    )


def test_without_a_limit_on_money_nothing_spent_stops_it():
    free = AutopilotPolicy(stop_at_usd=Decimal(0))
    assert course(policy=free, spent_usd=Decimal(1000))[0] is Course.APPROVE
