"""Where agent actors get their words: one router for each actor, its health and its money shared by all."""

import asyncio
from datetime import UTC, datetime, timedelta

from agents.llm.chain import deployments_of, routed
from agents.llm.protocol import Writer
from agents.llm.router import Router
from configs.settings import Settings
from runtime.gates import SharedGates
from runtime.journal import JournaledWriter
from runtime.launch import Launch
from runtime.live import LiveSettings
from runtime.model_spend import Place, SpendLedger, caps_of
from runtime.store_actor import RemoteStore, start_store
from storage import model_health, outbox

RETIRED_AFTER_S = 3600.0
"""No piece of writing takes longer."""
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

    async def writer(self, place: Place) -> JournaledWriter:
        """A writer whose calls are journaled and charged there."""
        async with self._opening:
            if self._store is None or self._live is None:
                self._store = start_store(self._launch)
                self._live = LiveSettings(self._launch, self._store)
            store, settings = self._store, await self._live.now()
            wanted = (deployments_of(settings), settings.llm_routing, settings.unpriced_max_usd_per_call)
            if self._router is None or self._made_for != wanted:
                self._retire(self._router)
                self._router, self._made_for = await self._opened(settings, store), wanted
            router = self._router.charging(SpendLedger(store, place, caps_of(settings)))
        return JournaledWriter(routed(router, settings), store, place)

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

    def _retire(self, router: Router | None) -> None:
        """Give the connections of a router back once nobody works with it any more."""
        if router is None:
            return

        async def close() -> None:
            await asyncio.sleep(RETIRED_AFTER_S)
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
