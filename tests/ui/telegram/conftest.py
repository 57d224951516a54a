"""A bot beside a label's home, a Bot API that it talks to, and people who press its buttons."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label, open_label
from runtime.studio import StudioConfig
from storage import approval_rows, chats, people
from storage.approval_rows import Approval
from storage.people import Role
from tests.homes import ready
from tests.storage.stage import Stage
from tests.ui.conftest import suspend_waiting
from tests.ui.telegram.botapi import TOKEN, BotApi, Sent
from ui.telegram.service import bot
from ui.telegram.tempo import Tempo

OWNER, REVIEWER, STRANGER = 11, 22, 99
GROUP = -1001
PREVIEW = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 4000
PATIENCE_S = 20.0


def zone_where_it_is(hour: int) -> str:
    """A time zone in which it is that hour now, so that no test depends on the time of day."""
    offset = (hour - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


async def until(seen: Callable[[], object], patience_s: float = PATIENCE_S):
    """What `seen` returns once it is something; fails after a while."""
    deadline_s = asyncio.get_running_loop().time() + patience_s
    while True:
        found = seen()
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline_s, "it did not happen"
        await asyncio.sleep(0.02)


@pytest.fixture
def api() -> Iterator[BotApi]:
    server = BotApi(speed=60)
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _settings(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": api.url,
        "QUIET_HOURS": "none",
        "LABEL_TIMEZONE": zone_where_it_is(3),  # before the digest
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


@dataclass
class House:
    """A label that is open, with shortcuts for what happens in it."""

    label: Label
    stage: Stage
    api: BotApi

    def enrol(self, number: int = OWNER, alias: str = "ann", role: Role = Role.OWNER) -> None:
        """A person in a private chat, as `/link` makes one."""
        code = uuid4().hex
        self.stage.write(people.invite, alias=alias, role=role, who="me", code_sha256=people.hash_code(code))
        self.stage.write(people.link_telegram, code=code, telegram_id=number)
        self.enrol_chat(number)

    def enrol_chat(self, chat_id: int = GROUP, *, is_forum: bool = False) -> None:
        if is_forum:
            self.api.chats[chat_id] = {"is_forum": True}
        self.stage.write(chats.enrol_chat, chat_id=chat_id, is_forum=is_forum, who="ann")

    def ask(
        self,
        name: str = "Nova Rain",
        *,
        preview: bytes | None = PREVIEW,
        takes: int | list[dict] = 1,
        **facts,
    ) -> Approval:
        """A song that waits for people, its preview stored; `takes` is how many, or what is known of each."""
        fence, cycle = self.stage.song(name)
        sha256 = "ab" * 32 if preview is None else self.keep(preview, "preview")
        facts = {
            "tempo_bpm": 80,
            "score": 0.82,
            "reflection": "More space.",
            "song_price_usd": "1.20",
        } | facts
        if isinstance(takes, list):
            facts, takes = facts | {"takes": takes}, len(takes)
        asked = self.stage.ask(fence, cycle, preview=sha256, takes=takes, facts=facts)
        suspend_waiting(self.stage, fence, cycle)
        return asked

    def keep(self, content: bytes, name: str) -> str:
        folder = self.label.settings.home / "tmp"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
        assets = StudioConfig.of(self.label.settings).assets
        return assets.put(folder / name, kind="preview", media_type="video/mp4", tool="test").sha256

    def approval(self, asked: Approval) -> Approval:
        return self.stage.read(approval_rows.approval_by_id, approval_id=asked.id)

    def history(self, asked: Approval) -> list[tuple[str, str]]:
        lines = self.stage.read(approval_rows.decisions_of, approval_id=asked.id)
        return [(line.action, line.who) for line in lines]

    def desk(self, surface: str = "cli") -> Desk:
        return Desk(self.label, Actor(alias="ada", surface=surface))

    async def song(self, chat_id: int = OWNER, text: str = "Slow Rain") -> Sent:
        """The song's message, once it is there."""
        return (await until(lambda: [each for each in self.api.shown(chat_id, text) if "cyc_" in each.text]))[
            -1
        ]

    async def answer(self, query: str) -> str:
        return (await until(lambda: [text for id_, text in self.api.answers if id_ == query]))[0]


@asynccontextmanager
async def opened(api: BotApi):
    """The home's label without Ray, and no bot yet."""
    settings = Settings.load()
    ready(settings.home)
    async with open_label(settings) as label:
        yield House(label, Stage(label.store._store, None), api)


@asynccontextmanager
async def serving(house: House, speed: float = 60):
    """The bot, on a clock as fast as its server's."""
    async with bot(house.label, tempo=Tempo(speed), lease_s=5) as ended:
        yield ended


@pytest.fixture
async def house(api: BotApi, home: Path):
    """A label with its owner enrolled, and the bot serving it."""
    async with opened(api) as house:
        house.enrol()
        async with serving(house):
            yield house
