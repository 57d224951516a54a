"""MusicGen on Replicate (https://replicate.com/docs/reference/http): thirty seconds of instrumental, not for release."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from agents.llm.door import Limits
from agents.music.fetching import fetch_takes
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake, Job, JobState, JobStatus, Terms
from agents.vendors.api import Api, one_line
from configs.settings import Settings
from storage.clock import sub_seed
from storage.errors import OutcomeUnknownError, ProviderError, ProviderRefusedError
from storage.types import Clearance, EffectPolicy

LONGEST_S = 30.0
"""What the model was trained on; longer ones wander."""
PROMPT_CHARS = 500


def connect(settings: Settings) -> "Replicate | None":
    """The account of the settings."""
    if settings.replicate_api_token is None:
        return None
    api = Api(
        "replicate",
        settings.replicate_base_url,
        settings.replicate_api_token,
        key_setting="REPLICATE_API_TOKEN",
    )
    return Replicate(api, settings.replicate_musicgen_version, settings.replicate_usd_per_job)


@dataclass(frozen=True)
class Replicate:
    """`POST /v1/predictions`, then `GET /v1/predictions/ID`."""

    api: Api
    version: str
    job_usd: Decimal | None = None
    name: str = "replicate"
    policy: EffectPolicy = EffectPolicy.AT_MOST_ONCE
    limits: Limits = field(default_factory=lambda: Limits(calls_per_s=5.0, burst=10, at_once=4))
    terms: Terms = field(
        default_factory=lambda: Terms(
            licence="MusicGen weights, CC-BY-NC 4.0: not for commercial release",
            clearance=Clearance.BLOCKED,
            sings=False,
        )
    )

    @property
    def account(self) -> str:
        return self.api.account

    async def check(self) -> str:
        told = await self.api.json("GET", "/v1/account")
        name = told.get("username") if isinstance(told, dict) else None
        return f"works, account {one_line(str(name))}"

    def price_usd(self, order: MusicOrder) -> Decimal | None:
        return self.job_usd

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        if order.duration_s > LONGEST_S:
            raise ProviderRefusedError(
                f"replicate makes at most {LONGEST_S:g} s and the song has {order.duration_s:.0f}; "
                "ask for shorter songs with SONG_SECONDS"
            )
        body: dict[str, object] = {
            "version": self.version,
            "input": {
                "prompt": order.style(PROMPT_CHARS),
                "model_version": "stereo-large",
                "duration": round(order.duration_s),
                "output_format": "wav",
                "normalization_strategy": "peak",
                "seed": sub_seed(order.brief.seed, "replicate") % 2**31,
            },
        }
        answer = await self.api.json("POST", "/v1/predictions", body=body, buys=True)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise OutcomeUnknownError(f"replicate named no prediction: {one_line(str(answer))}")
        return Job(id=str(answer["id"]))

    async def find(self, idempotency_key: str) -> str | None:
        return None

    async def poll(self, job_id: str) -> JobStatus:
        answer = await self._prediction(job_id)
        match answer.get("status"):
            case "succeeded":
                return JobStatus(state=JobState.READY)
            case "failed" | "canceled" | "aborted" as status:
                return JobStatus(state=JobState.FAILED, message=one_line(str(answer.get("error") or status)))
            case _:
                return JobStatus(state=JobState.PENDING)

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        output = (await self._prediction(job_id)).get("output")
        url = output[0] if isinstance(output, list) and output else output
        if not isinstance(url, str):
            raise ProviderError(f"replicate has no audio of prediction {job_id} any more")
        return await fetch_takes(self.api, [(url, None)], folder)

    async def _prediction(self, job_id: str) -> dict[str, Any]:
        answer = await self.api.json("GET", f"/v1/predictions/{quote(job_id, safe='')}")
        return answer if isinstance(answer, dict) else {}
