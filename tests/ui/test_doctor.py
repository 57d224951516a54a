"""`labelmate doctor` finds what is wrong and says what to do."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.agents.audience.services import KEY as YOUTUBE_KEY
from tests.agents.audience.services import open_services
from tests.agents.music.providers.shop import KEY, OpenShop
from tests.ui.conftest import Call


def answers(call: Call, *args: str) -> tuple[int, dict[str, dict[str, str]]]:
    told = call("doctor", "--json", *args)
    return told.code, {check["name"]: check for check in told.data["checks"]}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this home's own checks: those of the machine have their own test."""
    monkeypatch.setattr("ui.cli.checks.machine.OF_MACHINE", ())


@pytest.mark.slow
def test_a_set_up_machine_is_fit(call: Call):
    code, checks = answers(call)
    assert code == 0
    assert {
        "python",
        "ray",
        "ray bytecode",
        "sqlite",
        "typefaces",
        "ffmpeg",
        "pyav",
        "chromium",
        "home",
        "disk",
    } <= checks.keys()
    assert not [check for check in checks.values() if check["grade"] == "fatal"]
    assert checks["ffmpeg"]["text"].startswith("ffmpeg version")
    assert "8265" in checks["ports"]["text"]
    assert checks["database"]["remedy"]


@pytest.mark.usefixtures("patient")
def test_each_fault_has_a_remedy(call: Call, home: Path, monkeypatch: pytest.MonkeyPatch):
    assert call("db", "upgrade").code == 0
    (home / ".env").write_text("OPENAI_API_KEY=sk-made-up-for-this-test\n")  # pragma: allowlist secret
    (home / ".env").chmod(0o644)
    monkeypatch.setenv("DISK_FLOOR_MB", "10000000")
    code, checks = answers(call)
    assert code == 1
    assert (checks["disk"]["grade"], checks["key file"]["grade"]) == ("fatal", "warning")
    assert checks["key file"]["remedy"] == f"`chmod 600 {home}/.env`"
    assert checks["OPENAI_API_KEY"]["text"] == "present"
    assert "made-up" not in str(checks)
    assert checks["database"]["text"].startswith("sound, schema")
    assert all(check["remedy"] for check in checks.values() if check["grade"] in ("warning", "fatal"))


@pytest.mark.usefixtures("patient")
def test_a_damaged_database_is_fatal(call: Call, home: Path):
    home.mkdir()
    (home / "labelmate.db").write_text("not a database")
    code, checks = answers(call)
    assert (code, checks["database"]["grade"]) == (1, "fatal")


@pytest.mark.usefixtures("patient")
def test_wrong_settings_are_fatal_and_hide_nothing_else(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROSTER_MAX", "many")
    code, checks = answers(call)
    assert (code, checks["settings"]["grade"]) == (1, "fatal")
    assert "ROSTER_MAX=many" in checks["settings"]["text"]


@pytest.mark.usefixtures("patient")
def test_a_taken_port_is_noted(call: Call, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("RAY_DASHBOARD_PORT", str(other.getsockname()[1]))
        code, checks = answers(call)
    assert (code, checks["ports"]["grade"]) == (0, "note")


@pytest.mark.usefixtures("patient")
def test_models_are_tried_only_when_asked(call: Call, monkeypatch: pytest.MonkeyPatch):
    asked = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = b'{"object": "list", "data": [{"id": "m1", "object": "model"}, {"id": "m2", "object": "model"}]}'
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("LLM_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("LLM_MODELS", "local:m1,local:gone")
    try:
        assert "local:m1" not in answers(call)[1]
        assert asked == []
        there = answers(call, "--online")[1]
        assert set(asked) == {"/v1/models"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (there["local:m1"]["grade"], there["local:m1"]["text"]) == ("good", "lists its model (m1, m2)")
    assert (there["local:gone"]["grade"], "does not list gone" in there["local:gone"]["text"]) == (
        "note",
        True,
    )
    code, gone = answers(call, "--online")
    assert (code, gone["local:m1"]["grade"]) == (0, "warning"), "the embedded writer is left"
    assert "cannot be reached" in gone["local:m1"]["text"]


@pytest.mark.usefixtures("patient")
def test_a_console_that_strangers_reach_is_fatal(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONSOLE_HOST", "0.0.0.0")
    code, checks = answers(call)
    assert (code, checks["console"]["grade"]) == (1, "fatal")
    assert checks["console"]["remedy"].startswith("set CONSOLE_LOGINS")
    told = call("up", "--json")
    assert (told.code, told.data["error"]["code"]) == (3, "configuration")
    assert "set CONSOLE_LOGINS" in told.line


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("status", "body", "grade", "said"),
    [
        (200, b'{"ok":true,"result":{"username":"label_bot"}}', "good", "works, it is @label_bot"),
        (401, b'{"ok":false}', "fatal", "Telegram does not know this token"),
        (500, b"", "warning", "Telegram answered 500"),
        (200, b"nonsense", "warning", "Telegram does not answer"),
    ],
)
def test_a_bots_token_is_tried_only_when_asked(
    call: Call, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, grade: str, said: str
):
    token = "123456789:canary-0123456789abcdefghijklmnopq"  # pragma: allowlist secret
    asked = []

    class Telegram(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
    server = HTTPServer(("127.0.0.1", 0), Telegram)
    monkeypatch.setattr("ui.telegram_account.OFFICIAL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        assert answers(call)[1]["TELEGRAM_BOT_TOKEN"]["text"].startswith("present")
        assert asked == []
        told = call("doctor", "--json", "--online")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    check = next(each for each in told.data["checks"] if each["name"] == "TELEGRAM_BOT_TOKEN")
    assert asked == [f"/bot{token}/getMe"]
    assert (check["grade"], said in check["text"]) == (grade, True)
    assert "canary" not in told.out + told.err


def test_music_vendors_are_asked_for_their_balance_only_when_asked(
    call: Call, monkeypatch: pytest.MonkeyPatch
):
    with OpenShop() as shop:
        monkeypatch.setenv("MUSIC_PROVIDERS", "suno")
        monkeypatch.setenv("SUNO_BASE_URL", shop.url)
        monkeypatch.setenv("SUNO_API_KEY", KEY)
        call("doctor", "--json")
        assert shop.headers == []
        asked = {check["name"]: check for check in call("doctor", "--online", "--json").data["checks"]}
        assert (asked["music suno"]["grade"], asked["music suno"]["text"]) == (
            "good",
            "works, 87 credits left",
        )
        assert "tried below" in asked["SUNO_API_KEY"]["text"]
        monkeypatch.setenv("SUNO_API_KEY", "not-the-right-one")
        told = call("doctor", "--online", "--json")
        wrong = next(check for check in told.data["checks"] if check["name"] == "music suno")
        assert (told.code, wrong["grade"], wrong["remedy"]) == (1, "fatal", "check SUNO_API_KEY")
        assert "not-the-right-one" not in told.out


@pytest.mark.usefixtures("patient")
def test_a_key_is_tried_where_it_is_used_and_free_and_else_says_why_not(
    call: Call, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TREND_SOURCES", "season,x")
    for name in ("X_BEARER_TOKEN", "LASTFM_API_KEY", "SUNO_API_KEY", "LLM_API_KEY"):
        monkeypatch.setenv(name, "key-of-tests-0123456789")  # pragma: allowlist secret
    asked = answers(call, "--online")[1]
    assert asked["trends season"]["text"].startswith("works, ")
    assert "costs money" in asked["trends x"]["text"]
    assert asked["X_BEARER_TOKEN"]["text"] == "present; tried below"
    assert asked["LASTFM_API_KEY"]["text"] == "present; not tried: TREND_SOURCES does not name lastfm"
    assert asked["SUNO_API_KEY"]["text"] == "present; not tried: MUSIC_PROVIDERS does not name suno"
    assert asked["LLM_API_KEY"]["text"] == "present; not tried: LLM_BASE_URL is not set"


@pytest.mark.usefixtures("patient")
def test_a_source_of_trends_without_its_key_is_told(call: Call, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREND_SOURCES", "season,lastfm")
    told = answers(call, "--online")[1]["trends"]
    assert (told["grade"], "lastfm" in told["text"]) == ("warning", True)


@pytest.mark.usefixtures("patient")
def test_services_of_listeners_are_tried_where_their_key_is_set(call: Call, monkeypatch: pytest.MonkeyPatch):
    with open_services() as services:
        monkeypatch.setenv("YOUTUBE_BASE_URL", services.url)
        monkeypatch.setenv("YOUTUBE_API_KEY", YOUTUBE_KEY)
        monkeypatch.setenv("LISTENBRAINZ_BASE_URL", services.url)
        monkeypatch.setenv("LISTENBRAINZ_TOKEN", "not-the-right-one")
        asked = answers(call, "--online")[1]
        assert services.refused == []
    assert (asked["listeners youtube"]["grade"], asked["listeners youtube"]["text"]) == ("good", "works")
    wrong = asked["listeners listenbrainz"]
    assert (wrong["grade"], wrong["remedy"]) == ("warning", "check LISTENBRAINZ_TOKEN")
    assert asked["YOUTUBE_API_KEY"]["text"] == "present; tried below"
