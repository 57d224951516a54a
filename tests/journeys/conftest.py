"""One running label for all journeys: what dies in one of them must not be missed in the next."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from runtime.label import Label
from tests.journeys.quick import quick_label


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def label(ray_address: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Label]:
    """The label; each journey makes artists of its own in it."""
    async with quick_label(tmp_path_factory.mktemp("label") / "home", ray_address) as running:
        yield running
