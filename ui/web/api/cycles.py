"""Songs in the making."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from agents.music.length import FASTEST_BPM, LONGEST_S, SHORTEST_S, SLOWEST_BPM
from runtime.desk.cycles import ParkedAnswer
from storage import queries
from storage.artists import artist_by_name
from storage.cycles import Cycle
from storage.errors import UsageError
from storage.types import Asset, CycleId, CycleState, Frozen
from ui.views import ArtistCard, CycleRow, StepLine
from ui.web.door import Limit, Offset, TheDesk, TheLabel
from ui.web.media import address_of_asset
from ui.web.words import Mood, Theme, Title
from ui.wishes import SEED_MAX, Formats, wish

router = APIRouter(prefix="/cycles", tags=["cycles"])


class CycleList(Frozen):
    """Cycles, newest first."""

    cycles: tuple[CycleRow, ...]


class NewSong(Frozen):
    """A wish; what is left out, the planner fills in."""

    artist: str
    """Slug, name or id."""
    seed: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    seconds: Annotated[float, Field(ge=SHORTEST_S, le=LONGEST_S)] | None = None
    theme: Theme | None = None
    title: Title | None = None
    tempo_bpm: Annotated[float, Field(ge=SLOWEST_BPM, le=FASTEST_BPM)] | None = None
    key: str | None = None
    """Tonic, and mode after a space, such as `F# minor`."""
    mood: Mood | None = None
    form: Annotated[str, Field(max_length=400)] | None = None
    """Sections with their bars, such as `intro4 verse8 chorus8`; without `seconds` it lasts what its bars do."""
    density: Annotated[float, Field(ge=0, le=1)] | None = None
    """How much is played: 0 sparse, 1 full."""
    energy: Annotated[float, Field(ge=0, le=1)] | None = None
    """How driven it is: 0 calm, 1 at full force."""
    formats: Literal["16:9", "9:16", "all"] | None = None
    """Which full videos; without it, VIDEO_FORMATS."""


class AssetLink(Frozen):
    """A file that was made on the way."""

    kind: str
    sha256: str
    media_type: str
    size_bytes: int
    url: str | None
    """Where it can be seen or heard; null for files that are no pictures, sound or films."""

    @classmethod
    def of(cls, asset: Asset) -> "AssetLink":
        return cls(
            kind=asset.kind,
            sha256=asset.sha256,
            media_type=asset.media_type,
            size_bytes=asset.size_bytes,
            url=address_of_asset(asset),
        )


class CycleAccount(Frozen):
    """One cycle with its steps and files."""

    cycle: Cycle
    artist: ArtistCard
    steps: tuple[StepLine, ...]
    assets: tuple[AssetLink, ...]
    approval_id: str | None
    release_id: str | None
    cost_usd: Decimal


class Choice(Frozen):
    """An operator's answer for a parked cycle.

    Where nothing is in doubt: `go_on`. For a purchase that nobody saw end: `paste` its job id, or `buy_again`.
    For both: `cancel` the song.
    """

    choice: ParkedAnswer
    job_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The id that the provider shows; with `paste`, and only there."""
    purchase_key: Annotated[str, Field(max_length=200)] | None = None
    """Of the purchase that was looked at, as the cycle's steps show it, or empty where there was none: so no answer
    meets another purchase."""


@router.get("")
async def list_cycles(
    label: TheLabel,
    *,
    artist: Annotated[str | None, Query(description="Slug, name or id.")] = None,
    state: Annotated[list[CycleState] | None, Query(description="In one of these states.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CycleList:
    """Cycles, newest first."""
    artist_id = (await label.store.read(artist_by_name, name=artist)).id if artist else None
    lines = await label.store.read(
        queries.list_cycles, artist_id=artist_id, states=tuple(state or ()), limit=limit, offset=offset
    )
    return CycleList(cycles=tuple(CycleRow.of(line) for line in lines))


@router.post("", status_code=201)
async def start(wanted: NewSong, label: TheLabel, desk: TheDesk) -> Cycle:
    """Queue one song; the label makes it as soon as it is its turn."""
    artist = await label.store.read(artist_by_name, name=wanted.artist)
    formats = wanted.formats or (await label.live.now()).video_formats
    request = wish(
        seed=wanted.seed,
        seconds=wanted.seconds,
        theme=wanted.theme,
        title=wanted.title,
        tempo_bpm=wanted.tempo_bpm,
        key=wanted.key,
        mood=wanted.mood,
        form=wanted.form,
        density=wanted.density,
        energy=wanted.energy,
        formats=Formats(formats).aspects(),
    )
    return await desk.cycles.ask_song(artist.id, request)


@router.get("/{cycle_id}")
async def show_cycle(cycle_id: str, label: TheLabel) -> CycleAccount:
    """One cycle: every step, what it took and cost, who made it, and the files."""
    seen = await label.store.read(queries.cycle_overview, cycle_id=cycle_id)
    return CycleAccount(
        cycle=seen.cycle,
        artist=ArtistCard.of(seen.artist),
        steps=tuple(StepLine.of(row) for row in seen.steps),
        assets=tuple(AssetLink.of(asset) for asset in seen.assets),
        approval_id=seen.approval.id if seen.approval else None,
        release_id=seen.release.id if seen.release else None,
        cost_usd=seen.cost_usd,
    )


@router.post("/{cycle_id}/cancel")
async def cancel(cycle_id: CycleId, desk: TheDesk) -> Cycle:
    """Stop a cycle at its next step; what was made stays."""
    return await desk.cycles.cancel(cycle_id)


@router.post("/{cycle_id}/resolve")
async def resolve(cycle_id: CycleId, answer: Choice, desk: TheDesk) -> Cycle:
    """Answer for a parked cycle, so that it goes on: after too many faults, or a purchase of unknown outcome."""
    if (answer.choice == "paste") != (answer.job_id is not None):
        raise UsageError("Give the provider's job_id with `paste`, and only there")
    return await desk.cycles.resolve(
        cycle_id, answer.choice, job_id=answer.job_id, purchase_key=answer.purchase_key
    )
