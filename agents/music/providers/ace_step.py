"""ACE-Step 1.5 on a machine of one's own (its docs/en/API.md): free, so an order may be repeated."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from agents.llm.door import Limits
from agents.music.fetching import fetch_takes
from agents.music.order import MusicOrder
from agents.music.protocol import FetchedTake, Job, JobState, JobStatus, Terms
from agents.vendors.api import Api, Json, one_line
from configs.settings import Settings
from storage.clock import sub_seed
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError
from storage.types import EffectPolicy

TAKES = 2
SLOWEST_BPM, FASTEST_BPM = 30, 300
SHORTEST_S, LONGEST_S = 10.0, 600.0
STYLE_CHARS, LYRICS_CHARS = 512, 4096
INSTRUMENTAL = "[Instrumental]"
_MODES = {"major": "Major", "lydian": "Major", "mixolydian": "Major"}
"""Its keys know two modes; the others go by their third."""


def connect(settings: Settings) -> "AceStep | None":
    """The server of the settings."""
    if settings.ace_step_base_url is None:
        return None
    return AceStep(
        Api("ace_step", settings.ace_step_base_url, settings.ace_step_api_key, key_setting="ACE_STEP_API_KEY")
    )


@dataclass(frozen=True)
class AceStep:
    """`POST /release_task`, `POST /query_result`, `GET /v1/audio`."""

    api: Api
    name: str = "ace_step"
    policy: EffectPolicy = EffectPolicy.KEYED
    limits: Limits = field(default_factory=lambda: Limits(calls_per_s=2.0, burst=4, at_once=2))
    terms: Terms = field(default_factory=lambda: Terms(licence="ACE-Step 1.5, MIT, on a machine of our own"))

    @property
    def account(self) -> str:
        return self.api.account

    async def check(self) -> str:
        _data(await self.api.json("GET", "/health"))
        return "answers"

    def price_usd(self, order: MusicOrder) -> Decimal | None:
        return Decimal(0)

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        brief = order.brief
        if not SHORTEST_S <= order.duration_s <= LONGEST_S:
            raise ProviderRefusedError(
                f"ace_step makes {SHORTEST_S:g} to {LONGEST_S:g} s, not {order.duration_s:.0f}"
            )
        body: dict[str, object] = {
            "prompt": order.style(STYLE_CHARS),
            "lyrics": order.sung(LYRICS_CHARS) or INSTRUMENTAL,
            "bpm": min(FASTEST_BPM, max(SLOWEST_BPM, round(brief.tempo_bpm))),
            "key_scale": f"{brief.key} {_MODES.get(brief.mode, 'Minor')}",
            "time_signature": "4",
            "audio_duration": round(order.duration_s, 1),
            "vocal_language": order.lyrics.language,
            "use_random_seed": False,
            "seed": sub_seed(brief.seed, "ace_step") % 2**31,
            "batch_size": TAKES,
            "audio_format": "flac",
        }
        data = _data(await self.api.json("POST", "/release_task", body=body))
        if not isinstance(data, dict) or not data.get("task_id"):
            raise ProviderUnavailableError(f"ace_step named no task: {one_line(str(data))}")
        return Job(id=str(data["task_id"]))

    async def find(self, idempotency_key: str) -> str | None:
        return None

    async def poll(self, job_id: str) -> JobStatus:
        task = await self._task(job_id)
        match task.get("status"):
            case 1:
                return JobStatus(state=JobState.READY)
            case 2:
                why = one_line(str(task.get("error") or task.get("result") or ""))
                return JobStatus(state=JobState.FAILED, message=why)
            case _:
                return JobStatus(state=JobState.PENDING, look_again_s=3.0)

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        files = _files((await self._task(job_id)).get("result"))
        if not files:
            raise ProviderError(f"ace_step has no audio of task {job_id} any more")
        return await fetch_takes(self.api, [(file, None) for file in files], folder)

    async def _task(self, job_id: str) -> dict[str, Any]:
        data = _data(await self.api.json("POST", "/query_result", body={"task_id_list": [job_id]}))
        tasks = data if isinstance(data, list) else []
        found = next(
            (task for task in tasks if isinstance(task, dict) and str(task.get("task_id")) == job_id), None
        )
        if found is None:
            raise ProviderError(f"ace_step does not know task {job_id}; it may have been restarted")
        return found


def _data(answer: Json) -> Json:
    """What is inside the envelope, whose own code counts beside HTTP's."""
    if isinstance(answer, dict) and answer.get("code") == 200:
        return answer.get("data")
    error = answer.get("error") if isinstance(answer, dict) else answer
    raise ProviderUnavailableError(f"ace_step answers: {one_line(str(error))}")


def _files(result: object) -> list[str]:
    """The addresses in a result, which is JSON inside JSON."""
    try:
        read = json.loads(result) if isinstance(result, str) else result
    except ValueError:
        return []
    songs = read if isinstance(read, list) else []
    return [str(song["file"]) for song in songs if isinstance(song, dict) and song.get("file")]
