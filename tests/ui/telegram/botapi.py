"""A strict Bot API on 127.0.0.1: it refuses what Telegram refuses, and remembers what it was sent.

Rates are counted on a clock that may run faster than ours, by the time at which a request arrives.
"""

import asyncio
import contextlib
import json
import re
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser

from aiohttp import web

TOKEN = "123456789:AAFcanary-canary-canary-canary-canary"  # pragma: allowlist secret
BOT = {"id": 123456789, "is_bot": True, "first_name": "Label", "username": "label_test_bot"}
TAGS = {"b", "strong", "i", "em", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"}
PACED = ("send", "edit", "create", "delete")
UPLOAD_MAX = 50_000_000


@dataclass
class Sent:
    """A message as the chat shows it now."""

    chat_id: int
    message_id: int
    method: str
    text: str
    buttons: dict[str, str]
    """Callback data by label."""
    thread_id: int | None = None
    files: dict[str, int] = field(default_factory=dict)
    edits: int = 0


class Refusal(Exception):
    def __init__(self, code: int, description: str, **parameters: object) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class Markup(HTMLParser):
    """Telegram's HTML: a few tags, closed in order, everything else escaped."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.shown = ""
        if re.search(r"&(?!lt;|gt;|amp;|quot;|#\d+;)", text):
            raise Refusal(400, "Bad Request: can't parse entities: unescaped &")
        self.feed(text)
        self.close()
        if self.open:
            raise Refusal(400, f"Bad Request: can't parse entities: <{self.open[-1]}> is not closed")

    def handle_starttag(self, tag, attrs):
        if tag not in TAGS:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise Refusal(400, "Bad Request: can't parse entities: unexpected end tag")

    def handle_data(self, data):
        self.shown += data


class BotApi:
    """The server, in a thread of its own."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.messages: dict[tuple[int, int], Sent] = {}
        self.answers: list[tuple[str, str]] = []
        """Callback query and what was said beside it."""
        self.calls: list[tuple[str, dict]] = []
        self.limited: list[str] = []
        """Requests that came too fast."""
        self.topics: dict[tuple[int, int], str] = {}
        self.chats: dict[int, dict] = {}
        self.blocked: set[int] = set()
        self.is_down = False
        self.flood_once = 0
        self.webhook: dict | None = None
        self._updates: list[dict] = []
        self._next = defaultdict(lambda: 100)
        self._update_id = 1000
        self._times: dict[object, deque[float]] = defaultdict(deque)
        self._poll = 0
        self.conflicts = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(20)

    # ------------------------------------------------------------ what people do

    def press(self, sent: Sent, label: str, user: int, *, data: str | None = None, query: str = "") -> str:
        """Press a button by the beginning of its label; returns the query's id."""
        if data is None:
            data = next(value for name, value in sent.buttons.items() if label in name)
        query = query or f"q{self._update_id}"
        self._push(
            callback_query={
                "id": query,
                "from": _user(user),
                "chat_instance": "x",
                "data": data,
                "message": self._as_message(sent),
            }
        )
        return query

    def say(self, chat_id: int, user: int, text: str, *, reply_to: Sent | None = None) -> None:
        message = {
            "message_id": self._number(chat_id),
            "date": int(time.time()),
            "chat": self._chat(chat_id),
            "from": _user(user),
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        if reply_to is not None:
            message["reply_to_message"] = self._as_message(reply_to)
        self._push(message=message)

    def update(self, **content) -> None:
        self._push(**content)

    # ------------------------------------------------------------ what tests see

    def shown(self, chat_id: int, text: str = "") -> list[Sent]:
        return [
            each for each in list(self.messages.values()) if each.chat_id == chat_id and text in each.text
        ]

    def said(self, query: str) -> str | None:
        return next((text for id_, text in self.answers if id_ == query), None)

    # ------------------------------------------------------------ the server

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())
        self._loop.close()

    async def _run(self) -> None:
        self._stopped = asyncio.Event()
        self._came = asyncio.Event()
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if self.is_down:
            request.transport.abort()
            return web.Response(status=502)
        try:
            if request.match_info["token"] != TOKEN:
                raise Refusal(401, "Unauthorized")
            given, files = await _fields(request)
            self.calls.append((method, given))
            call = getattr(self, f"do_{method}", None)
            if call is None:
                raise Refusal(404, "Not Found: method not found")
            if method.startswith(PACED) and "chat_id" in given:
                self._keep_rates(int(given["chat_id"]), method)
            result = call(given, files)
            result = await result if asyncio.iscoroutine(result) else result
        except Refusal as no:
            body = {"ok": False, "error_code": no.code, "description": no.description}
            if no.parameters:
                body["parameters"] = no.parameters
            return web.json_response(body, status=no.code)
        return web.json_response({"ok": True, "result": result})

    def _keep_rates(self, chat_id: int, method: str) -> None:
        now_s = time.monotonic() * self.speed
        if self.flood_once:
            self.flood_once -= 1
            raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        limits = [("all", 30, 1.0), (chat_id, 1, 1.0)]
        limits += [(("group", chat_id), 20, 60.0)] if chat_id < 0 else []
        for key, most, span_s in limits:
            times = self._times[key]
            while times and times[0] <= now_s - span_s:
                times.popleft()
            if len(times) >= most:
                self.limited.append(f"{method} in {key}: more than {most} in {span_s:g} s")
                raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
        for key, _, _ in limits:
            self._times[key].append(now_s)

    def _push(self, **content) -> None:
        self._update_id += 1
        update = {"update_id": self._update_id, **content}
        self._update_id = max(self._update_id, update["update_id"])

        def add() -> None:
            self._updates.append(update)
            self._came.set()

        self._loop.call_soon_threadsafe(add)

    def _number(self, chat_id: int) -> int:
        self._next[chat_id] += 1
        return self._next[chat_id]

    def _chat(self, chat_id: int) -> dict:
        usual = {"id": chat_id, "type": "supergroup", "title": "the label"} if chat_id < 0 else {
            "id": chat_id, "type": "private", "first_name": "P",
        }  # fmt: skip
        return usual | self.chats.get(chat_id, {})

    def _as_message(self, sent: Sent) -> dict:
        words = {"text": sent.text} if sent.method == "sendMessage" else {"caption": sent.text}
        media = {
            "sendVideo": {"video": _file(width=320, height=180, duration=30)},
            "sendAudio": {"audio": _file(duration=120)},
        }.get(sent.method, {})
        return {
            "message_id": sent.message_id,
            "date": int(time.time()),
            "chat": self._chat(sent.chat_id),
            "from": BOT,
            **words,
            **media,
        }

    # ------------------------------------------------------------ methods

    def do_getMe(self, given, files):
        return BOT | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def do_setMyCommands(self, given, files):
        for command in json.loads(given["commands"]):
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or len(command["description"]) > 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def do_deleteWebhook(self, given, files):
        assert given.get("drop_pending_updates", "false") in ("false", "False")
        self.webhook = None
        return True

    def do_setWebhook(self, given, files):
        self.webhook = given
        return True

    async def do_getUpdates(self, given, files):
        """As Telegram does: a second poller ends the first one's request with a conflict."""
        self._poll += 1
        mine = self._poll
        self._came.set()
        offset = int(given.get("offset", 0))
        self._updates = [each for each in self._updates if each["update_id"] >= offset]
        deadline_s = time.monotonic() + min(float(given.get("timeout", 0)), 2.0)
        while not self._updates and time.monotonic() < deadline_s and not self.is_down:
            self._came.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), 0.5)
            if self._poll != mine:
                self.conflicts += 1
                raise Refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return [] if self.is_down else self._updates[:100]

    def do_getChat(self, given, files):
        chat_id = int(given["chat_id"])
        if chat_id in self.blocked:
            raise Refusal(400, "Bad Request: chat not found")
        return self._chat(chat_id) | {"accent_color_id": 0, "max_reaction_count": 1, "accepted_gift_types": {
            "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
            "gifts_from_channels": False,
        }}  # fmt: skip

    def do_createForumTopic(self, given, files):
        chat_id = int(given["chat_id"])
        if not self._chat(chat_id).get("is_forum"):
            raise Refusal(400, "Bad Request: the chat is not a forum")
        if not 1 <= len(given["name"]) <= 128:
            raise Refusal(400, "Bad Request: topic name")
        thread_id = self._number(chat_id)
        self.topics[chat_id, thread_id] = given["name"]
        return {"message_thread_id": thread_id, "name": given["name"], "icon_color": 7322096}

    def do_sendMessage(self, given, files):
        return self._send("sendMessage", given, "text", 4096, files)

    def do_sendVideo(self, given, files):
        self._check_upload(given, files, "video")
        return self._send("sendVideo", given, "caption", 1024, files)

    def do_sendAudio(self, given, files):
        self._check_upload(given, files, "audio")
        return self._send("sendAudio", given, "caption", 1024, files)

    def do_editMessageText(self, given, files):
        return self._edit(given, "text", 4096, ("sendMessage",))

    def do_editMessageCaption(self, given, files):
        return self._edit(given, "caption", 1024, ("sendVideo", "sendAudio"))

    def do_answerCallbackQuery(self, given, files):
        text = given.get("text", "")
        if len(text) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        if any(id_ == given["callback_query_id"] for id_, _ in self.answers):
            raise Refusal(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.answers.append((given["callback_query_id"], text))
        return True

    def _check_upload(self, given, files, name):
        if name not in files:
            raise Refusal(400, "Bad Request: wrong file identifier/HTTP URL specified")
        if not files[name]:
            raise Refusal(400, "Bad Request: file must be non-empty")
        if files[name] > UPLOAD_MAX:
            raise Refusal(413, "Request Entity Too Large")
        if files.get("thumbnail", 0) > 200_000:
            raise Refusal(400, "Bad Request: thumbnail is too big")

    def _send(self, method, given, words, most, files):
        chat_id = int(given["chat_id"])
        if chat_id in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        thread_id = int(given["message_thread_id"]) if given.get("message_thread_id") else None
        if thread_id is not None and (chat_id, thread_id) not in self.topics:
            raise Refusal(400, "Bad Request: message thread not found")
        text, buttons = self._words(given, words, most), self._buttons(given)
        sent = Sent(chat_id, self._number(chat_id), method, text, buttons, thread_id, files)
        self.messages[chat_id, sent.message_id] = sent
        return self._as_message(sent)

    def _edit(self, given, words, most, methods):
        key = int(given["chat_id"]), int(given["message_id"])
        sent = self.messages.get(key)
        if sent is None:
            raise Refusal(400, "Bad Request: message to edit not found")
        if sent.method not in methods:
            raise Refusal(400, f"Bad Request: there is no {words} in the message to edit")
        text, buttons = self._words(given, words, most), self._buttons(given)
        if (text, buttons) == (sent.text, sent.buttons):
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            )
        sent.text, sent.buttons, sent.edits = text, buttons, sent.edits + 1
        return self._as_message(sent)

    def _words(self, given, name, most):
        text = given.get(name, "")
        shown = Markup(text).shown if given.get("parse_mode") == "HTML" else text
        if not shown.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(shown.encode("utf-16-le")) // 2 > most:
            raise Refusal(400, f"Bad Request: message {name} is too long")
        return shown

    def _buttons(self, given):
        rows = json.loads(given["reply_markup"])["inline_keyboard"] if "reply_markup" in given else []
        buttons = {}
        for each in [each for row in rows for each in row]:
            data = each["callback_data"]
            if not 1 <= len(data.encode()) <= 64 or not each["text"]:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
            buttons[each["text"]] = data
        if any(not row for row in rows):
            raise Refusal(400, "Bad Request: an empty row of buttons")
        return buttons


async def _fields(request: web.Request) -> tuple[dict[str, str], dict[str, int]]:
    """Fields as text, and files by the field they stand for, as sizes."""
    form = await request.post()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    sizes = {name: len(value.file.read()) for name, value in form.items() if not isinstance(value, str)}
    files = dict(sizes)
    for name, value in given.items():
        if value.startswith("attach://"):
            files[name] = sizes[value.removeprefix("attach://")]
    return given, {name: size for name, size in files.items() if name in ("video", "audio", "thumbnail")}


def _user(number: int) -> dict:
    return {"id": number, "is_bot": False, "first_name": f"U{number}"}


def _file(**facts) -> dict:
    return {"file_id": "f", "file_unique_id": "u", **facts}
