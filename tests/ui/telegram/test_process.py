"""The bot as a process: how it starts and ends, its webhook, and its token in no place where it might be read."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from configs.settings import Settings
from storage.errors import ConfigurationError
from tests.ui.telegram.botapi import TOKEN, BotApi
from tests.ui.telegram.conftest import OWNER, opened, serving, until

ROOT = Path(__file__).parents[3]
SECRET = TOKEN.partition(":")[2]


def start(home: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ui.telegram", *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "LABELMATE_HOME": str(home), **environment},
    )  # fmt: skip


def everything_written(home: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file())


@pytest.mark.walk
def test_a_process_serves_ends_at_sigterm_and_tells_its_token_to_nobody(api: BotApi, home: Path):
    async def prepare() -> None:
        async with opened(api) as house:
            house.enrol()
            house.ask()

    asyncio.run(prepare())
    process = start(home, "--alone", LOG_LEVEL="DEBUG")
    asyncio.run(_seen(api, process))
    api.is_down = True  # what fails is logged too, with the addresses that the library puts into it
    api.say(OWNER, OWNER, "/status")
    asyncio.run(asyncio.sleep(2.5))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "serves this label" in err
    assert SECRET not in out + err + everything_written(home)


async def _seen(api: BotApi, process) -> None:
    await until(lambda: api.shown(OWNER, "Slow Rain") or process.poll() is not None, 60)


@pytest.mark.walk
def test_a_wrong_token_is_one_line_without_the_token(api: BotApi, home: Path):
    other = "987654321:AAFother-other-other-other-other-other"  # pragma: allowlist secret
    process = start(home, "--alone", TELEGRAM_BOT_TOKEN=other)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "Telegram does not know TELEGRAM_BOT_TOKEN" in err
    assert "AAFother" not in out + err


@pytest.mark.walk
def test_no_label_no_bot(home: Path):
    process = start(home)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert (
        err.strip() == "labelmate: No label runs in this home; `labelmate up` starts it, and the bot with it"
    )


async def test_without_a_token_there_is_no_bot(api: BotApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    async with opened(api) as house:
        with pytest.raises(ConfigurationError, match="TELEGRAM_BOT_TOKEN is not set"):
            async with serving(house):
                pass


async def test_a_webhook_takes_updates_with_its_secret_alone(api: BotApi, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://label.example/hook")
    monkeypatch.setenv("TELEGRAM_WEBHOOK_PORT", str(port := _free_port()))
    async with opened(api) as house:
        house.enrol()
        async with serving(house):
            told = await until(lambda: api.webhook)
            assert told["url"] == "https://label.example/hook"
            assert json.loads(told["allowed_updates"]) == ["message", "callback_query", "my_chat_member"]
            update = {"update_id": 1, "message": {
                "message_id": 1, "date": 1, "text": "/status", "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
                "chat": {"id": OWNER, "type": "private", "first_name": "x"},
                "from": {"id": OWNER, "is_bot": False, "first_name": "x"},
            }}  # fmt: skip
            secret = {"X-Telegram-Bot-Api-Secret-Token": told["secret_token"]}
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as telegram:
                assert (await telegram.post("/hook", json=update)).status_code == 403
                wrong = {"X-Telegram-Bot-Api-Secret-Token": "guess"}
                assert (await telegram.post("/hook", json=update, headers=wrong)).status_code == 403
                assert (await telegram.get("/hook", headers=secret)).status_code == 403
                assert (await telegram.post("/hook", content=b"{", headers=secret)).status_code == 400
                assert (
                    await telegram.post("/hook", content=b" " * 1_000_001, headers=secret)
                ).status_code == 413
                assert api.shown(OWNER) == []
                assert (await telegram.post("/hook", json=update, headers=secret)).status_code == 200
            await until(lambda: api.shown(OWNER, "Waiting for you: 0"))
    assert ("getUpdates", {}) not in api.calls
    assert [method for method, _ in api.calls if method == "getUpdates"] == []


@pytest.mark.parametrize(
    ("given", "allowed"), [("22-24", False), ("late", False), ("none", True), ("0 - 6", True)]
)
def test_quiet_hours_are_two_hours_or_none(tmp_path: Path, given: str, allowed: bool):
    from configs.settings import SettingsError

    if allowed:
        assert Settings.load(tmp_path, quiet_hours=given).quiet_hours == given.replace(" ", "")
    else:
        with pytest.raises(SettingsError, match="two hours from 0 to 23, such as 22-8, or none"):
            Settings.load(tmp_path, quiet_hours=given)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
