"""What a gateway's dialect has to say: how to order, how to ask, and what its answers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from agents.music.order import MusicOrder
from agents.music.protocol import JobState
from agents.vendors.api import Json, one_line
from storage.errors import OutcomeUnknownError


@dataclass(frozen=True)
class Call:
    """One request: its path with either a body or a query."""

    method: str
    path: str
    body: dict[str, object] | None = None
    query: dict[str, str] | None = None


@dataclass(frozen=True)
class Clip:
    """One of the takes of a job."""

    state: JobState
    audio_url: str = ""
    duration_s: float | None = None
    message: str = ""


class Dialect(Protocol):
    """One gateway's way of speaking. Answers are whatever JSON came; each method reads them with care."""

    @property
    def default_model(self) -> str: ...

    def balance(self) -> Call:
        """A request that costs nothing and needs the key."""
        ...

    def credits(self, answer: Json) -> str:
        """What it says. Raises ProviderError."""
        ...

    def order(self, order: MusicOrder, model: str) -> Call:
        """The request that buys a job."""
        ...

    def job_id(self, answer: Json) -> str:
        """The job that was bought. Raises ProviderError for a refusal, OutcomeUnknownError for nonsense."""
        ...

    def ask(self, job_id: str) -> Call:
        """The request for a job's clips."""
        ...

    def clips(self, answer: Json) -> tuple[Clip, ...]:
        """The job's clips so far; none while nothing is known of them. Raises ProviderError."""
        ...


def ids_of(answer: Json) -> str:
    """The clips of an answered order, as one job id. Raises OutcomeUnknownError where there are none."""
    clips = answer if isinstance(answer, list) else answer.get("clips") if isinstance(answer, dict) else None
    ids = [str(clip["id"]) for clip in clips or () if isinstance(clip, dict) and clip.get("id")]
    if not ids:
        raise OutcomeUnknownError(f"suno took the order and named no clip: {one_line(str(answer))}")
    return ",".join(ids)


def seconds_of(clip: Mapping[str, Any]) -> float | None:
    """The length that a gateway states, if it is one."""
    stated = clip.get("duration")
    return float(stated) if isinstance(stated, int | float) and 0 < stated < 36_000 else None
