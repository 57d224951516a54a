"""Faults, one for each kind."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from storage import faults
from storage.faults import ErrorGroup, ErrorReport, GroupStatus
from storage.types import Frozen
from ui.web.door import Limit, Offset, TheDesk, TheLabel

router = APIRouter(prefix="/errors", tags=["errors"])


class ErrorList(Frozen):
    """Kinds of faults, the latest first."""

    errors: tuple[ErrorGroup, ...]


@router.get("")
async def list_errors(
    label: TheLabel,
    *,
    status: Annotated[
        Literal["open", "resolved", "dismissed", "all"], Query(description="Which kinds.")
    ] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ErrorList:
    """Kinds of faults, the latest first."""
    wanted = None if status == "all" else GroupStatus(status)
    rows = await label.store.read(faults.list_groups, status=wanted, limit=limit, offset=offset)
    return ErrorList(errors=tuple(rows))


@router.get("/{fingerprint}")
async def show_error(fingerprint: str, label: TheLabel) -> ErrorReport:
    """One kind: where it happened, and what was tried."""
    return await label.store.read(faults.show_group, fingerprint=fingerprint)


@router.post("/{fingerprint}/dismiss")
async def dismiss(fingerprint: str, desk: TheDesk) -> ErrorGroup:
    """Hear no more of it; it is still counted."""
    return await desk.repairs.dismiss_fault(fingerprint)


@router.post("/{fingerprint}/resolve")
async def resolve(fingerprint: str, desk: TheDesk) -> ErrorGroup:
    """Call it mended; artists that were paused for it may return."""
    return await desk.repairs.resolve_fault(fingerprint)
