"""Buying music: a provider's job as step work, through its gate, under the ledger's cap."""

import asyncio
import re
import tempfile
from decimal import Decimal
from pathlib import Path
from time import monotonic

from agents.music.order import MusicOrder
from agents.music.protocol import Batch, FetchedTake, Job, JobState, MusicProvider
from configs.settings import Settings
from runtime import studio
from runtime.gates import SharedGate
from runtime.inbox import kept_takes
from runtime.signals import Suspend
from runtime.studio import StudioConfig
from runtime.work import BoughtWork, Made
from runtime.workers import Studio
from storage.errors import (
    BudgetExceededError,
    JobFailedError,
    LabelError,
    OutcomeUnknownError,
    ProviderUnavailableError,
)
from storage.types import Composition, CycleState, EffectPolicy, Frozen, Takes

CALL_S = 120.0
"""How long one request may wait for its permit."""
JOB_S = 1_800.0
"""How long a job is watched before the cycle is set aside; it is asked for again then, not bought again."""
ASIDE_S = 900.0
JOB_ID = re.compile(r"[\x21-\x7e]{1,200}")
DELIVERED = "delivered:"
"""Begins the job id of a provider that answers an order with the audio itself: it is in our own store already."""


class _Delivery(Frozen):
    """Takes that came with the order, by their place in the asset store."""

    id: str
    """What the vendor calls it."""
    takes: tuple[tuple[str, str, float | None], ...]
    """Address, media type, and how long the provider said that it lasts."""


def bought_music(
    provider: MusicProvider,
    gate: SharedGate,
    cores: Studio,
    config: StudioConfig,
    settings: Settings,
    order: MusicOrder,
) -> BoughtWork[Takes[Composition]]:
    """The compose step's work at one provider; where nobody knows its price, nothing is bought."""

    async def submit(idempotency_key: str) -> str:
        if price is None:
            raise BudgetExceededError(
                f"Nobody knows what {provider.name} charges; set its price ({provider.name.upper()}_USD_PER_…), "
                "or UNPRICED_MAX_USD_PER_CALL to buy there all the same"
            )
        # Before anything is sent, and not around it: a disk that fills up later must not hide what the vendor said.
        await asyncio.to_thread(studio.require_room, config)
        with tempfile.TemporaryDirectory(dir=config.scratch_dir) as folder:
            async with gate.permit(deadline_s=CALL_S):
                job = await provider.submit(order, idempotency_key, Path(folder))
            if job.takes:
                return await asyncio.to_thread(_keep, config, job)
        if not JOB_ID.fullmatch(job.id) or job.id.startswith(DELIVERED):
            raise OutcomeUnknownError(f"{provider.name} took the order and named a job that cannot be one")
        return job.id

    async def find(idempotency_key: str) -> str | None:
        async with gate.permit(deadline_s=CALL_S):
            return await provider.find(idempotency_key)

    async def collect(job_id: str) -> Made[Takes[Composition]]:
        with studio.scratch(config) as folder:
            if job_id.startswith(DELIVERED):
                takes = await asyncio.to_thread(_kept, config, job_id, folder)
            else:
                takes = await _fetched(provider, gate, job_id, folder)
            batch = Batch(provider=provider.name, terms=provider.terms, takes=takes, cost_usd=cost_usd)
            made = await cores.run(studio.receive, config, order, batch)
        return Made(made.value, cpu_s=made.cpu_s, cost_usd=cost_usd)

    price = price_usd(provider, settings, order)
    cost_usd = price or Decimal(0)
    return BoughtWork(
        policy=provider.policy,
        provider=provider.name,
        worst_case_usd=cost_usd,
        submit=submit,
        collect=collect,
        find=find if provider.policy is EffectPolicy.LOOKUP else None,
    )


def price_usd(provider: MusicProvider, settings: Settings, order: MusicOrder) -> Decimal | None:
    """The most that one order can cost, as far as anybody knows or the settings allow."""
    price = provider.price_usd(order)
    return settings.unpriced_max_usd_per_call if price is None else price


async def _fetched(
    provider: MusicProvider, gate: SharedGate, job_id: str, folder: Path
) -> tuple[FetchedTake, ...]:
    """A job's takes once it is done. Whatever else a provider's code raises says nothing of the job."""
    try:
        await _ready(provider, gate, job_id)
        async with gate.permit(deadline_s=CALL_S):
            return await provider.fetch(job_id, folder)
    except LabelError:
        raise
    except Exception as error:
        told = f"{provider.name} answers what cannot be read: {type(error).__name__}"
        raise ProviderUnavailableError(told) from error


async def _ready(provider: MusicProvider, gate: SharedGate, job_id: str) -> None:
    """Poll until the job is done; one that takes too long is set aside, and asked for again later.

    Of one that has some takes by then, those are what was bought: the others may never come.
    """
    until_s = monotonic() + JOB_S
    while True:
        async with gate.permit(deadline_s=CALL_S):
            status = await provider.poll(job_id)
        is_late = monotonic() >= until_s
        if status.state is JobState.READY or (is_late and status.has_takes):
            return
        if status.state is JobState.FAILED:
            # The id stands in the fields: in the text, each failure would look like another fault.
            raise JobFailedError(f"{provider.name} could not make it: {status.message}", job_id=job_id)
        if is_late:
            break
        await asyncio.sleep(status.look_again_s)
    told = f"{provider.name} has not finished job {job_id} in {JOB_S / 60:.0f} min; it is asked for again"
    raise Suspend(CycleState.DEFERRED, told, ASIDE_S)


def _keep(config: StudioConfig, job: Job) -> str:
    """Put audio that came with an order where every node finds it, before the order goes on record."""
    try:
        kept = [
            (config.assets.put(take.path, kind="take", media_type=take.media_type, tool="delivery"), take)
            for take in job.takes
        ]
    except Exception as error:
        raise OutcomeUnknownError(f"It was made, as {job.id}, and could not be kept: {error}") from error
    delivery = _Delivery(
        id=job.id, takes=tuple((asset.sha256, take.media_type, take.expected_s) for asset, take in kept)
    )
    return DELIVERED + delivery.model_dump_json()


def _kept(config: StudioConfig, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
    """The takes of a delivery, as copies that may be moved."""
    delivery = _Delivery.model_validate_json(job_id.removeprefix(DELIVERED))
    takes = kept_takes(
        config, tuple((sha256, media_type) for sha256, media_type, _ in delivery.takes), folder
    )
    expected = [expected_s for _, _, expected_s in delivery.takes]
    return tuple(
        take.model_copy(update={"expected_s": expected_s})
        for take, expected_s in zip(takes, expected, strict=True)
    )
