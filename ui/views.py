"""Rows shaped for people: what the command line, and later the console, show of the label."""

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from storage.approval_rows import Approval
from storage.queries import CycleLine
from storage.steps import StepRow
from storage.types import (
    Artist,
    CycleId,
    CycleState,
    CycleStep,
    DeciderKind,
    Frozen,
    LifecycleState,
    Outcome,
    Persona,
    StepStatus,
)


class ArtistCard(Frozen):
    """Who made a song."""

    id: str
    slug: str
    name: str
    genre: str
    state: LifecycleState
    persona: Persona

    @classmethod
    def of(cls, artist: Artist) -> "ArtistCard":
        persona = artist.persona
        return cls(
            id=artist.id,
            slug=artist.slug,
            name=persona.name,
            genre=persona.genre,
            state=artist.state,
            persona=persona,
        )


class AssetMark(Frozen):
    """A file that a step made."""

    kind: str
    sha256: str


class StepLine(Frozen):
    """A step as it went."""

    name: CycleStep
    revision: int
    status: StepStatus
    duration_s: float | None
    """None while it is under way."""
    cpu_s: float
    provider: str
    cost_usd: Decimal
    attempts: int
    error: str | None
    purchase_key: str | None
    """Of a purchase that nobody saw end; an answer names it."""
    assets: tuple[AssetMark, ...]

    @classmethod
    def of(cls, row: StepRow) -> "StepLine":
        took = None if row.ended_at is None else round((row.ended_at - row.started_at).total_seconds(), 3)
        return cls(
            name=row.name,
            revision=row.revision,
            status=row.status,
            duration_s=took,
            cpu_s=round(row.cpu_s, 3),
            provider=row.provider,
            cost_usd=row.cost_usd,
            attempts=row.attempt,
            error=row.error,
            purchase_key=row.idempotency_key if row.status is StepStatus.UNKNOWN else None,
            assets=tuple(_assets_named(json.loads(row.output) if row.output else None)),
        )


class CycleRow(Frozen):
    """A cycle in a list."""

    id: CycleId
    artist: str
    title: str | None
    state: CycleState
    step: str | None
    outcome: Outcome | None
    decided_by: DeciderKind | None
    reason: str
    requested_by: str
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, line: CycleLine) -> "CycleRow":
        cycle = line.cycle
        return cls(
            artist=line.artist_slug,
            title=line.title or cycle.request.title,
            **{name: getattr(cycle, name) for name in cls.model_fields if name not in ("artist", "title")},
        )


class ApprovalRow(Frozen):
    """A question to people, in a list."""

    id: str
    cycle_id: CycleId
    artist: str
    title: str
    takes: int
    score: float | None
    waiting_s: float
    is_overdue: bool
    delivered_at: datetime | None
    """When people were told of it; until then its time has not begun."""
    overdue_at: datetime

    @classmethod
    def of(cls, approval: Approval, now: datetime) -> "ApprovalRow":
        score = approval.facts.get("score")
        return cls(
            artist=approval.artist_slug,
            score=float(score) if isinstance(score, int | float) else None,
            waiting_s=round((now - approval.asked_at).total_seconds(), 1),
            **{
                name: getattr(approval, name)
                for name in ("id", "cycle_id", "title", "takes", "is_overdue", "delivered_at", "overdue_at")
            },
        )


def _assets_named(value: object) -> Iterator[AssetMark]:
    """Every asset in a step's stored output."""
    if isinstance(value, dict):
        if "sha256" in value and "kind" in value:
            yield AssetMark(kind=str(value["kind"]), sha256=str(value["sha256"]))
        for part in value.values():
            yield from _assets_named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _assets_named(part)
