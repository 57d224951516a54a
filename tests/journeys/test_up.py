"""`labelmate up` as an operator calls it: three addresses answer, no secret shows anywhere, `down` leaves nothing.

One Ray of its own, with everything that a label starts; all questions are asked of this one start.
"""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ui.telegram.botapi import TOKEN, BotApi

pytestmark = pytest.mark.walk
CANARIES = {
    "OPENAI_API_KEY": "sk-canary-openai-0123456789",  # pragma: allowlist secret
    "SUNO_API_KEY": "canary-suno-0123456789",  # pragma: allowlist secret
    "API_TOKEN": "canary-token-0123456789",  # pragma: allowlist secret
    "CONSOLE_LOGINS": "ann:canary-password-0123456789",  # pragma: allowlist secret
    "TELEGRAM_BOT_TOKEN": TOKEN,
}
PASSWORD = CANARIES["CONSOLE_LOGINS"].partition(":")[2]
WORDS = [value.rpartition(":")[2] for value in CANARIES.values()]
PATIENCE_S = 90.0
ANN = 4711
"""Her number in Telegram."""


def labelmate(*args: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def telegram() -> Iterator[BotApi]:
    api = BotApi()
    yield api
    api.close()


@pytest.fixture
def up(home: Path, telegram: BotApi) -> Iterator[dict[str, str]]:
    """A label that runs, with a canary for every kind of secret in its `.env`."""
    home.mkdir(mode=0o700)
    lines = [f"{name}={value}" for name, value in CANARIES.items()]
    # Any free ports: other labels may run on this machine.
    lines += ["CONSOLE_PORT=0", "RAY_DASHBOARD_PORT=0", "LOG_LEVEL=DEBUG"]
    lines += [f"TELEGRAM_API_BASE_URL={telegram.url}"]
    (home / ".env").write_text("\n".join(lines))
    (home / ".env").chmod(0o600)
    try:
        yield json.loads(labelmate("up", "--json").stdout)
    finally:
        labelmate("down")


def descendants(pid: int) -> dict[int, str]:
    """Every process below one, with its command."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(
                int(stat.parent.name)
            )
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, front = {}, [pid]
    while front:
        front = [child for parent in front for child in parents.get(parent, [])]
        found |= {child: _read(child, "cmdline").replace("\0", " ") for child in front}
    return found


def _read(pid: int, what: str) -> str:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def is_alive(pid: int) -> bool:
    return _read(pid, "stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])


def betrayed(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are counted in /proc")
def test_up_answers_at_three_addresses_and_down_leaves_nothing(
    up: dict[str, str], home: Path, telegram: BotApi
):
    pid = int(up["pid"])
    below = descendants(pid)
    assert any("ui.web" in command for command in below.values())
    assert up["troubles"] == []
    assert up["bot"] == "https://t.me/label_test_bot"
    assert "Waiting for you: 0" in _join(telegram, "/status")
    assert httpx.get(f"{up['console_url']}/health", timeout=30).json()["is_healthy"] is True
    assert httpx.get(up["dashboard_url"], timeout=30).status_code == 200
    host, _, port = up["address"].rpartition(":")
    socket.create_connection((host, int(port)), timeout=30).close()

    told = labelmate("up", code=3).stderr
    assert up["console_url"] in told
    assert str(pid) in told
    status = json.loads(labelmate("status", "--json", "--check").stdout)
    surfaces = {each["name"]: each for each in status["running"]["surfaces"]}
    assert [each["trouble"] for each in surfaces.values()] == [None, None]
    assert (surfaces["console"]["address"], surfaces["telegram"]["address"]) == (up["console_url"], up["bot"])
    assert status["providers"]["music"]

    answers = _ask_everything(up["console_url"])
    answers += [told, json.dumps(status), labelmate("doctor", "--json").stdout]
    answers += [labelmate("config", "show", "--json").stdout]
    assert [betrayed(answer) for answer in answers if betrayed(answer)] == []
    environments = {child: _read(child, "environ") for child in [pid, *below]}
    assert [below.get(child, "up") for child, text in environments.items() if betrayed(text)] == []
    sessions = list(Path("/tmp/ray").glob(f"session_*_{pid}"))
    assert sessions

    labelmate("down")
    until_s = time.monotonic() + PATIENCE_S
    # Two of Ray's helpers notice a little later than the rest that their Ray is gone (docs/ray.md).
    while time.monotonic() < until_s and any(map(is_alive, below)):
        time.sleep(0.2)
    assert [command for child, command in below.items() if is_alive(child)] == []
    assert not is_alive(pid)
    assert not (home / "console.json").exists()
    assert _files_that_betray(home, *sessions) == []


def _join(telegram: BotApi, question: str) -> str:
    """Ann joins with her code and asks something; what the bot answers to it."""
    code = json.loads(labelmate("telegram", "link", "--as", "ann", "--json").stdout)["code"]
    answers = []
    for text in (f"/link {code}", question):
        shown = len(telegram.shown(ANN))
        telegram.say(ANN, ANN, text)
        until_s = time.monotonic() + PATIENCE_S
        while len(telegram.shown(ANN)) == shown and time.monotonic() < until_s:
            time.sleep(0.1)
        answers.append(telegram.shown(ANN)[-1].text)
    return answers[-1]


def _ask_everything(console: str) -> list[str]:
    """What strangers, a program and somebody who signed in are told, errors included."""
    answers = []
    with httpx.Client(base_url=console, timeout=60) as stranger:
        paths = ("/", "/login", "/metrics", "/api/v1/settings", "/api/docs")
        answers += [stranger.get(path).text for path in paths]
        wrong = {"alias": "ann", "password": PASSWORD + "x"}
        answers.append(stranger.post("/login", data=wrong, headers={"Origin": console}).text)
        stranger.headers["Origin"] = console
        signed_in = stranger.post("/login", data={"alias": "ann", "password": PASSWORD})
        assert signed_in.status_code == 303
        answers.append(stranger.get("/api/v1/settings").text)
        assert '"(set, hidden)"' in answers[-1]
    program = {"Authorization": f"Bearer {CANARIES['API_TOKEN']}"}
    with httpx.Client(base_url=console, headers=program, timeout=60) as client:
        made = client.post("/api/v1/artists", json={"seed": 1})
        assert made.status_code == 201
        for path in (
            "status",
            "settings",
            "settings/changes",
            "errors",
            f"artists/{made.json()['slug']}",
            "x",
        ):
            answers.append(client.get(f"/api/v1/{path}").text)
        answers.append(client.put("/api/v1/settings/API_TOKEN", json={"value": WORDS[0]}).text)
        answers.append(client.post("/api/v1/artists", json={"seed": WORDS[0]}).text)
        answers.append(client.get("/metrics").text)
    return answers


def _files_that_betray(*folders: Path) -> list[str]:
    """Logs, database, records: every file but the `.env` itself."""
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in WORDS))
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".env" and pattern.search(path.read_bytes())
    ]
