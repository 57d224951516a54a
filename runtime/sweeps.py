"""What the supervisor does now and then, in small pieces: no commit of a sweep holds others up."""

import asyncio
import contextlib
import logging
import random
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, time

from agents.llm.tasks import PatchSource
from agents.mending.checkout import ChangedFile, Checkout
from agents.mending.engineer import Proposal
from agents.mending.trial import Limits, Trial
from runtime import studio
from runtime.audience import fetch_audiences
from runtime.beside import Beside
from runtime.content_plan import follow_plans
from runtime.experiments import settle_experiments
from runtime.launch import Launch
from runtime.lifecycle_sweep import check_roster, wants_artist
from runtime.live import LiveSettings
from runtime.mending import Mender
from runtime.portraits import OlderPortraits
from runtime.remote import arrived
from runtime.resemblances import mark_older
from runtime.roster import create_artist
from runtime.studio import StudioConfig, Timed
from runtime.trends import refresh
from runtime.workers import Pool, Studio
from storage import deadlines, retention
from storage.artists import CREATION
from storage.cycles import Reviewing
from storage.errors import ConflictError, LabelError
from storage.ledger import Caps
from storage.open_days import note_open_day
from storage.store import StoreClient
from storage.timelines import label_now
from storage.types import Asset, Persona

MINUTE_S = 60.0
HOUR_S = 3600.0
WRITES_KEPT_S = 24 * HOUR_S
SCRATCH_KEPT_S = 6 * HOUR_S
CHUNK = 200
FACES_A_MINUTE = 3
MARKED_A_MINUTE = 20
log = logging.getLogger(__name__)


@dataclass
class _Sweep:
    work: Callable[[], Awaitable[object]]
    every_s: float
    due_s: float


class Sweeps:
    """Each sweep with its own interval, counted on the monotonic clock from the start of the process."""

    def __init__(self, launch: Launch, store: StoreClient, settings: LiveSettings) -> None:
        self._launch = launch
        self._settings = settings
        self._studio = StudioConfig.of(launch.settings())
        self._store = store
        self._random = random.Random()
        self._mender = Mender(store, settings, self._propose, self._try_patch)
        self._portraits = OlderPortraits(store, self._draw_portrait, launch.started_at)
        self._mending = Beside(self._mender.look)
        self._portraying = Beside(self._portray_older)
        self._marking = Beside(self._mark_older)
        self._reading = Beside(self._refresh_trends)
        self._listening = Beside(self._hear_audiences)
        self._are_marked = False
        self._sweeps = [
            _Sweep(self._notice_sleep, MINUTE_S / 4, monotonic()),
            _Sweep(self._expire_media, HOUR_S, monotonic() + MINUTE_S),
            _Sweep(self._prune_writes, HOUR_S, monotonic() + 2 * MINUTE_S),
            _Sweep(self._forget_lent_numbers, HOUR_S, monotonic() + 2 * MINUTE_S),
            _Sweep(
                self._check_roster,
                settings.last.lifecycle_check_interval_minutes * MINUTE_S,
                monotonic() + MINUTE_S,
            ),
            _Sweep(self._follow_plans, 5 * MINUTE_S, monotonic() + MINUTE_S),
            _Sweep(self._portraying.look, MINUTE_S, monotonic() + MINUTE_S / 2),
            _Sweep(self._marking.look, MINUTE_S, monotonic() + MINUTE_S / 2),
            _Sweep(self._note_open_day, HOUR_S, monotonic()),
            _Sweep(self._reading.look, HOUR_S / 4, monotonic() + 2 * MINUTE_S),
            _Sweep(self._listening.look, 6 * HOUR_S, monotonic() + 4 * MINUTE_S),
            _Sweep(self._clear_scratch, HOUR_S, monotonic() + 3 * MINUTE_S),
            _Sweep(self._mending.look, MINUTE_S / 6, monotonic() + MINUTE_S / 6),
        ]

    async def run_due(self) -> None:
        """At most one sweep a call, so that a tick stays short."""
        now_s = monotonic()
        for sweep in self._sweeps:
            if sweep.due_s <= now_s:
                sweep.due_s = now_s + sweep.every_s
                await sweep.work()
                return

    async def close(self) -> None:
        """End what is under way beside the ticks."""
        for beside in (self._mending, self._portraying, self._marking, self._reading, self._listening):
            await beside.close()

    async def _notice_sleep(self) -> None:
        """A label that slept or was down did not show anybody anything: open deadlines move by that time."""
        settings = self._settings.last
        waking = await self._store.write(
            deadlines.notice_awake,
            nap_max_s=2 * MINUTE_S,
            has_bot=settings.telegram_bot_token is not None,
            lease_s=settings.lease_s,
        )
        if waking.set_back_s:
            log.warning(
                "the clock was set back by %.0f minutes: decisions and waits keep their distance from now",
                waking.set_back_s / MINUTE_S,
            )

    async def _expire_media(self) -> None:
        await retention.expire_rejected_media(
            self._store, self._studio.assets, days=self._settings.last.rejected_media_days, limit=CHUNK
        )

    async def _prune_writes(self) -> None:
        forgotten = CHUNK
        while forgotten == CHUNK:
            forgotten = await self._store.write(
                retention.prune_writes, older_than_s=WRITES_KEPT_S, limit=CHUNK
            )

    async def _forget_lent_numbers(self) -> None:
        forgotten = CHUNK
        while forgotten == CHUNK:
            forgotten = await self._store.write(retention.forget_lent_numbers, limit=CHUNK)

    async def _check_roster(self) -> None:
        settings = self._settings.last
        await check_roster(self._store, settings)
        await settle_experiments(self._store, settings)
        seed = self._random.getrandbits(32)
        if wants_artist(settings, self._random):
            with contextlib.suppress(ConflictError):  # the roster is full: nothing to create
                await create_artist(self._store, settings, seed=seed, genre=None, who=CREATION)

    async def _follow_plans(self) -> None:
        now = await self._store.read(label_now)
        for song in await follow_plans(self._store, self._settings.last, now):
            log.info("%s: %s is begun by the content plan", song.artist_id, song.cycle_id)

    async def _portray_older(self) -> None:
        """A minute's few: they wait for a core behind whole films."""
        await self._portraits.look(limit=FACES_A_MINUTE)

    async def _draw_portrait(self, persona: Persona) -> Timed[tuple[Asset, Asset]]:
        return await Studio(self._launch).run(studio.draw_portrait, self._studio, persona)

    async def _mark_older(self) -> None:
        """Until all are done: songs that are made now have their marks from the start."""
        if not self._are_marked:
            self._are_marked = await mark_older(self._store, limit=MARKED_A_MINUTE) == 0

    async def _propose(self, title: str, trace: str, sources: tuple[PatchSource, ...], seed: int) -> Proposal:
        fixers = Pool("fixer", self._launch)
        return await arrived(fixers.next().propose.remote(title, trace, sources, seed))

    async def _try_patch(
        self, files: tuple[ChangedFile, ...], checkout: Checkout, tests: tuple[str, ...], limits: Limits
    ) -> Trial:
        cores = Studio(self._launch)
        return (await cores.run(studio.try_patch, self._studio, files, checkout, tests, limits)).value

    async def _note_open_day(self) -> None:
        """A day on which nothing could have been made makes no artist idle."""
        now = self._settings.last
        await self._store.write(
            note_open_day,
            caps=Caps(
                daily_usd=now.budget_daily_usd,
                monthly_usd=now.budget_monthly_usd,
                timezone=now.label_timezone,
            ),
            reviewing=Reviewing(
                per_artist_max=now.undecided_per_artist_max, per_label_max=now.undecided_per_label_max
            ),
        )

    async def _refresh_trends(self) -> None:
        try:
            await refresh(self._store, self._settings.last)
        except LabelError as error:
            log.warning("trends: %s", error)

    async def _hear_audiences(self) -> None:
        """Nobody is asked without a key."""
        try:
            await fetch_audiences(self._store, self._settings.last)
        except LabelError as error:
            log.warning("audiences: %s", error)

    async def _clear_scratch(self) -> None:
        await asyncio.to_thread(_remove_old, self._studio.scratch_dir, SCRATCH_KEPT_S)
        kept_s = self._settings.last.rejected_media_days * 24 * HOUR_S
        await asyncio.to_thread(_remove_old, self._studio.quarantine_dir, kept_s)
        await asyncio.to_thread(self._studio.assets.discard_parts)


def _remove_old(folder: Path, kept_s: float) -> None:
    for leftover in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # its own task has just removed it
            if time() - leftover.stat().st_mtime > kept_s:
                if leftover.is_dir():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink()
