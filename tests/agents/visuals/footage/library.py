"""Pexels and Pixabay at the far side of one socket, as strict as their documents: what breaks a rule is refused.

`/videos/search` is Pexels, `/api/videos/` Pixabay, `/files/NAME` the clips of both. A clip's file name says how its
server behaves: plain, `cut-…` (the connection ends early, once), `huge-…` (announces too much), `endless-…`,
`page-…` (a web page), `gone-…` (404).
"""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "key-of-the-tests"
PEXELS_FIELDS = {"query", "orientation", "size", "locale", "page", "per_page"}
PIXABAY_FIELDS = {
    "key",
    "q",
    "video_type",
    "min_width",
    "min_height",
    "safesearch",
    "order",
    "page",
    "per_page",
}


@dataclass
class Clip:
    """One clip of both catalogues."""

    id: int
    file: str = "wide.mp4"
    width: int = 1280
    height: int = 720
    seconds: float = 12
    slug: str = "waves-on-a-rock"
    quality: str | None = "hd"
    author: str = "Ada Lens"
    media_type: str = "video/mp4"
    extra_files: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Library:
    """A footage library that is open."""

    url: str = ""
    media: dict[str, bytes] = field(default_factory=dict)
    clips: list[Clip] = field(default_factory=list)
    left: int = 150
    """Requests left in the quota; at 0 the next answer is 429."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """Queries of every search that was made."""
    fetched: list[tuple[str, str]] = field(default_factory=list)
    """File and Range header of every download."""
    failing: int = 0
    """Status of every search, if it is set."""
    broken_off: set[str] = field(default_factory=set)

    def pexels(self, query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("authorization") != KEY:  # as it is, without Bearer
            return _json(401, {"error": "Unauthorized"})
        wrong = {*query} - PEXELS_FIELDS or [
            name
            for name, is_right in {
                "query": bool(query.get("query")),
                "orientation": query.get("orientation", "square") in ("landscape", "portrait", "square"),
                "size": query.get("size", "small") in ("large", "medium", "small"),
                "per_page": 1 <= int(query.get("per_page", "15")) <= 80,
            }.items()
            if not is_right
        ]
        if wrong:
            return _json(400, {"error": f"wrong: {sorted(wrong)}"})
        if not self.left:
            return _json(429, {"error": "Rate limit exceeded"})  # there without the headers
        self.asked.append(query)
        self.left -= 1
        is_upright = query.get("orientation") == "portrait"
        told = {
            "page": 1,
            "per_page": int(query["per_page"]),
            "total_results": len(self.clips),
            "videos": [
                self._pexels_video(clip) for clip in self.clips if (clip.height > clip.width) == is_upright
            ],
        }
        limits = {
            "X-Ratelimit-Limit": "20000",
            "X-Ratelimit-Remaining": str(self.left),
            "X-Ratelimit-Reset": str(int(time.time()) + 1800),
        }
        return _json(200, told, limits)

    def _pexels_video(self, clip: Clip) -> dict[str, Any]:
        file = {
            "id": clip.id * 10, "quality": clip.quality, "file_type": clip.media_type, "width": clip.width,
            "height": clip.height, "fps": 25, "link": f"{self.url}/files/{clip.file}",
        }  # fmt: skip
        return {
            "id": clip.id, "width": clip.width, "height": clip.height, "duration": clip.seconds,
            "url": f"https://www.pexels.com/video/{clip.slug}-{clip.id}/", "image": "", "avg_color": None,
            "user": {"id": 1, "name": clip.author, "url": "https://www.pexels.com/@ada"},
            "video_files": [*clip.extra_files, file], "video_pictures": [],
        }  # fmt: skip

    def pixabay(self, query: dict[str, str], _headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        limits = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": str(max(0, self.left - 1)),
                  "X-RateLimit-Reset": "42"}  # fmt: skip
        if query.get("key") != KEY:
            return 400, limits, b"[ERROR 400] Invalid or missing API key (https://pixabay.com/api/docs/)."
        if (
            {*query} - PIXABAY_FIELDS
            or not 3 <= int(query.get("per_page", "20")) <= 200
            or len(query["q"]) > 100
        ):
            return 400, limits, b"[ERROR 400] a parameter is out of its range"
        if not self.left:
            return 429, limits, b"[ERROR 429] API rate limit exceeded"
        self.asked.append(query)
        self.left -= 1
        hits = [
            {
                "id": clip.id, "pageURL": f"https://pixabay.com/videos/id-{clip.id}/", "type": "film",
                "tags": clip.slug.replace("-", ", "), "duration": int(clip.seconds), "user": clip.author,
                "videos": {
                    "large": {"url": "", "width": 0, "height": 0, "size": 0, "thumbnail": ""},
                    "medium": {"url": f"{self.url}/files/{clip.file}", "width": clip.width,
                               "height": clip.height, "size": 12345, "thumbnail": ""},
                },
            }
            for clip in self.clips
        ]  # fmt: skip
        return _json(200, {"total": len(hits), "totalHits": len(hits), "hits": hits}, limits)


def _json(
    status: int, body: object, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"} | (headers or {}), json.dumps(body).encode()


class Desk(BaseHTTPRequestHandler):
    """One connection; `library` is set on the class that serves it."""

    library: Library
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # of downloads that are given up
            super().handle()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        if parts.path.startswith("/files/"):
            self._file(parts.path.removeprefix("/files/"), headers)
            return
        if self.library.failing:
            status, told, body = self.library.failing, {}, b"the library burns"
        else:
            answer = {"/videos/search": self.library.pexels, "/api/videos/": self.library.pixabay}[parts.path]
            status, told, body = answer(query, headers)
        self._send(status, told, body)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # it had enough
            self.wfile.write(body)

    def _file(self, name: str, headers: dict[str, str]) -> None:
        assert "authorization" not in headers, "a key went where no key belongs"
        library = self.library
        library.fetched.append((name, headers.get("range", "")))
        kind, plain = name.partition("-")[0], name.rpartition("-")[2]
        body = library.media[plain]
        told = {"Content-Type": "video/mp4", "ETag": f'"{name}"', "Accept-Ranges": "bytes"}
        if kind == "page":
            self._send(200, {"Content-Type": "text/html"}, b"<html>not here</html>")
        elif kind == "gone":
            self._send(404, {}, b"")
        elif kind == "huge":
            self._send(200, told | {"Content-Length": str(10**10)}, body)
            self.close_connection = True
        elif kind == "endless":
            self._endless(told)
        elif kind == "cut" and name not in library.broken_off:
            library.broken_off.add(name)
            self._send(200, told | {"Content-Length": str(len(body))}, body[: len(body) // 2])
            self.close_connection = True
        elif headers.get("range") and headers.get("if-range") == told["ETag"]:
            start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
            told["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self._send(206, told, body[start:])
        else:
            self._send(200, told, body)

    def _endless(self, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError):
            while True:
                self.wfile.write(bytes(1 << 16))
                time.sleep(0.002)

    def log_message(self, *_args: object) -> None:
        pass


class OpenLibrary:
    """A library on a port of its own, for as long as a test needs it."""

    def __enter__(self) -> Library:
        library = Library()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Desk,), {"library": library}))
        self._server.daemon_threads = True
        library.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return library

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
