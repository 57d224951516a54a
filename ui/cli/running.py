"""Making several songs now: join the running label or start one, ask, follow, tell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from configs.settings import Settings
from runtime.label import Label, open_label, read_run, running_label
from runtime.studio import StudioConfig
from storage import artists, queries
from storage.clock import sub_seed
from storage.errors import ConflictError, NotFoundError
from storage.types import Artist, CycleState, Frozen, LifecycleState, Outcome, SongRequest
from ui.cli.options import person
from ui.cli.progress import Progress, progress
from ui.cli.session import find_artist
from ui.song_account import SongAccount, song_account

AT_WORK = (LifecycleState.CANDIDATE, LifecycleState.ACTIVE, LifecycleState.EVOLVING)


@dataclass(frozen=True)
class Run:
    """What `cycle run` was asked for."""

    names: tuple[str, ...]
    """Empty: every artist at work."""
    songs: int
    parallel: int | None
    address: str | None
    template: SongRequest
    """Each song gets a seed of its own from this one's."""


class Ran(Frozen):
    """What became of the songs."""

    cycles: tuple[SongAccount, ...]

    @property
    def exit_code(self) -> int:
        """4 when a provider failed, 1 when we did or an operator is needed; waiting for a person is fine."""
        if any(song.outcome is Outcome.FAILED_PROVIDER for song in self.cycles):
            return 4
        stuck = any(song.state in (CycleState.PARKED, CycleState.DEFERRED) for song in self.cycles)
        return int(stuck or any(song.outcome is Outcome.FAILED_INTERNAL for song in self.cycles))


async def run_songs(asked: Run) -> Ran:
    """Make them and wait until none can go on by itself."""
    with progress().shown() as told:
        async with _label(asked, told) as label:
            ids = []
            aspects = label.settings.video_aspects
            for artist in await _artists(label, asked.names):
                for number in range(asked.songs):
                    seed = sub_seed(asked.template.seed, artist.slug, number)
                    request = asked.template.model_copy(update={"seed": seed, "formats": aspects})
                    cycle = await label.request_song(artist.id, request, who=person(None))
                    told.artists[cycle.id] = artist.slug
                    ids.append(cycle.id)
            await told.follow(label.follow(ids))
            config = StudioConfig.of(label.settings)
            overviews = [
                await label.store.read(queries.cycle_overview, cycle_id=cycle_id) for cycle_id in ids
            ]
            return Ran(
                cycles=tuple(song_account(each, config.releases_dir, config.assets) for each in overviews)
            )


@asynccontextmanager
async def _label(asked: Run, told: Progress) -> AsyncIterator[Label]:
    overrides: dict[str, str | int | float | None] = {}
    if asked.parallel is not None:
        overrides["cycles_in_flight_max"] = asked.parallel
    if asked.address is not None:
        overrides["ray_address"] = asked.address
    settings = Settings.load(None, **overrides)
    record = read_run(settings.home)
    if record is not None and overrides:
        raise ConflictError(
            f"The label runs already (process {record.pid}, Ray at {record.address}) with limits of its own; "
            "leave --parallel and --address out, or end it with `labelmate down`"
        )
    if record is not None:
        async with open_label(settings) as label:
            yield label
        return
    told.say("starting Ray, the store and the supervisor")
    async with running_label(settings, overrides=overrides) as label:
        yield label


async def _artists(label: Label, names: tuple[str, ...]) -> list[Artist]:
    if not names:
        everyone = await label.store.read(artists.list_artists)
        working = [artist for artist in everyone if artist.state in AT_WORK]
        if not working:
            raise NotFoundError("No artist is at work; `labelmate artist create` makes one")
        return working
    chosen = {artist.id: artist for artist in [await find_artist(label, name) for name in names]}
    for artist in chosen.values():
        if artist.state not in AT_WORK:
            remedy = (
                f"`labelmate artist resume {artist.slug}`"
                if artist.state is LifecycleState.PAUSED
                else "choose another"
            )
            raise ConflictError(f"{artist.persona.name} is {artist.state} and makes no songs; {remedy}")
    return list(chosen.values())
