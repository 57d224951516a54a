"""What goes on beside the ticks: one look at a time, no failure unseen, nothing left behind."""

import asyncio
import logging

import pytest

from runtime.beside import Beside


class Work:
    """As long as its test wants it to take."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.may_end = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> None:
        self.begun += 1
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error


async def test_it_is_not_begun_twice_and_what_it_raised_is_raised_at_the_next_look():
    work = Work()
    beside = Beside(work)
    for _look in range(3):
        await beside.look()
        await asyncio.sleep(0)
    assert work.begun == 1
    work.error = KeyError("a bug, no LabelError")
    work.may_end.set()
    await asyncio.sleep(0)
    with pytest.raises(KeyError, match="a bug"):
        await beside.look()
    work.error = None
    await asyncio.sleep(0)
    await beside.look()
    await asyncio.sleep(0)
    assert work.begun == 3, "and the failure kept nothing from going on"


async def test_it_ends_with_its_owner_and_a_last_failure_is_logged(caplog: pytest.LogCaptureFixture):
    work = Work()
    beside = Beside(work)
    await beside.close()
    await beside.look()
    await asyncio.sleep(0)
    await beside.close()
    assert work.cancelled == 1
    await beside.look()
    work.error = KeyError("a bug")
    work.may_end.set()
    await asyncio.sleep(0)
    with caplog.at_level(logging.WARNING):
        await beside.close()
    assert "a bug" in caplog.text
