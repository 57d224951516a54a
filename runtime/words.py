"""Where agent actors get their words: one router for each actor, its health and its money shared by all."""

import asyncio
from datetime import UTC, datetime, timedelta

from agents.llm.chain import routed
from agents.llm.deployment import OFFLINE
from agents.llm.protocol import Writer
from agents.llm.router import Router
from configs.keys import Models, RepairModels
from configs.settings import Settings
from runtime.gates import SharedGates
from runtime.journal import JournaledWriter
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.store_actor import RemoteStore, start_store
from storage import model_health, outbox

RETIRED_AFTER_S = 600.0
MEASURED_DAYS = 7
"""What models took and cost before that says little of today."""


class Words:
    """The way to a writer for one piece of an artist's work.

    A key or an address that is changed in `.env` counts for the next piece of work.
    """

    def __init__(self, launch: Launch, embedded: Writer) -> None:
        """`embedded` is the offline writer, wherever it computes."""
        self._launch = launch
        self._embedded = embedded
        self._opening = asyncio.Lock()
        self._store: RemoteStore | None = None
        self._live: LiveSettings | None = None
        self._router: Router | None = None
        self._made_for: object = None
        """What of the settings the router was made from."""
        self._retiring: set[asyncio.Task[None]] = set()

    async def writer(self, place: Place, *, may_fall_back: bool = True) -> JournaledWriter:
        """A writer whose calls are journaled and charged there.

        Without `may_fall_back`, the embedded writer does not stand in for models that are set and do not answer.
        """
        async with self._opening:
            if self._store is None or self._live is None:
                self._store = start_store(self._launch)
                self._live = LiveSettings(self._launch, self._store)
            store, settings = self._store, await self._live.now()
            names = (*Models.model_fields, *RepairModels.model_fields, "unpriced_max_usd_per_call")
            wanted = [getattr(settings, name) for name in names]
            if self._router is None or self._made_for != wanted:
                former, self._router = self._router, await self._opened(settings, store)
                self._made_for = wanted
                if former is not None:
                    self._retire(former, settings)
            router = self._router.charging(SpendLedger(store, place, caps_of(settings)))
        return JournaledWriter(routed(router, settings, may_fall_back=may_fall_back), store, place)

    async def model(self, place: Place) -> JournaledWriter | None:
        """A writer for what only a model is asked for, or None where none is set."""
        writer = await self.writer(place)
        assert self._router is not None
        hosted = any(one.provider != OFFLINE for one in self._router.deployments)
        return writer if hosted else None

    async def _opened(self, settings: Settings, store: RemoteStore) -> Router:
        router = Router.from_settings(
            settings, gate=SharedGates(self._launch, self._tell_outage), offline_writer=self._embedded
        )
        # Now, so that loading an SDK on a busy machine takes nothing from a call's deadline.
        await router.prepared()
        since = datetime.now(UTC) - timedelta(days=MEASURED_DAYS)
        for seen in await store.read(model_health.measurements, since=since):
            router.strategy.recall(seen.name, seen.task, latency_s=seen.latency_s, cost_usd=seen.cost_usd)
        return router

    def _retire(self, router: Router, settings: Settings) -> None:
        """Give the connections of a router back once nobody can work with it any more."""
        # The most that one piece of writing asks: words with their repairs, then round after round a critic's and again.
        longest_s = settings.llm_deadline_s * 3 * (1 + 2 * settings.lyrics_critique_rounds)

        async def close() -> None:
            await asyncio.sleep(longest_s + RETIRED_AFTER_S)
            await router.close()

        task = asyncio.create_task(close())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def _tell_outage(self, deployment: str, error: str) -> None:
        """The owner hears of a failing model once a day, however many artists meet it."""
        assert self._store is not None
        await self._store.write(
            outbox.send_once,
            kind="alert",
            dedupe_key=f"outage/{deployment}/{datetime.now(UTC):%Y-%m-%d}",
            payload={"text": f"{deployment} is failing and is left alone for now: {error}"},
        )
