"""Buying music: a provider's job as step work, through its gate, under the ledger's cap."""

import asyncio
from decimal import Decimal
from time import monotonic

from agents.music.protocol import JobState, MusicProvider
from configs.settings import Settings
from runtime import studio
from runtime.gates import SharedGate
from runtime.studio import StudioConfig
from runtime.work import BoughtWork, Made
from runtime.workers import Studio
from storage.errors import BudgetExceededError, ProviderError, ProviderUnavailableError
from storage.types import Brief, Composition, EffectPolicy, Lyrics

CALL_S = 120.0
"""How long one request may wait for its permit."""
JOB_S = 1_800.0
"""How long a job may take before the cycle is set aside; it is polled again then, not bought again."""


def bought_music(
    provider: MusicProvider,
    gate: SharedGate,
    cores: Studio,
    config: StudioConfig,
    settings: Settings,
    brief: Brief,
    lyrics: Lyrics,
) -> BoughtWork[Composition]:
    """The compose step's work at one provider. Raises BudgetExceededError where nobody knows its price."""

    async def submit(idempotency_key: str) -> str:
        async with gate.permit(deadline_s=CALL_S):
            return await provider.submit(brief, lyrics, idempotency_key)

    async def find(idempotency_key: str) -> str | None:
        async with gate.permit(deadline_s=CALL_S):
            return await provider.find(idempotency_key)

    async def collect(job_id: str) -> Made[Composition]:
        await _ready(provider, gate, job_id)
        with studio.scratch(config) as folder:
            async with gate.permit(deadline_s=CALL_S):
                takes = await provider.fetch(job_id, folder)
            made = await cores.run(studio.receive, config, brief, lyrics, provider.name, takes, price)
        return Made(made.value, cpu_s=made.cpu_s, cost_usd=price)

    price = _price(provider, settings, brief)
    return BoughtWork(
        policy=provider.policy,
        provider=provider.name,
        worst_case_usd=price,
        submit=submit,
        collect=collect,
        find=find if provider.policy is EffectPolicy.LOOKUP else None,
    )


def _price(provider: MusicProvider, settings: Settings, brief: Brief) -> Decimal:
    price = provider.price_usd(brief)
    if price is None:
        price = settings.unpriced_max_usd_per_call
    if price is None:
        raise BudgetExceededError(
            f"Nobody knows what {provider.name} charges; set UNPRICED_MAX_USD_PER_CALL to buy there all the same"
        )
    return price


async def _ready(provider: MusicProvider, gate: SharedGate, job_id: str) -> None:
    """Poll until the job is done."""
    until_s = monotonic() + JOB_S
    while monotonic() < until_s:
        async with gate.permit(deadline_s=CALL_S):
            status = await provider.poll(job_id)
        if status.state is JobState.READY:
            return
        if status.state is JobState.FAILED:
            raise ProviderError(f"{provider.name} could not make job {job_id}: {status.message}")
        await asyncio.sleep(status.look_again_s)
    raise ProviderUnavailableError(f"{provider.name} has not finished job {job_id} in {JOB_S / 60:.0f} min")
