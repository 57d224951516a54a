"""`/api/v1`: everything a person can do to the label, for programs. Each module holds one resource."""

from functools import cache

from fastapi import APIRouter

from ui.web.api import approvals, artists, cycles, faults, label, recordings, releases

VERSION = "/api/v1"


@cache
def api() -> APIRouter:
    """All resources under the version's prefix; they know no label, so one router serves every application."""
    router = APIRouter(prefix=VERSION)
    for part in (label, artists, cycles, approvals, recordings, releases, faults):
        router.include_router(part.router)
    return router
