"""Where a request comes from, and what every answer says."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from configs.settings import Settings
from runtime.label import open_label
from tests.ui.web.conftest import LOGINS, TOKEN
from ui.web.auth import Doorkeeper
from ui.web.guard import Guard
from ui.web.problems import add_problems


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_change_from_elsewhere_is_refused(site, headers: dict[str, str]):
    served = site(api_token=TOKEN)
    with served.client(origin=False, **headers) as client:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = client.request(method, "/api/v1/stop")
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        assert client.get("/api/v1/status").json()["stopped_at"] is None
    with served.client(origin=False, Authorization=f"Bearer {TOKEN}", **headers) as program:
        assert program.post("/api/v1/stop").status_code == 200


def test_a_login_from_elsewhere_is_refused(site):
    with site(console_logins=LOGINS).client(origin=False, Origin="https://evil.example") as client:
        answer = client.post("/login", data={"alias": "ann", "password": "the first password"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:7860", "localhost@evil.example", ""]
)
def test_another_name_for_our_address_is_refused(site, host: str):
    with site().client(Host=host) as client:
        answer = client.get("/api/v1/status")
        assert (answer.status_code, answer.json()["code"]) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "LOCALHOST"])
def test_our_own_names_are_answered(site, host: str):
    with site().client(Host=host) as client:
        assert client.get("/api/v1/status").status_code == 200


def test_every_answer_says_what_a_browser_may_do(site):
    with site(console_logins=LOGINS).client() as client:
        for path in ("/", "/login", "/health", "/api/v1/status", "/nowhere", f"/media/{'ab' * 32}"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "http" not in headers["content-security-policy"]
            assert "server" not in headers
        for path in ("/login", "/health", "/api/v1/status"):
            assert client.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["upload", "upload?upload_id=1", "file=/etc/hostname", "file/x", "proxy=x"])
def test_files_neither_come_nor_go_by_gradios_own_ways(site, path: str):
    with site().client() as client:
        for method in ("GET", "POST"):
            answer = client.request(method, f"/gradio_api/{path}", content=b"x")
            assert (answer.status_code, answer.json()["message"]) == (
                404,
                "Files are at /media; recordings go to /api/v1/recordings",
            )


async def test_an_unforeseen_fault_is_told_without_its_words(home: Path, caplog: pytest.LogCaptureFixture):
    canary = "sk-canary-0123456789abcdef"  # pragma: allowlist secret
    app = FastAPI()
    add_problems(app)

    @app.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError(f"could not use {canary}")

    async with open_label(Settings.load(home)) as label:
        guarded = Guard(app, Doorkeeper(label.settings, label.store))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(guarded), base_url="http://localhost"
        ) as client:
            answer = await client.get("/api/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert canary not in answer.text
    assert "RuntimeError" in caplog.text
    assert canary not in caplog.text
