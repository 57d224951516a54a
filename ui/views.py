"""Rows shaped for people: what the command line, and later the console, show of the label."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from storage.approval_rows import Approval
from storage.assets import AssetStore
from storage.errors import NotFoundError
from storage.queries import CycleLine, CycleOverview
from storage.steps import StepRow
from storage.types import (
    Artist,
    Artwork,
    Composition,
    Critique,
    CycleId,
    CycleState,
    CycleStep,
    DeciderKind,
    Films,
    Finding,
    Frozen,
    LifecycleState,
    Master,
    Outcome,
    Persona,
    Reflection,
    StepStatus,
)

T = TypeVar("T", bound=Frozen)


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
            assets=tuple(_assets_named(json.loads(row.output) if row.output else None)),
        )


class AudioFiles(Frozen):
    wav: str | None
    flac: str | None
    mp3: str | None


class VideoFile(Frozen):
    path: str
    width: int
    height: int


class Judgement(Frozen):
    """What the critic found."""

    score: float
    passed: bool
    threshold: float
    findings: tuple[Finding, ...]
    feedback: str


class SongAccount(Frozen):
    """One cycle from plan to release: what was made, by whom, and where it lies."""

    artist: ArtistCard
    cycle_id: CycleId
    state: CycleState
    reason: str
    title: str | None
    outcome: Outcome | None
    decided_by: DeciderKind | None
    approval_id: str | None
    steps: tuple[StepLine, ...]
    cost_usd: Decimal
    audio: AudioFiles
    cover: str | None
    preview: str | None
    videos: tuple[VideoFile, ...]
    plan: str | None
    critique: Judgement | None
    reflection: Reflection | None
    release_dir: str | None


def song_account(overview: CycleOverview, releases: Path, assets: AssetStore) -> SongAccount:
    """Tell a cycle; files are those of the release, or the assets themselves where there is none."""
    cycle, release = overview.cycle, overview.release
    song = _output(overview, CycleStep.COMPOSE, Composition)
    critique = _output(overview, CycleStep.CRITICISE, Critique)
    bag = releases / release.directory if release else None
    files = _released(bag) if bag else _stored(overview, assets)
    films = _output(overview, CycleStep.FILM, Films)
    sizes = [(video.width, video.height) for video in films.videos] if films else []
    return SongAccount(
        artist=ArtistCard.of(overview.artist),
        cycle_id=cycle.id,
        state=cycle.state,
        reason=cycle.reason,
        title=song.plan.title if song else None,
        outcome=cycle.outcome,
        decided_by=cycle.decided_by,
        approval_id=overview.approval.id if overview.approval else None,
        steps=tuple(StepLine.of(row) for row in overview.steps),
        cost_usd=overview.cost_usd,
        audio=AudioFiles(wav=_one(files, "master"), flac=_one(files, "lossless"), mp3=_one(files, "mp3")),
        cover=_one(files, "cover"),
        preview=_one(files, "preview"),
        videos=tuple(
            VideoFile(path=path, width=width, height=height)
            for path, (width, height) in zip(files.get("video", []), sizes, strict=False)
        ),
        plan=_one(files, "plan"),
        critique=None if critique is None else Judgement(**critique.model_dump(exclude={"source"})),
        reflection=_output(overview, CycleStep.REFLECT, Reflection),
        release_dir=str(bag) if bag else None,
    )


def _released(bag: Path) -> dict[str, list[str]]:
    """Files of a release bag by role."""
    files: dict[str, list[str]] = {"plan": [str(bag / "data/plan.json")]}
    for entry in json.loads((bag / "data/release.json").read_text(encoding="utf-8"))["files"]:
        files.setdefault(entry["role"], []).append(str(bag / entry["path"]))
    return files


def _stored(overview: CycleOverview, assets: AssetStore) -> dict[str, list[str]]:
    """Files of a song without a release, by the role they would have; deleted media are left out."""
    song = _output(overview, CycleStep.COMPOSE, Composition)
    master = _output(overview, CycleStep.PRODUCE, Master)
    artwork = _output(overview, CycleStep.PAINT, Artwork)
    films = _output(overview, CycleStep.FILM, Films)
    made = [("plan", song.plan_asset)] if song else []
    made += [("master", master.wav), ("lossless", master.flac), ("mp3", master.mp3)] if master else []
    made += [("cover", artwork.cover), ("preview", artwork.preview)] if artwork else []
    made += [("video", video.asset) for video in films.videos] if films else []
    files: dict[str, list[str]] = {}
    for role, asset in made:
        try:
            files.setdefault(role, []).append(str(assets.fetch(asset.sha256)))
        except NotFoundError:
            continue
    return files


def _output(overview: CycleOverview, name: CycleStep, output: type[T]) -> T | None:
    """What a step made in the last revision that finished it."""
    done = [row for row in overview.steps if row.name is name and row.status is StepStatus.DONE and row.output]
    return output.model_validate_json(done[-1].output or "") if done else None


def _one(files: dict[str, list[str]], role: str) -> str | None:
    return next(iter(files.get(role, [])), None)


def _assets_named(value: object) -> Iterable[AssetMark]:
    """Every asset in a step's stored output."""
    if isinstance(value, dict):
        if "sha256" in value and "kind" in value:
            yield AssetMark(kind=str(value["kind"]), sha256=str(value["sha256"]))
        for part in value.values():
            yield from _assets_named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _assets_named(part)


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
    overdue_at: datetime

    @classmethod
    def of(cls, approval: Approval, now: datetime) -> "ApprovalRow":
        score = approval.facts.get("score")
        return cls(
            artist=approval.artist_slug,
            score=float(score) if isinstance(score, int | float) else None,
            waiting_s=round((now - approval.asked_at).total_seconds(), 1),
            **{name: getattr(approval, name) for name in ("id", "cycle_id", "title", "takes", "is_overdue", "overdue_at")},
        )


def age(seconds: float) -> str:
    """A length of time in its two largest units, such as `3 d 4 h`."""
    left = int(max(0, seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size or (unit == "s" and not parts):
            parts.append(f"{left // size} {unit}")
            left %= size
        elif parts:
            break
    return " ".join(parts[:2])


def ago(at: datetime | None, now: datetime) -> str:
    """How long since a moment; empty for none."""
    return "" if at is None else f"{age((now - at) / timedelta(seconds=1))} ago"


def usd(amount: Decimal) -> str:
    """Money for people: `free`, or US dollars to the cent, or finer below one."""
    if not amount:
        return "free"
    return f"{amount:.2f} USD" if amount >= Decimal("0.01") else f"{amount.normalize():f} USD"


def moment(at: datetime | None) -> str:
    """A time on this machine's clock face."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
