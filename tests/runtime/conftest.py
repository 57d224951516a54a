"""A label's store behind a clock that tests set forward."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.home import open_home
from storage.store import Store
from tests.homes import ready
from tests.storage.stage import Stage, Watch


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    opened = open_home(ready(home))
    clock = Watch(1)
    store = Store(opened.engine, clock)
    yield Stage(store, clock)
    store.close()
    opened.close()
