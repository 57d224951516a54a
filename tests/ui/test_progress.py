"""What a person reads while songs are made."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from storage.types import Event
from ui.cli.output import Facts
from ui.cli.progress import Progress, told
from ui.wording import age, usd


def event(kind: str, **body: object) -> Event:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Event(seq=1, kind=kind, artist_id="art_1", cycle_id="cyc_1", epoch=1, body=body, at=now)


DONE = event("step.done", step="produce", revision=1, provider="suno", duration_s=61.25, cost_usd="0.25")


@pytest.mark.parametrize(
    ("happened", "line"),
    [
        (DONE, "produce      61.2 s  suno, 0.25 USD, revision 1"),
        (event("step.failed", step="film", revision=0, error="no luck"), "film       failed: no luck"),
        (
            event("step.retried", step="film", revision=0, provider="embedded"),
            "film       again, by embedded",
        ),
        (event("cycle.deferred", reason="budget: none left"), "deferred: budget: none left"),
        (
            event("cycle.ended", outcome="approved", decided_by="person", reason="yes"),
            "approved, decided by person: yes",
        ),
        (event("step.intent", step="film", revision=0, provider="embedded"), None),
        (event("release.built", release_id="rel_1"), None),
    ],
)
def test_an_event_in_words(happened: Event, line: str | None):
    assert told(happened) == line


async def stream(*events: Event) -> AsyncIterator[Event]:
    for each in events:
        yield each


async def test_steps_of_several_artists_stand_below_each_other():
    text = io.StringIO()
    progress = Progress(Console(file=text, width=160), {"cyc_1": "ash", "cyc_2": "nova-rain"})
    await progress.follow(stream(DONE, DONE.model_copy(update={"cycle_id": "cyc_2"})))
    assert len({line.index("produce") for line in text.getvalue().splitlines()}) == 1


async def test_without_a_terminal_each_step_is_a_line():
    text = io.StringIO()
    progress = Progress(Console(file=text, width=160), {"cyc_1": "nova-rain"})
    with progress.shown():
        progress.say("starting Ray")
        await progress.follow(stream(event("step.intent", step="produce", revision=1, provider="suno"), DONE))
    assert text.getvalue() == "starting Ray\nnova-rain  produce      61.2 s  suno, 0.25 USD, revision 1\n"


async def test_on_a_terminal_the_step_under_way_is_drawn():
    text = io.StringIO()
    progress = Progress(Console(file=text, width=100, force_terminal=True), {"cyc_1": "nova-rain"})
    with progress.shown():
        await progress.follow(stream(event("step.intent", step="produce", revision=0, provider="embedded")))
        progress._live.refresh()
        await progress.follow(stream(DONE))
    assert "nova-rain  produce" in text.getvalue()
    assert "…" in text.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d"),
        (-5, "0 s"),
    ],
)
def test_an_age_in_words(seconds: float, words: str):
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "free"), ("0.25", "0.25 USD"), ("12.5", "12.50 USD"), ("0.0004", "0.0004 USD")],
)
def test_money_in_words(amount: str, words: str):
    assert usd(Decimal(amount)) == words


def test_paths_are_never_broken_and_prose_is_wrapped():
    text = io.StringIO()
    path = Path("out") / "a-very-long-name" / "01 A Song With Spaces.mp3"
    lines = {"listen": path, "about": "one two three four five six seven eight nine", "nothing": None}
    Console(file=text, width=36).print(Facts(lines), crop=False)
    assert text.getvalue().splitlines() == [
        f"listen  {path}",
        "about   one two three four five six",
        "        seven eight nine",
    ]
