"""Gathering footage for a song: libraries searched through their gates, clips fetched, looked at and kept.

Nothing here can fail a song. A library that does not answer, a quota that is used up, a clip that is broken: each
is noted and gone past, and what is not found the visualizer draws (agents/painter.py). Nothing is bought.
"""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agents.vendors.download import VIDEO, download
from agents.visuals.footage.choice import Delivery, Pick, Shape, pick, ranked
from agents.visuals.footage.protocol import FootageProvider, Found
from agents.visuals.footage.queries import Query, queries
from agents.visuals.footage.rhythm import NEEDED, clips_wanted, shortest_clip_s
from agents.visuals.footage.shelf import Shelf
from agents.visuals.footage.standing import Showing, Standing
from runtime import studio
from runtime.gates import SharedGate
from runtime.studio import StudioConfig, Timed
from runtime.workers import Studio
from storage.errors import LabelError, ProviderError, ProviderUnavailableError
from storage.footage import footage_shown
from storage.store import StoreClient
from storage.types import Brief, Footage, FootageClip, SongPlan

PERMIT_S = 30.0
"""How long a search may wait for its permit; the visualizer does not make people wait."""
SEARCHES_MAX = 8
CHOICE = 3
"""How many times as many clips are looked for as are wanted, so that there is something to choose from."""
TRIES_MAX = 24
"""Clips of one library that are fetched for a song at most."""
DOWNLOADS_AT_ONCE = 3
ATTEMPTS = 2
NOTE_CHARS = 400
Source = tuple[FootageProvider, SharedGate]


@dataclass(frozen=True)
class FootageDesk:
    """Everybody who lends footage, in the order in which they are asked."""

    sources: tuple[Source, ...]
    shelf: Shelf
    store: StoreClient
    cores: Studio
    config: StudioConfig

    async def gather(self, brief: Brief, plan: SongPlan, aspect: str, seed: int) -> Timed[Footage]:
        """Clips for a song's pictures; the first library's, and of the next ones only what is still wanted."""
        width, height = self.config.frame(aspect)
        hunt = _Hunt(
            queries=queries(brief, plan, seed),
            shape=Shape(width=width, height=height, shortest_s=shortest_clip_s(plan)),
            wanted=clips_wanted(plan),
            seed=seed,
        )
        shown = await self.store.read(footage_shown)
        standing = Standing.of(
            (Showing.model_validate(each.model_dump()) for each in shown), datetime.now(UTC)
        )
        for source in self.sources:
            if len(hunt.clips) >= hunt.wanted:
                break
            picks = await self._picks(source, hunt)
            await self._take(source, ranked(picks, standing, seed), hunt)
        too_few = f"{len(hunt.clips)} clips of {NEEDED}" if len(hunt.clips) < NEEDED else ""
        note = hunt.told(too_few) if hunt.notes or too_few else ""
        return Timed(Footage(clips=tuple(hunt.clips.values()), note=note), hunt.cpu_s)

    async def _picks(self, source: Source, hunt: "_Hunt") -> list[Pick]:
        """What the library offers that could be used."""
        provider, _ = source
        picks: dict[str, Pick] = {}
        for query in hunt.queries[:SEARCHES_MAX]:
            if len(picks) >= CHOICE * hunt.wanted:
                break
            try:
                found = await self._search(source, query, hunt.shape)
            except ProviderError as error:
                hunt.notes.append(str(error))
                break
            for offer in found.offers:
                taken = pick(offer, hunt.shape, is_lively=query.is_lively)
                if taken is not None:
                    picks.setdefault(offer.id, taken)
        if not picks and not hunt.notes:
            hunt.notes.append(f"{provider.name} has nothing that fits")
        return list(picks.values())

    async def _search(self, source: Source, query: Query, shape: Shape) -> Found:
        """The answer of the last day, or a new one. Raises ProviderError."""
        provider, gate = source
        asked = (query.words, shape.width, shape.height)
        if (known := self.shelf.recall(provider.name, *asked)) is not None:
            return known
        if (paused_s := self.shelf.paused_for_s(provider.name)) > 0:
            raise ProviderUnavailableError(f"{provider.name}'s quota is used up for {paused_s / 60:.0f} min")
        try:
            async with gate.permit(deadline_s=PERMIT_S):
                found = await provider.search(
                    query.words,
                    is_upright=shape.height > shape.width,
                    width=shape.width,
                    height=shape.height,
                )
        except LabelError as error:
            if wait_s := error.fields.get("retry_after_s"):
                self.shelf.pause(provider.name, float(wait_s))
            raise
        except Exception as error:
            told = f"{provider.name} answers what cannot be read: {type(error).__name__}"
            raise ProviderUnavailableError(told) from error
        self.shelf.keep(found, provider.name, *asked)
        return found

    async def _take(self, source: Source, picks: Sequence[Pick], hunt: "_Hunt") -> None:
        """Fetch clips in their order until there are as many as are wanted, or enough were tried."""
        provider, _ = source
        at_once = asyncio.Semaphore(DOWNLOADS_AT_ONCE)
        left = list(picks[:TRIES_MAX])
        while left and len(hunt.clips) < hunt.wanted:
            missing = hunt.wanted - len(hunt.clips)
            now, left = left[:missing], left[missing:]
            with ExitStack() as held:
                fetched = await asyncio.gather(
                    *(self._fetch(provider, each, at_once, hunt, held) for each in now)
                )
                await self._receive(tuple(each for each in fetched if each is not None), hunt)

    async def _receive(self, deliveries: tuple[Delivery, ...], hunt: "_Hunt") -> None:
        """Have clips looked at and kept."""
        if not deliveries:
            return
        received = await self.cores.run(studio.receive_footage, self.config, hunt.shape, deliveries)
        hunt.cpu_s += received.cpu_s
        for delivery, receipt in zip(deliveries, received.value, strict=True):
            if receipt.asset is None:
                hunt.notes.append(receipt.note)
                continue
            chosen = delivery.pick
            await asyncio.to_thread(self.shelf.remember, chosen.offer, chosen.file, receipt.asset.sha256)
            # Another page of the same file is the same clip.
            clip = FootageClip(asset=receipt.asset, is_lively=chosen.is_lively)
            hunt.clips.setdefault(receipt.asset.sha256, clip)

    async def _fetch(
        self,
        provider: FootageProvider,
        chosen: Pick,
        at_once: asyncio.Semaphore,
        hunt: "_Hunt",
        held: ExitStack,
    ) -> Delivery | None:
        """The clip from the store or from the library; a broken download is gone on with once.

        Its place stays this song's until `held` is left: whoever receives the clip takes it from there.
        """
        try:
            stored = await asyncio.to_thread(self._stored, chosen)
            if stored:
                return Delivery(pick=chosen, terms=provider.terms, sha256=stored)
            lock = await asyncio.to_thread(self.shelf.hold, chosen.offer, chosen.file)
            if lock is None:
                hunt.notes.append(f"{chosen.offer.page_url} is being fetched for another song")
                return None
            held.callback(lock.free)
            place = self.shelf.download_place(chosen.offer, chosen.file)
            await self._download(provider, chosen, place, at_once)
        except (ProviderError, OSError) as error:
            hunt.notes.append(str(error))
            return None
        return Delivery(pick=chosen, terms=provider.terms, path=str(place))

    async def _download(
        self, provider: FootageProvider, chosen: Pick, place: Path, at_once: asyncio.Semaphore
    ) -> None:
        """Raises ProviderError when it has not come after all attempts, OSError where it cannot be kept."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with at_once:
                    await download(chosen.file.url, place, VIDEO, trusted=provider.base_url, resume=True)
            except ProviderError as error:
                if not error.transient or attempt == ATTEMPTS:
                    raise
            else:
                return

    def _stored(self, chosen: Pick) -> str | None:
        sha256 = self.shelf.stored(chosen.offer, chosen.file)
        return sha256 if sha256 and self.config.assets.exists(sha256) else None


@dataclass
class _Hunt:
    """One song's search as it goes on."""

    queries: tuple[Query, ...]
    shape: Shape
    wanted: int
    seed: int
    clips: dict[str, FootageClip] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    def told(self, first: str) -> str:
        """What went wrong, in one line."""
        reasons = list(dict.fromkeys(filter(None, (first, *self.notes))))
        return "; ".join(reasons)[:NOTE_CHARS]
