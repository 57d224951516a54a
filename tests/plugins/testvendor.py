"""A third party's music provider, as an installed plug-in: real HTTP to the test's vendor server."""

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import HTTPException
from pathlib import Path

from agents.llm.door import Limits
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake, Job, JobState, JobStatus, Terms
from configs.settings import Settings
from storage.errors import OutcomeUnknownError, ProviderRefusedError, ProviderUnavailableError
from storage.types import EffectPolicy

ADDRESS_FILE = "testvendor.url"


def connect(settings: Settings) -> "TestVendor | None":
    address = settings.home / ADDRESS_FILE
    return TestVendor(address.read_text()) if address.exists() else None


@dataclass
class TestVendor:
    base_url: str
    name: str = "testvendor"
    policy: EffectPolicy = EffectPolicy.LOOKUP
    patience_s: float = 10.0
    limits: Limits = field(default_factory=Limits)
    terms: Terms = field(default_factory=lambda: Terms(licence="testvendor: commercial"))

    @property
    def account(self) -> str:
        return self.base_url

    async def check(self) -> str:
        return "works"

    def price_usd(self, order: MusicOrder) -> Decimal:
        return Decimal("0.10")

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        body = {"prompt": order.style(200), "title": order.title(80)}
        return Job(id=json.loads(await self._call("POST", "/plain/jobs", idempotency_key, body))["job"])

    async def find(self, idempotency_key: str) -> str | None:
        return json.loads(await self._call("GET", f"/plain/jobs?key={idempotency_key}", idempotency_key))[
            "job"
        ]

    async def poll(self, job_id: str) -> JobStatus:
        state = json.loads(await self._call("GET", f"/status?job={job_id}", job_id))["state"]
        return JobStatus(state=JobState(state), look_again_s=0.1)

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        path = folder / f"{job_id}.wav"
        path.write_bytes(await self._call("GET", f"/audio?job={job_id}", job_id))
        return (FetchedTake(path=path, media_type="audio/wav"),)

    async def _call(self, method: str, path: str, key: str, body: dict[str, str] | None = None) -> bytes:
        return await asyncio.to_thread(self._request, method, path, key, body)

    def _request(self, method: str, path: str, key: str, body: dict[str, str] | None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Idempotency-Key": key, "Authorization": "Bearer k"}
        request = urllib.request.Request(self.base_url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.patience_s) as reply:
                return reply.read()
        except urllib.error.HTTPError as error:
            wait = error.headers.get("Retry-After")
            if error.code in (429, 503):
                raise ProviderUnavailableError(
                    f"testvendor answers {error.code}", retry_after_s=float(wait) if wait else None
                ) from error
            if method == "POST" and error.code >= 500:
                raise OutcomeUnknownError(
                    f"testvendor answers {error.code}, perhaps after charging"
                ) from error
            raise ProviderRefusedError(f"testvendor answers {error.code}") from error
        except (OSError, HTTPException) as error:
            refused = isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            if method == "POST" and not refused:
                # The request may have arrived before the line went dead.
                raise OutcomeUnknownError(f"testvendor did not answer: {error}") from error
            raise ProviderUnavailableError(f"testvendor cannot be reached: {error}") from error
