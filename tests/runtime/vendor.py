"""A music vendor at the far side of a socket: it charges for each job, and its books are a file.

Run as a process of its own, so that killing its customers never harms it. `POST /jobs` with an
`Idempotency-Key` charges once a key on `/keyed`, each time on `/plain`; `GET /jobs?key=` looks a key up.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs, urlsplit


class Vendor(BaseHTTPRequestHandler):
    books: Path
    charges: list[dict[str, str]] = []
    lock = Lock()

    def do_POST(self):
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
        return self._answer(200, {"job": job})

    def do_GET(self):
        key = parse_qs(urlsplit(self.path).query).get("key", [""])[0]
        with self.lock:
            jobs = [charge["job"] for charge in self.charges if charge["key"] == key]
        return self._answer(200, {"job": jobs[0] if jobs else None})

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args):
        pass


if __name__ == "__main__":
    Vendor.books = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    print(server.server_port, flush=True)
    server.serve_forever()
