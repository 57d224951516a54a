"""A music vendor at the far side of a socket: it charges for each job, and its books are a file.

Run as a process of its own, so that killing its customers never harms it. `POST /jobs` with an
`Idempotency-Key` charges once a key on `/keyed`, each time on `/plain`; `GET /plain/jobs?key=` looks a key up.
`GET /status?job=` says pending once, then ready; `GET /audio?job=` is a song. `POST /faults` with a list of
status codes makes the next submissions fail with them; HANGS_UP and IS_SLOW charge first.
"""

import functools
import io
import json
import math
import struct
import sys
import time
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

HANGS_UP, IS_SLOW = 0, 1
SLOW_S = 1.0


class Vendor(BaseHTTPRequestHandler):
    books: Path
    charges: ClassVar[list[dict[str, str]]] = []
    faults: ClassVar[list[int]] = []
    polled: ClassVar[set[str]] = set()
    lock = Lock()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path == "/faults":
            type(self).faults = body
            return self._answer(200, {})
        fault = self.faults.pop(0) if self.faults else None
        if fault and fault != IS_SLOW:
            return self._answer(fault, {"error": "as ordered"})
        key = self.headers.get("Idempotency-Key")
        if not key or self.headers.get("Authorization") != "Bearer k":
            return self._answer(400, {"error": "Idempotency-Key and Authorization are required"})
        kind = urlsplit(self.path).path.strip("/").split("/")[0]
        with self.lock:
            known = [charge for charge in self.charges if charge["key"] == key]
            if kind == "keyed" and known:
                return self._answer(200, {"job": known[0]["job"]})
            job = f"job-{len(self.charges) + 1}"
            self.charges.append({"kind": kind, "key": key, "job": job})
            self.books.write_text(json.dumps(self.charges))
        if fault == HANGS_UP:
            return None
        if fault == IS_SLOW:
            time.sleep(SLOW_S)
        return self._answer(200, {"job": job})

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.path.startswith("/status"):
            known = asked["job"] in self.polled
            self.polled.add(asked["job"])
            return self._answer(200, {"state": "ready" if known else "pending"})
        if self.path.startswith("/audio"):
            return self._send(200, song(), "audio/wav")
        key = asked.get("key", "")
        with self.lock:
            jobs = [charge["job"] for charge in self.charges if charge["key"] == key]
        return self._answer(200, {"job": jobs[0] if jobs else None})

    def _answer(self, status, body):
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status, data, media_type):
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


@functools.cache
def song(top_hz: float = 329.6) -> bytes:
    """Twelve seconds at 120 BPM: a click on each beat over a chord, louder after the half. 16-bit mono WAV."""
    rate, seconds = 8000, 12
    frames = bytearray()
    for index in range(rate * seconds):
        time_s = index / rate
        chord = sum(math.sin(2 * math.pi * hz * time_s) for hz in (220.0, 277.2, top_hz)) / 3
        click = math.exp(-(time_s % 0.5) / 0.02) * math.sin(2 * math.pi * 90 * time_s)
        level = 0.5 if time_s > seconds / 2 else 0.25
        frames += struct.pack("<h", int(20_000 * level * (0.5 * chord + click)))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(bytes(frames))
    return file.getvalue()


if __name__ == "__main__":
    Vendor.books = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    print(server.server_port, flush=True)
    server.serve_forever()
