"""One song told whole, for people and for `--json`: steps, files, critique, decision, release."""

import json
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from agents.editor import ranked
from storage.assets import AssetStore
from storage.errors import NotFoundError
from storage.queries import CycleOverview
from storage.types import (
    Artwork,
    Brief,
    Composition,
    Critique,
    CycleId,
    CycleState,
    CycleStep,
    DeciderKind,
    Films,
    Finding,
    Frozen,
    Master,
    Outcome,
    Reflection,
    StepStatus,
    Takes,
)
from ui.views import ArtistCard, StepLine

T = TypeVar("T", bound=Frozen)


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
    planned_because: tuple[str, ...]
    """The brief's reasons: what memory, lessons, trends, experiment and critic moved."""
    critique: Judgement | None
    reflection: Reflection | None
    release_dir: str | None


def song_account(overview: CycleOverview, releases: Path, assets: AssetStore) -> SongAccount:
    """Tell a cycle; files are those of the release, or the assets themselves where there is none."""
    cycle, release = overview.cycle, overview.release
    song, _, critique = preferred_take(overview)
    bag = releases / release.directory if release else None
    files = _released(bag) if bag else _stored(overview, assets)
    brief = last_output(overview, CycleStep.PLAN, Brief)
    films = last_output(overview, CycleStep.FILM, Films)
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
        planned_because=brief.reasons if brief else (),
        critique=None
        if critique is None
        else Judgement(**critique.model_dump(include={*Judgement.model_fields})),
        reflection=last_output(overview, CycleStep.REFLECT, Reflection),
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
    song, master, _ = preferred_take(overview)
    artwork = last_output(overview, CycleStep.PAINT, Artwork)
    films = last_output(overview, CycleStep.FILM, Films)
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


def preferred_take(
    overview: CycleOverview,
) -> tuple[Composition | None, Master | None, Critique | None]:
    """The take that was chosen, or the one that the critic prefers, as far as it is made."""
    songs = last_output(overview, CycleStep.COMPOSE, Takes[Composition])
    masters = last_output(overview, CycleStep.PRODUCE, Takes[Master])
    critiques = last_output(overview, CycleStep.CRITICISE, Takes[Critique])
    if songs and masters and critiques and len(songs.each) == len(masters.each) == len(critiques.each):
        takes = ranked(songs, masters, critiques)
        chosen = overview.approval.take if overview.approval else None
        take = takes[min(chosen or 1, len(takes)) - 1]
        return take.song, take.master, take.critique
    return songs and songs.first, masters and masters.first, critiques and critiques.first


def last_output(overview: CycleOverview, name: CycleStep, output: type[T]) -> T | None:
    """What a step made in the last revision that finished it."""
    done = [
        row for row in overview.steps if row.name is name and row.status is StepStatus.DONE and row.output
    ]
    return output.model_validate_json(done[-1].output or "") if done else None


def _one(files: dict[str, list[str]], role: str) -> str | None:
    return next(iter(files.get(role, [])), None)
