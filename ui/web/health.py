"""`/health`: whether the label runs, its store answers and its disk has room; for watchers, without sign-in."""

import asyncio

from fastapi import APIRouter, Response

from runtime.label import Label, read_run
from runtime.studio import StudioConfig
from storage.errors import LabelError
from storage.label import the_label as label_row
from storage.types import Frozen
from ui.web.door import TheLabel

ANSWER_S = 5.0
router = APIRouter(tags=["watching"])


class Health(Frozen):
    """Three questions and their sum; no names, no numbers of the label."""

    is_healthy: bool
    label_runs: bool
    store_answers: bool
    disk_has_room: bool


@router.get("/health")
async def health(label: TheLabel, response: Response) -> Health:
    """200 when all is well, 503 otherwise."""
    runs, answers, room = await asyncio.gather(
        asyncio.to_thread(lambda: read_run(label.settings.home) is not None),
        _store_answers(label),
        asyncio.to_thread(_has_room, label),
    )
    is_healthy = runs and answers and room
    response.status_code = 200 if is_healthy else 503
    return Health(is_healthy=is_healthy, label_runs=runs, store_answers=answers, disk_has_room=room)


async def _store_answers(label: Label) -> bool:
    try:
        await asyncio.wait_for(label.store.read(label_row), ANSWER_S)
    except (LabelError, TimeoutError):
        return False
    return True


def _has_room(label: Label) -> bool:
    studio = StudioConfig.of(label.settings)
    try:
        return studio.assets.free_mb() >= studio.disk_floor_mb
    except (LabelError, OSError):
        return False
