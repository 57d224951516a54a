"""The dialect of sunoapi.org and its kin (https://docs.sunoapi.org): one task of two songs, and a code in each answer."""

from dataclasses import dataclass

from agents.music.order import MusicOrder
from agents.music.protocol import JobState
from agents.music.providers.suno.dialect import Call, Clip, seconds_of
from agents.vendors.api import Json, one_line
from storage.errors import OutcomeUnknownError, ProviderRefusedError, ProviderUnavailableError

LIMITS = {"V4": (3000, 200, 80)}
LATER_LIMITS = (5000, 1000, 100)
"""Characters of prompt, style and title that a model reads."""
NOWHERE = "https://labelmate.invalid/"
"""The interface demands an address to call back; we ask instead, and `.invalid` leads nowhere (RFC 2606)."""
_FAILED = frozenset({"CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR"})
_FINISHED = frozenset({"SUCCESS", "CALLBACK_EXCEPTION"})
"""That the callback went nowhere is as we want it: the songs are there all the same."""
_BUSY = {405: 60.0, 429: 3600.0, 430: 30.0, 455: 900.0}
"""Codes of limits, used-up credits and maintenance, and after how many seconds to come back."""


@dataclass(frozen=True)
class SunoApi:
    """`POST /api/v1/generate`, then `GET /api/v1/generate/record-info`."""

    default_model: str = "V4_5"

    def balance(self) -> Call:
        return Call("GET", "/api/v1/generate/credit")

    def credits(self, answer: Json) -> str:
        return f"{_data(answer, buys=False)} credits left"

    def order(self, order: MusicOrder, model: str) -> Call:
        prompt, style, title = LIMITS.get(model, LATER_LIMITS)
        body: dict[str, object] = {
            "customMode": True,
            "instrumental": order.is_instrumental,
            "model": model,
            "callBackUrl": NOWHERE,
            "style": order.style(style),
            "title": order.title(title),
        }
        if not order.is_instrumental:
            body["prompt"] = order.sung(prompt)
            if order.vocal.gender:
                body["vocalGender"] = order.vocal.gender[0]
        if persona := order.vocal.vendor_personas.get("suno"):
            body["personaId"] = persona
        return Call("POST", "/api/v1/generate", body=body)

    def job_id(self, answer: Json) -> str:
        data = _data(answer, buys=True)
        if not isinstance(data, dict) or not data.get("taskId"):
            raise OutcomeUnknownError(f"suno took the order and named no task: {one_line(str(answer))}")
        return str(data["taskId"])

    def ask(self, job_id: str) -> Call:
        return Call("GET", "/api/v1/generate/record-info", query={"taskId": job_id})

    def clips(self, answer: Json) -> tuple[Clip, ...]:
        data = _data(answer, buys=False)
        data = data if isinstance(data, dict) else {}
        status = str(data.get("status") or "PENDING")
        if status in _FAILED:
            why = data.get("errorMessage") or data.get("errorCode") or status
            return (Clip(JobState.FAILED, message=one_line(f"{status}: {why}")),)
        response = data.get("response")
        songs = response.get("sunoData") if isinstance(response, dict) else None
        clips = tuple(
            Clip(JobState.READY, audio_url=str(song["audioUrl"]), duration_s=seconds_of(song))
            for song in (songs if isinstance(songs, list) else ())
            if isinstance(song, dict) and song.get("audioUrl")
        )
        if status == "SUCCESS" and not clips:
            return (Clip(JobState.FAILED, message="it is called finished and has no audio"),)
        return clips if status in _FINISHED else ()


def _data(answer: Json, *, buys: bool) -> Json:
    """What is inside the envelope, whose own code counts beside HTTP's."""
    envelope = answer if isinstance(answer, dict) else {}
    code = envelope.get("code")
    if code == 200:
        return envelope.get("data")
    told = f"suno answers with code {code}: {one_line(str(envelope.get('msg') or answer))}"
    if isinstance(code, int) and code in _BUSY:
        raise ProviderUnavailableError(told, retry_after_s=_BUSY[code])
    if not isinstance(code, int) or code >= 500:
        raise OutcomeUnknownError(told) if buys else ProviderUnavailableError(told)
    advice = "; check SUNO_API_KEY" if code in (401, 403) else ""
    raise ProviderRefusedError(told + advice)
