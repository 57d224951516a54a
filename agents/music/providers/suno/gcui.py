"""The dialect of gcui-art/suno-api, a gateway that people host themselves on their own Suno account."""

from dataclasses import dataclass

from agents.music.order import MusicOrder
from agents.music.providers.suno.apibox import PROMPT, TAGS, TITLE, read_clips
from agents.music.providers.suno.dialect import Call, Clip, ids_of
from agents.vendors.api import Json


@dataclass(frozen=True)
class Gcui:
    """`POST /api/custom_generate`, then `GET /api/get?ids=`."""

    default_model: str = "chirp-v3-5"

    def balance(self) -> Call:
        return Call("GET", "/api/get_limit")

    def credits(self, answer: Json) -> str:
        left = answer.get("credits_left") if isinstance(answer, dict) else None
        return f"{left} credits left" if left is not None else "answers"

    def order(self, order: MusicOrder, model: str) -> Call:
        body: dict[str, object] = {
            "prompt": order.sung(PROMPT),
            "tags": order.style(TAGS),
            "title": order.title(TITLE),
            "make_instrumental": order.is_instrumental,
            "model": model,
            "wait_audio": False,
        }
        return Call("POST", "/api/custom_generate", body=body)

    def job_id(self, answer: Json) -> str:
        return ids_of(answer)

    def ask(self, job_id: str) -> Call:
        return Call("GET", "/api/get", query={"ids": job_id})

    def clips(self, answer: Json) -> tuple[Clip, ...]:
        return read_clips(answer if isinstance(answer, list) else ())
