"""Every music vendor at the far side of one socket, as strict as its documents: what breaks a rule is refused.

`/api/v1/…` is sunoapi.org, `/generate` and `/feed` apibox, `/api/custom_generate` and `/api/get` gcui-art/suno-api,
`/release_task` … ACE-Step, `/v1/music` ElevenLabs, `/v1/predictions` Replicate. Jobs are pending at the first look.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.runtime.vendor import song

KEY = "key-of-the-tests"
SUNO_LIMITS = {"V4": (3000, 200, 80), "V4_5": (5000, 1000, 100), "V5": (5000, 1000, 100)}
PROMPT_SUGGESTION = "a calm song in nobody's style"


class Refused(Exception):
    """The vendor's own no: status and JSON."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


@dataclass
class Reply:
    """Anything else than JSON with status 200."""

    body: bytes
    media_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Shop:
    """A vendor that is open: its orders, and what it shall answer next in place of the truth."""

    url: str = ""
    orders: list[dict[str, Any]] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    next_replies: list[Reply] = field(default_factory=list)
    pending_looks: int = 1
    """How often a job is not finished yet."""
    failing: str = ""
    """Why every job fails, if it does."""
    audio: bytes = field(default_factory=song)
    second: bytes = field(default_factory=lambda: song(430.0))
    """The second take of those who make two."""
    hangs: bool = False
    """Whether the second take is never finished."""
    headers: list[dict[str, str]] = field(default_factory=list)

    def is_done(self, job: str) -> bool:
        self.looks[job] = self.looks.get(job, 0) + 1
        return self.looks[job] > self.pending_looks

    def take(self, order: dict[str, Any]) -> str:
        self.orders.append(order)
        return f"job-{len(self.orders)}"

    def audio_url(self, name: str) -> str:
        return f"{self.url}/files/{name}.wav"

    # ------------------------------------------------------------ Suno

    def sunoapi_generate(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        allowed = {
            "customMode", "instrumental", "model", "callBackUrl", "prompt", "style", "title", "negativeTags",
            "vocalGender", "personaId",
        }  # fmt: skip
        prompt, style, title = SUNO_LIMITS.get(body.get("model", ""), (0, 0, 0))
        wrong = {*body} - allowed or [
            name
            for name, is_right in {
                "customMode": body.get("customMode") is True,
                "instrumental": isinstance(body.get("instrumental"), bool),
                "callBackUrl": re.fullmatch(r"https?://\S+", str(body.get("callBackUrl"))),
                "style": 0 < len(body.get("style", "")) <= style,
                "title": 0 < len(body.get("title", "")) <= title,
                "prompt": body.get("instrumental") or 0 < len(body.get("prompt", "")) <= prompt,
                "vocalGender": body.get("vocalGender", "m") in ("m", "f"),
            }.items()
            if not is_right
        ]
        if wrong:
            return {"code": 400, "msg": f"wrong: {sorted(wrong)}", "data": None}
        return {"code": 200, "msg": "success", "data": {"taskId": self.take(body)}}

    def credits(self, _body: object, _query: dict[str, str]) -> object:
        return {"code": 200, "msg": "success", "data": 87}

    def limit(self, _body: object, _query: dict[str, str]) -> object:
        return {"credits_left": 50, "period": "day", "monthly_limit": 50, "monthly_usage": 0}

    def health(self, _body: object, _query: dict[str, str]) -> object:
        return _envelope({"status": "ok"})

    def subscription(self, _body: object, _query: dict[str, str]) -> object:
        return {"tier": "creator", "character_count": 1}

    def account(self, _body: object, _query: dict[str, str]) -> object:
        return {"type": "user", "username": "ada"}

    def sunoapi_record(self, _body: object, query: dict[str, str]) -> object:
        job = query["taskId"]
        data: dict[str, Any] = {"taskId": job, "status": "PENDING", "response": None, "errorMessage": None}
        if self.failing:
            data |= {"status": self.failing, "errorMessage": "not like this"}
        elif self.is_done(job):
            songs = [
                {
                    "id": f"{job}-{n}",
                    "audioUrl": self.audio_url(f"{job}-{n}"),
                    "duration": 12.0,
                    "modelName": "x",
                }
                for n in (1, 2)
            ]
            data |= {"status": "SUCCESS", "response": {"taskId": job, "sunoData": songs}}
        return {"code": 200, "msg": "success", "data": data}

    def apibox_generate(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        if not {"prompt", "model", "custom_mode", "make_instrumental", "wait_audio"} <= {*body}:
            raise Refused(400, {"error": "a field is missing"})
        if len(body["prompt"]) > 3000 or len(body["tags"]) > 200 or len(body["title"]) > 80:
            raise Refused(400, {"error": "too long"})
        job = self.take(body)
        return [{"id": f"{job}-{n}", "status": "queued"} for n in (1, 2)]

    def gcui_generate(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        if {*body} != {"prompt", "tags", "title", "make_instrumental", "model", "wait_audio"}:
            raise Refused(400, {"error": f"fields: {sorted(body)}"})
        job = self.take(body)
        return [{"id": f"{job}-{n}", "status": "submitted", "title": body["title"]} for n in (1, 2)]

    def feed(self, _body: object, query: dict[str, str]) -> object:
        if not query.get("ids"):
            return []
        first, second = query["ids"].split(",")
        if not self.is_done(query["ids"]):
            return [
                {"id": first, "status": "streaming", "audio_url": self.audio_url(first)},
                {"id": second, "status": "queued", "audio_url": ""},
            ]
        if self.failing:
            return [
                {"id": each, "status": "error", "error_message": self.failing} for each in (first, second)
            ]
        done = {"id": first, "status": "complete", "audio_url": self.audio_url(first), "duration": 12.0}
        if self.hangs:
            return [done, {"id": second, "status": "queued", "audio_url": ""}]
        return [
            done,
            {"id": second, "status": "complete", "audio_url": self.audio_url(second), "duration": None},
        ]

    # ------------------------------------------------------------ ACE-Step

    def ace_release(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        is_right = (
            isinstance(body["bpm"], int)
            and 30 <= body["bpm"] <= 300
            and re.fullmatch(r"[A-G]#? (Major|Minor)", body["key_scale"])
            and body["time_signature"] in ("2", "3", "4", "6")
            and 10 <= body["audio_duration"] <= 600
            and body["batch_size"] <= 8
            and body["audio_format"] in ("mp3", "wav", "flac")
            and isinstance(body["seed"], int)
        )
        if not is_right:
            raise Refused(422, {"detail": "a parameter is out of range"})
        return _envelope({"task_id": self.take(body), "status": "queued", "queue_position": 1})

    def ace_query(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        (job,) = body["task_id_list"]
        if job != f"job-{len(self.orders)}":
            return _envelope([])
        if self.failing:
            return _envelope([{"task_id": job, "status": 2, "result": self.failing}])
        if not self.is_done(job):
            return _envelope([{"task_id": job, "status": 0, "result": ""}])
        files = [{"file": f"/v1/audio?path={quote(f'/tmp/{job}-{n}.flac')}", "status": 1} for n in (1, 2)]
        return _envelope([{"task_id": job, "status": 1, "result": json.dumps(files)}])

    def ace_audio(self, _body: object, query: dict[str, str]) -> Reply:
        assert query["path"].startswith("/tmp/job-")
        return Reply(self.second if query["path"].endswith("-2.flac") else self.audio, "audio/flac")

    # ------------------------------------------------------------ ElevenLabs, Replicate

    def compose(self, body: dict[str, Any], query: dict[str, str]) -> Reply:
        plan, prompt = body.get("composition_plan"), body.get("prompt")
        if (plan is None) == (prompt is None) or not re.fullmatch(r"mp3_\d+_\d+", query["output_format"]):
            raise Refused(422, {"detail": "either a prompt or a plan"})
        if prompt is not None and not 3000 <= body["music_length_ms"] <= 600_000:
            raise Refused(422, {"detail": "music_length_ms"})
        if plan is not None:
            if {"music_length_ms", "force_instrumental", "seed"} & {*body} or len(plan["sections"]) > 30:
                raise Refused(422, {"detail": "not with a plan"})
            for section in plan["sections"]:
                if not 3000 <= section["duration_ms"] <= 120_000 or any(
                    len(line) > 200 for line in section["lines"]
                ):
                    raise Refused(422, {"detail": f"section {section}"})
        self.take(body)
        if self.failing and prompt not in (None, PROMPT_SUGGESTION):
            detail = {"status": "bad_prompt", "data": {"prompt_suggestion": PROMPT_SUGGESTION}}
            raise Refused(422, {"detail": detail})
        return Reply(self.audio, "audio/mpeg", headers={"song-id": f"song-{len(self.orders)}"})

    def predict(self, body: dict[str, Any], _query: dict[str, str]) -> object:
        if not re.fullmatch(r"[0-9a-f]{64}", body["version"]) or not 1 <= body["input"]["duration"] <= 30:
            raise Refused(422, {"detail": "input"})
        return {"id": self.take(body), "status": "starting"}

    def prediction(self, _body: object, query: dict[str, str]) -> object:
        job = query["job"]
        if self.failing:
            return {"id": job, "status": "failed", "error": self.failing}
        if not self.is_done(job):
            return {"id": job, "status": "processing"}
        return {"id": job, "status": "succeeded", "output": self.audio_url(job)}

    def file(self, _body: object, query: dict[str, str]) -> Reply:
        return Reply(self.second if query["job"].endswith("-2.wav") else self.audio, "audio/wav")


def _envelope(data: object) -> object:
    return {"data": data, "code": 200, "error": None, "timestamp": 1, "extra": None}


Route = Callable[[Shop, Any, dict[str, str]], object]
BEARER, XI, NONE = ("authorization", f"Bearer {KEY}"), ("xi-api-key", KEY), None
ROUTES: dict[tuple[str, str], tuple[Route, tuple[str, str] | None]] = {
    ("POST", "/api/v1/generate"): (Shop.sunoapi_generate, BEARER),
    ("GET", "/api/v1/generate/record-info"): (Shop.sunoapi_record, BEARER),
    ("POST", "/generate"): (Shop.apibox_generate, BEARER),
    ("GET", "/feed"): (Shop.feed, BEARER),
    ("POST", "/api/custom_generate"): (Shop.gcui_generate, NONE),
    ("GET", "/api/get"): (Shop.feed, NONE),
    ("POST", "/release_task"): (Shop.ace_release, NONE),
    ("POST", "/query_result"): (Shop.ace_query, NONE),
    ("GET", "/v1/audio"): (Shop.ace_audio, NONE),
    ("POST", "/v1/music"): (Shop.compose, XI),
    ("POST", "/v1/predictions"): (Shop.predict, BEARER),
    ("GET", "/v1/predictions"): (Shop.prediction, BEARER),
    ("GET", "/files"): (Shop.file, NONE),
    ("GET", "/api/v1/generate/credit"): (Shop.credits, BEARER),
    ("GET", "/api/get_limit"): (Shop.limit, NONE),
    ("GET", "/health"): (Shop.health, NONE),
    ("GET", "/v1/user/subscription"): (Shop.subscription, XI),
    ("GET", "/v1/account"): (Shop.account, BEARER),
}


class Counter(BaseHTTPRequestHandler):
    """One connection; `shop` is set on the class that serves it."""

    shop: Shop
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET", {})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.headers["Content-Type"] == "application/json"
        self._serve("POST", json.loads(text))

    def _serve(self, method: str, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.shop.headers.append(headers)
        path = parts.path
        for prefix in ("/files", "/v1/predictions"):
            if path.startswith(f"{prefix}/"):
                query["job"], path = path.removeprefix(f"{prefix}/"), prefix
        if self.shop.next_replies:
            self._send(self.shop.next_replies.pop(0))
            return
        route, key = ROUTES[method, path]
        if key is not None and headers.get(key[0]) != key[1]:
            self._send(_json({"detail": "who are you?"}, 401))
            return
        try:
            reply = route(self.shop, body, query)
        except Refused as no:
            reply = _json(no.body, no.status)
        except (KeyError, TypeError, AssertionError) as error:
            reply = _json({"detail": f"{type(error).__name__}: {error}"}, 400)
        self._send(reply if isinstance(reply, Reply) else _json(reply))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        headers = {"Content-Type": reply.media_type, "Content-Length": str(len(reply.body))} | reply.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        if "Content-Length" in reply.headers:  # more was promised than comes
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        pass


def _json(body: object, status: int = 200) -> Reply:
    return Reply(json.dumps(body).encode(), "application/json", status)


class OpenShop:
    """A shop on a port of its own, for as long as a test needs it."""

    def __enter__(self) -> Shop:
        shop = Shop()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Counter", (Counter,), {"shop": shop}))
        shop.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return shop

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
