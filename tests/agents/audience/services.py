"""YouTube's and ListenBrainz's servers at the far side of one socket, as strict as their documents."""

import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from urllib.parse import parse_qsl, urlsplit

KEY, TOKEN = "youtube-key-of-tests", "listenbrainz-of-tests"
VIDEO, HIDDEN, GONE = "dQw4w9WgXcQ", "abc_DEF-123", "deleted0000"
RECORDING, UNHEARD = "13dd61c7-ce73-4e97-9f0c-9f0e53144411", "22ad712e-ce73-4f0c-9e97-9f0e53144411"
QUOTA = {
    "error": {
        "code": 403,
        "message": 'The request cannot be completed because you have exceeded your <a href="/youtube">quota</a>.',
        "errors": [{"domain": "youtube.quota", "reason": "quotaExceeded", "message": "exceeded"}],
    }
}
BAD_KEY = {
    "error": {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "errors": [{"domain": "global", "reason": "badRequest", "message": "API key not valid."}],
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}],
    }
}


@dataclass
class Services:
    """What is asked, and what is answered in place of the truth."""

    url: str = ""
    views: int = 1000
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Address and body."""
    refused: list[str] = field(default_factory=list)
    """What their documents do not allow."""
    instead: tuple[int, bytes, dict[str, str]] | None = None
    after: int = 0
    """How many true answers come before that."""
    wait_s: float = 0.0

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, object]:
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0)).decode()
        self.asked.append((handler.path, body))
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        match handler.command, parts.path:
            case "GET", "/youtube/v3/videos":
                if handler.headers.get("x-goog-api-key") != KEY:
                    return 400, BAD_KEY
                return self._videos(query)
            case "POST", "/1/popularity/recording":
                if handler.headers.get("authorization") != f"Token {TOKEN}":
                    return 401, {"code": 401, "error": "Invalid authorization token."}
                return self._recordings(json.loads(body), query)
        return self._refuse(handler.path)

    def _videos(self, query: dict[str, str]) -> tuple[int, object]:
        ids = query.get("id", "").split(",")
        is_fit = query.keys() == {"part", "id", "fields"} and query["part"] == "statistics"
        if not is_fit or query["fields"] != "items(id,statistics)" or not 0 < len(ids) <= 50:
            return self._refuse(str(query))
        if any(not re.fullmatch(r"[\w-]{11}", one) for one in ids):
            return self._refuse(str(ids))
        shown = {"viewCount": str(self.views), "favoriteCount": "0", "commentCount": "3"}
        return 200, {
            "items": [
                {"id": one, "statistics": shown if one == HIDDEN else shown | {"likeCount": "40"}}
                for one in ids
                if one != GONE
            ]
        }

    def _recordings(self, body: dict[str, object], query: dict[str, str]) -> tuple[int, object]:
        mbids = body.get("recording_mbids")
        if query or body.keys() != {"recording_mbids"} or not isinstance(mbids, list) or not mbids:
            return self._refuse(str(body))
        return 200, [
            {
                "recording_mbid": mbid,
                "total_listen_count": None if mbid == UNHEARD else 1200,
                "total_user_count": None if mbid == UNHEARD else 70,
            }
            for mbid in mbids
        ]

    def _refuse(self, told: str) -> tuple[int, object]:
        self.refused.append(told)
        return 400, {"error": {"code": 400, "message": "bad request"}}


@contextmanager
def open_services():
    """Both services on 127.0.0.1."""
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, told = services.answer(self)
            body, headers = json.dumps(told).encode(), {"Content-Type": "application/json; charset=utf-8"}
            if services.instead is not None and len(services.asked) > services.after:
                sleep(services.wait_s)
                status, body, headers = services.instead
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # nobody reads an answer without end to its end
                self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    services.url = f"http://127.0.0.1:{server.server_port}"
    yield services
    server.shutdown()
    server.server_close()
