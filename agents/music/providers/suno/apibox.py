"""The older dialect of apibox.erweima.ai: an order returns clips, and a feed tells of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agents.music.order import MusicOrder
from agents.music.protocol import JobState
from agents.music.providers.suno.dialect import Call, Clip, ids_of, seconds_of
from agents.vendors.api import Json, one_line

PROMPT, TAGS, TITLE = 3000, 200, 80
"""Characters that its models read."""
_FAILED = frozenset({"failed", "error"})


@dataclass(frozen=True)
class Apibox:
    """`POST /generate`, then `GET /feed?ids=`."""

    default_model: str = "v4"

    def balance(self) -> Call:
        # It tells no balance: the feed of no clip is empty, and needs the key all the same.
        return Call("GET", "/feed", query={"ids": ""})

    def credits(self, answer: Json) -> str:
        return "answers"

    def order(self, order: MusicOrder, model: str) -> Call:
        body: dict[str, object] = {
            "prompt": order.sung(PROMPT) or order.style(TAGS),
            "model": model,
            "custom_mode": True,
            "make_instrumental": order.is_instrumental,
            "wait_audio": False,
            "title": order.title(TITLE),
            "tags": order.style(TAGS),
        }
        return Call("POST", "/generate", body=body)

    def job_id(self, answer: Json) -> str:
        return ids_of(answer)

    def ask(self, job_id: str) -> Call:
        return Call("GET", "/feed", query={"ids": job_id})

    def clips(self, answer: Json) -> tuple[Clip, ...]:
        clips = answer.get("clips", ()) if isinstance(answer, dict) else answer
        return read_clips(clips if isinstance(clips, list) else ())


def read_clips(clips: Iterable[Any]) -> tuple[Clip, ...]:
    """Clips of a feed: a stream that has begun is not yet a song."""
    return tuple(_read(clip) for clip in clips if isinstance(clip, dict))


def _read(clip: dict[str, Any]) -> Clip:
    status = str(clip.get("status") or "")
    if status in _FAILED:
        return Clip(JobState.FAILED, message=one_line(str(clip.get("error_message") or status)))
    if status == "complete" and clip.get("audio_url"):
        return Clip(JobState.READY, audio_url=str(clip["audio_url"]), duration_s=seconds_of(clip))
    return Clip(JobState.PENDING)
