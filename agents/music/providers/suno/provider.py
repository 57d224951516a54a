"""Suno as a provider: a job is bought once, asked for until its clips are finished, and both are taken."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from agents.llm.door import Limits
from agents.music.fetching import fetch_takes
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake, Job, JobState, JobStatus, Terms
from agents.music.providers.suno.apibox import Apibox
from agents.music.providers.suno.dialect import Call, Clip, Dialect
from agents.music.providers.suno.gcui import Gcui
from agents.music.providers.suno.sunoapi import SunoApi
from agents.vendors.api import Api, Json
from configs.settings import Settings
from storage.errors import ProviderError
from storage.types import EffectPolicy

DIALECTS: dict[str, Dialect] = {"sunoapi": SunoApi(), "apibox": Apibox(), "gcui": Gcui()}
LOOK_AGAIN_S = 10.0
"""A song takes two to three minutes."""


def connect(settings: Settings) -> "Suno | None":
    """The gateway of the settings; those that people host themselves ask for no key."""
    if settings.suno_base_url is None or (settings.suno_api_key is None and settings.suno_dialect != "gcui"):
        return None
    return Suno(
        api=Api("suno", settings.suno_base_url, key=settings.suno_api_key, key_setting="SUNO_API_KEY"),
        dialect=DIALECTS[settings.suno_dialect],
        model=settings.suno_model,
        job_usd=settings.suno_usd_per_job,
    )


@dataclass(frozen=True)
class Suno:
    """One gateway. It takes no idempotency key, so an order whose answer was lost is never sent again."""

    api: Api
    dialect: Dialect
    model: str | None = None
    job_usd: Decimal | None = None
    name: str = "suno"
    policy: EffectPolicy = EffectPolicy.AT_MOST_ONCE
    limits: Limits = field(default_factory=lambda: Limits(calls_per_s=2.0, burst=10, at_once=8))
    """20 requests in 10 s, as sunoapi.org states."""
    terms: Terms = field(
        default_factory=lambda: Terms(licence="Suno through a gateway: as the account's plan there grants")
    )

    @property
    def account(self) -> str:
        return self.api.account

    async def check(self) -> str:
        return f"works, {self.dialect.credits(await self._call(self.dialect.balance()))}"

    def price_usd(self, order: MusicOrder) -> Decimal | None:
        return self.job_usd

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        answer = await self._call(
            self.dialect.order(order, self.model or self.dialect.default_model), buys=True
        )
        return Job(id=self.dialect.job_id(answer))

    async def find(self, idempotency_key: str) -> str | None:
        return None

    async def poll(self, job_id: str) -> JobStatus:
        clips = await self._clips(job_id)
        has_takes = any(clip.state is JobState.READY for clip in clips)
        if not clips or any(clip.state is JobState.PENDING for clip in clips):
            return JobStatus(state=JobState.PENDING, look_again_s=LOOK_AGAIN_S, has_takes=has_takes)
        if has_takes:
            return JobStatus(state=JobState.READY)
        return JobStatus(state=JobState.FAILED, message="; ".join({clip.message: None for clip in clips}))

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        ready = [clip for clip in await self._clips(job_id) if clip.state is JobState.READY]
        if not ready:
            raise ProviderError(f"suno has no audio of job {job_id} any more")
        wanted = [(clip.audio_url, clip.duration_s) for clip in ready]
        return await fetch_takes(self.api, wanted, folder)

    async def _clips(self, job_id: str) -> tuple[Clip, ...]:
        return self.dialect.clips(await self._call(self.dialect.ask(job_id)))

    async def _call(self, call: Call, *, buys: bool = False) -> Json:
        return await self.api.json(call.method, call.path, body=call.body, query=call.query, buys=buys)
