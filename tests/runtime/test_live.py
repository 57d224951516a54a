"""Settings that change while the label runs: checked before they are kept, and never worse than the last good ones."""

import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label, open_label
from storage import knobs
from storage.errors import NotAllowedError, UsageError
from storage.people import Role
from tests.homes import ready


@pytest.fixture
async def label(home: Path) -> AsyncIterator[Label]:
    async with open_label(Settings.load(ready(home))) as opened:
        yield opened


async def test_a_changed_setting_is_in_force_at_once_and_can_be_given_back(label: Label):
    await label.live.change("BUDGET_DAILY_USD", "8.50", who="ann")
    assert (await label.live.now()).budget_daily_usd == Decimal("8.50")
    await label.live.change("BUDGET_DAILY_USD", None, who="ann")
    assert (await label.live.now()).budget_daily_usd == 5


async def test_it_lies_over_the_env_file(label: Label, home: Path):
    (home / ".env").write_text("UNDO_S=30\n")
    assert (await label.live.now()).undo_s == 30
    await label.live.change("UNDO_S", "20", who="ann")
    assert (await label.live.now()).undo_s == 20


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("UNDO_S", "soon", "UNDO_S"),
        ("UNDO_S", "-1", "UNDO_S"),
        ("UNDECIDED_PER_ARTIST_MAX", "13", "must not exceed"),
        ("RAY_ADDRESS", "auto", "cannot be changed while the label runs"),
        ("OPENAI_API_KEY", "k" * 20, "cannot be changed while the label runs"),
        ("NO_SUCH_THING", "1", "cannot be changed while the label runs"),
    ],
)
async def test_a_wrong_value_is_refused_and_changes_nothing(label: Label, name: str, value: str, words: str):
    with pytest.raises(UsageError, match=words):
        await label.live.change(name, value, who="ann")
    assert await label.store.read(knobs.knobs) == []


async def test_a_set_that_no_longer_fits_leaves_the_last_good_one(
    label: Label, home: Path, caplog: pytest.LogCaptureFixture
):
    await label.live.change("UNDECIDED_PER_ARTIST_MAX", "10", who="ann")
    (home / ".env").write_text("UNDECIDED_PER_LABEL_MAX=4\n")
    with caplog.at_level(logging.WARNING):
        assert [(await label.live.now()).undecided_per_label_max for _ in range(2)] == [12, 12]
    assert sum("stay in force" in line for line in caplog.messages) == 1


async def test_only_the_owner_turns_knobs(label: Label):
    reviewer = Desk(label, Actor(alias="bob", surface="console", role=Role.REVIEWER))
    with pytest.raises(NotAllowedError, match="Only the owner may change settings; bob is a reviewer"):
        await reviewer.house.change_setting("UNDO_S", "1")
