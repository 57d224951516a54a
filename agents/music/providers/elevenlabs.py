"""ElevenLabs Music (https://elevenlabs.io/docs/api-reference/music/compose): an order is answered with the audio."""

import asyncio
import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from agents.llm.door import Limits
from agents.music.order import SECTION_TAGS, MusicOrder
from agents.music.protocol import FetchedTake, Job, JobStatus, Terms
from agents.vendors.api import Answer, Api, one_line
from configs.settings import Settings
from storage.errors import OutcomeUnknownError, ProviderRefusedError, UnusableTakeError
from storage.types import EffectPolicy

SHORTEST_S, LONGEST_S = 3.0, 600.0
SECTION_S = (3.0, 120.0)
"""How long a section of a plan may be."""
LINE_CHARS, STYLE_CHARS, PROMPT_CHARS = 200, 400, 2000
COMPOSE_S = 300.0
"""How long an answer may take: the song is made while we wait."""
ANSWER_BYTES_MAX = 60_000_000
"""Far above ten minutes at that rate."""
OUTPUT = "mp3_44100_192"


def connect(settings: Settings) -> "ElevenLabs | None":
    """The account of the settings."""
    if settings.elevenlabs_api_key is None:
        return None
    api = Api(
        "elevenlabs",
        settings.elevenlabs_base_url,
        settings.elevenlabs_api_key,
        key_header="xi-api-key",
        key_prefix="",
        key_setting="ELEVENLABS_API_KEY",
        timeout_s=COMPOSE_S,
        bytes_max=ANSWER_BYTES_MAX,
    )
    return ElevenLabs(api, settings.elevenlabs_model, settings.elevenlabs_usd_per_minute)


@dataclass(frozen=True)
class ElevenLabs:
    """`POST /v1/music`. A song with words goes as a plan of sections, an instrumental as a prompt."""

    api: Api
    model: str
    minute_usd: Decimal | None = None
    name: str = "elevenlabs"
    policy: EffectPolicy = EffectPolicy.AT_MOST_ONCE
    limits: Limits = field(
        default_factory=lambda: Limits(calls_per_s=0.5, burst=2, at_once=2, permit_s=2 * COMPOSE_S + 60)
    )
    terms: Terms = field(
        default_factory=lambda: Terms(licence="ElevenLabs Music: as the account's plan grants")
    )

    @property
    def account(self) -> str:
        return self.api.account

    async def check(self) -> str:
        told = await self.api.json("GET", "/v1/user/subscription")
        tier = told.get("tier") if isinstance(told, dict) else None
        return f"works, plan {one_line(str(tier))}"

    def price_usd(self, order: MusicOrder) -> Decimal | None:
        """By the minute that is begun."""
        if self.minute_usd is None:
            return None
        return self.minute_usd * -int(-order.duration_s // 60)

    async def submit(self, order: MusicOrder, idempotency_key: str, folder: Path) -> Job:
        if not SHORTEST_S <= order.duration_s <= LONGEST_S:
            raise ProviderRefusedError(
                f"elevenlabs makes {SHORTEST_S:g} to {LONGEST_S:g} s, not {order.duration_s:.0f}"
            )
        body = _body(order, self.model)
        answer = await self._compose(body)
        if (suggested := _suggested(answer, body)) is not None:
            # It says what it would take instead, and has made nothing: once, and no further.
            body = suggested
            answer = await self._compose(body)
        self.api.require_success(answer, buys=True)
        if not answer.media_type.startswith("audio/"):
            if answer.media_type == "text/html":
                raise self.api.no_json(answer, buys=True)
            raise OutcomeUnknownError(f"elevenlabs sent no audio: {self.api.told_by(answer)}")
        path = folder / "take-1"
        await asyncio.to_thread(path.write_bytes, answer.body)
        take = FetchedTake(path=path, media_type=answer.media_type, expected_s=_length_s(body))
        return Job(id=answer.headers.get("song-id", idempotency_key), takes=(take,))

    async def find(self, idempotency_key: str) -> str | None:
        return None

    async def poll(self, job_id: str) -> JobStatus:
        raise UnusableTakeError("elevenlabs sends audio with the order alone: no job can be asked for")

    async def fetch(self, job_id: str, folder: Path) -> tuple[FetchedTake, ...]:
        raise UnusableTakeError("elevenlabs sends audio with the order alone: no job can be asked for")

    async def _compose(self, body: dict[str, object]) -> Answer:
        return await self.api.call("POST", "/v1/music", body=body, query={"output_format": OUTPUT}, buys=True)


def _body(order: MusicOrder, model: str) -> dict[str, object]:
    if order.is_instrumental:
        return {
            "model_id": model,
            "prompt": order.style(PROMPT_CHARS),
            "music_length_ms": round(order.duration_s * 1000),
            "force_instrumental": True,
        }
    styles = [tag.strip() for tag in order.style(STYLE_CHARS).split(",")]
    return {
        "model_id": model,
        "composition_plan": {
            "positive_global_styles": styles,
            "negative_global_styles": [],
            "sections": _sections(order),
        },
    }


def _sections(order: MusicOrder) -> list[dict[str, Any]]:
    """The form with its words; sections that are too short join the one before, too long ones are parted."""
    bar_s = order.brief.bar_s
    words = {section.position: section.lines for section in order.lyrics.sections}
    least_s, most_s = SECTION_S
    made: list[dict[str, Any]] = []
    for position, section in enumerate(order.brief.form):
        lasts_s = section.bars * bar_s
        if position == len(order.brief.form) - 1:
            lasts_s += order.brief.tail_s
        lines = [line[:LINE_CHARS] for line in words.get(position, ())]
        if lasts_s < least_s and made:
            made[-1]["duration_ms"] += round(lasts_s * 1000)
            made[-1]["lines"] += lines
            continue
        parts = -int(-lasts_s // most_s)
        for part in range(parts):
            share = lines[len(lines) * part // parts : len(lines) * (part + 1) // parts]
            made.append(
                {
                    "section_name": SECTION_TAGS.get(section.name, section.name.title()),
                    "positive_local_styles": [],
                    "negative_local_styles": [],
                    "duration_ms": round(max(least_s, lasts_s / parts) * 1000),
                    "lines": share,
                }
            )
    return made


def _suggested(answer: Answer, body: dict[str, object]) -> dict[str, object] | None:
    """What the vendor would take in place of a prompt or plan that it refused, if it says so."""
    if answer.status not in (400, 422):
        return None
    try:
        detail = json.loads(answer.body).get("detail")
    except (ValueError, AttributeError):
        return None
    data = detail.get("data") if isinstance(detail, dict) else None
    if not isinstance(data, dict):
        return None
    for field_name, kind in (("prompt", str), ("composition_plan", dict)):
        suggestion = data.get(f"{field_name}_suggestion")
        if field_name not in body or not isinstance(suggestion, kind) or not suggestion:
            continue
        instead = body | {field_name: suggestion}
        # The price was reserved for a song of the order's length.
        if 0 < _length_s(instead) <= _length_s(body) + 1:
            return instead
    return None


def _length_s(body: dict[str, object]) -> float:
    """How long a request's song is to be; 0 where a plan does not tell."""
    plan = body.get("composition_plan")
    if not isinstance(plan, dict):
        length_ms = body["music_length_ms"]
        assert isinstance(length_ms, int)
        return length_ms / 1000
    sections = plan.get("sections")
    lengths = (
        [part.get("duration_ms") for part in sections if isinstance(part, dict)]
        if isinstance(sections, list)
        else []
    )
    return sum(length for length in lengths if isinstance(length, int | float)) / 1000
