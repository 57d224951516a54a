"""The door to a label: one `up` to a home, and a loser that leaves the winner's record alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.settings import Settings
from runtime.label import RUN_FILE, running_label
from storage.errors import HomeLockedError
from storage.lock import FileLock


@pytest.fixture
def winner(home: Path) -> Iterator[FileLock]:
    """Another `up` that is still starting: it holds the home and has not told of itself yet."""
    home.mkdir()
    lock = FileLock(home / RUN_FILE)
    yield lock
    lock.free()


async def test_of_two_that_start_at_once_one_goes_on(home: Path, winner: FileLock):
    with pytest.raises(HomeLockedError, match="labelmate down") as told:
        async with running_label(Settings.load(home)):
            pytest.fail("there are two")
    assert "\n" not in str(told.value)
