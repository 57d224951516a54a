"""Each vendor against a shop as strict as its documents: what is sent, what is read, and what failures say of the money."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from agents.music.order import MusicOrder
from agents.music.protocol import JobState, MusicProvider, music_providers
from configs.settings import Settings
from runtime import purchases
from runtime.signals import Suspend
from storage.errors import (
    ConfigurationError,
    OutcomeUnknownError,
    ProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
    UnusableTakeError,
)
from storage.types import Clearance, EffectPolicy, SectionSpec, VocalIdentity
from tests.agents.music.providers.shop import KEY, PROMPT_SUGGESTION, OpenShop, Reply, Shop
from tests.agents.music.songs import order_of

HTML = Reply(b"<!doctype html><h1>Sign in</h1>", "text/html; charset=utf-8")
TAKES = {"sunoapi": 2, "apibox": 2, "gcui": 2, "ace_step": 2, "elevenlabs": 1, "replicate": 1}
POLLED = [name for name in TAKES if name != "elevenlabs"]
PAID = [name for name in TAKES if name != "ace_step"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    with OpenShop() as shop:
        yield shop


def provider(name: str, shop: Shop, home: Path, **changed: object) -> MusicProvider:
    """The vendor as its settings make it."""
    suno = {"suno_api_key": KEY, "suno_base_url": shop.url, "suno_dialect": name, "music_providers": "suno"}
    settings = {
        "sunoapi": suno,
        "apibox": suno,
        "gcui": {**suno, "suno_api_key": None},
        "ace_step": {"ace_step_base_url": shop.url, "music_providers": "ace_step"},
        "elevenlabs": {
            "elevenlabs_api_key": KEY,
            "elevenlabs_base_url": shop.url,
            "music_providers": "elevenlabs",
        },
        "replicate": {
            "replicate_api_token": KEY,
            "replicate_base_url": shop.url,
            "music_providers": "replicate",
        },
    }[name]
    (made,) = music_providers(Settings.load(home, **{**settings, **changed}))
    return made


def is_empty(folder: Path) -> bool:
    return not list(folder.glob("take*"))


async def made(name: str, shop: Shop, home: Path, folder: Path, order: MusicOrder) -> list[bytes]:
    """One order from its submission to its audio."""
    vendor = provider(name, shop, home)
    job = await vendor.submit(order, "key-1", folder)
    takes = job.takes
    if not takes:
        assert (await vendor.poll(job.id)).state is JobState.PENDING
        assert (await vendor.poll(job.id)).state is JobState.READY
        takes = await vendor.fetch(job.id, folder)
    return [take.path.read_bytes() for take in takes]


@pytest.mark.parametrize("name", TAKES)
@pytest.mark.parametrize("words", [True, False], ids=["song", "instrumental"])
async def test_an_order_is_bought_once_and_its_takes_arrive(
    name: str, words: bool, shop: Shop, home: Path, tmp_path: Path
):
    heard = await made(name, shop, home, tmp_path, order_of(words=words, seconds=24))
    assert heard == [shop.audio, shop.second][: TAKES[name]]
    assert len(shop.orders) == 1


@pytest.mark.parametrize(("name", "field", "value"), [
    ("sunoapi", "vocalGender", "f"),
    ("sunoapi", "personaId", "p-77"),
    ("sunoapi", "model", "V4_5"),
    ("apibox", "make_instrumental", False),
    ("gcui", "wait_audio", False),
    ("ace_step", "vocal_language", "en"),
])  # fmt: skip
async def test_the_artists_voice_and_the_words_go_with_every_song(
    name: str, field: str, value: object, shop: Shop, home: Path, tmp_path: Path
):
    vocal = VocalIdentity(gender="female", timbre="airy", vendor_personas={"suno": "p-77"})
    order = order_of(vocal=vocal)
    await made(name, shop, home, tmp_path, order)
    (sent,) = shop.orders
    assert sent[field] == value
    words = str(sent.get("prompt", "")) + str(sent.get("lyrics", ""))
    assert "[Verse]" in words
    assert order.lyrics.sections[0].lines[0] in words
    style = str(sent.get("style", "")) + str(sent.get("tags", "")) + str(sent.get("prompt", ""))
    assert all(
        tag in style for tag in ("synthwave", "female vocals", "airy", f"{order.brief.tempo_bpm:g} bpm")
    )


def test_the_voice_is_the_last_to_be_left_out_of_the_tags():
    order = order_of().model_copy(update={"vocal": VocalIdentity(gender="female", timbre="airy")})
    long = order.brief.model_copy(update={"music_prompt_prefix": "warm tape " * 18})
    crowded = order.model_copy(update={"brief": long})
    assert "female vocals, airy, sung in English" in crowded.style(200)
    assert len(crowded.style(200)) <= 200
    assert crowded.style(1_000).startswith("warm tape")


@pytest.mark.parametrize("name", ["sunoapi", "apibox", "gcui", "elevenlabs"])
async def test_long_words_are_cut_at_a_whole_section(name: str, shop: Shop, home: Path, tmp_path: Path):
    order = order_of(seconds=24)
    sections = tuple(
        section.model_copy(update={"lines": ("so long a line that nobody could sing it " * 4,) * 60})
        for section in order.lyrics.sections
    )
    long = order.model_copy(update={"lyrics": order.lyrics.model_copy(update={"sections": sections})})
    await made(name, shop, home, tmp_path, long)
    if name != "elevenlabs":
        assert str(shop.orders[0]["prompt"]).count("[") >= 1


async def test_a_plan_of_elevenlabs_lasts_as_long_as_the_song(shop: Shop, home: Path, tmp_path: Path):
    order = order_of(seconds=120)
    await made("elevenlabs", shop, home, tmp_path, order)
    sections = shop.orders[0]["composition_plan"]["sections"]
    assert order.duration_s == pytest.approx(120, abs=4)
    assert sum(section["duration_ms"] for section in sections) == pytest.approx(
        1000 * order.duration_s, abs=20
    )
    words = [line for section in sections for line in section["lines"]]
    assert words == [line for section in order.lyrics.sections for line in section.lines]


async def test_a_refused_prompt_is_tried_once_as_the_vendor_suggests(shop: Shop, home: Path, tmp_path: Path):
    shop.failing = "bad prompt"
    assert await made("elevenlabs", shop, home, tmp_path, order_of(words=False)) == [shop.audio]
    assert [order["prompt"] == PROMPT_SUGGESTION for order in shop.orders] == [False, True]


@pytest.mark.parametrize("name", POLLED)
async def test_a_job_that_fails_says_why(name: str, shop: Shop, home: Path, tmp_path: Path):
    vendor = provider(name, shop, home)
    job = await vendor.submit(order_of(), "key-1", tmp_path)
    shop.failing = "SENSITIVE_WORD_ERROR"
    status = await vendor.poll(job.id)
    if status.state is JobState.PENDING:
        status = await vendor.poll(job.id)
    assert status.state is JobState.FAILED
    assert "SENSITIVE_WORD_ERROR" in status.message
    if name != "replicate":
        with pytest.raises(ProviderError, match="no audio"):
            await vendor.fetch(job.id, tmp_path)


@pytest.mark.parametrize("name", PAID)
@pytest.mark.parametrize(
    ("reply", "told", "words"),
    [
        (HTML, ProviderRefusedError, "web page"),
        (Reply(b'{"detail": "no"}', "application/json", 401), ProviderRefusedError, "check .*_(KEY|TOKEN)"),
        (Reply(b'{"detail": "no"}', "application/json", 400), ProviderRefusedError, "400"),
        (Reply(b"", "text/plain", 429, {"Retry-After": "7"}), ProviderUnavailableError, "429"),
        (Reply(b"", "text/plain", 503, {"Retry-After": "9"}), ProviderUnavailableError, "503"),
        (Reply(b"", "text/plain", 503), OutcomeUnknownError, "503"),
        (Reply(b"", "text/plain", 408), OutcomeUnknownError, "408"),
        (Reply(b"", "text/plain", 402), ProviderUnavailableError, "credits"),
        (Reply(b"oops", "text/plain", 500), OutcomeUnknownError, "500"),
        (Reply(b"<html>", "text/html", 504), OutcomeUnknownError, "504"),
        (Reply(b"{", "application/json"), OutcomeUnknownError, "no (JSON|audio)"),
        (Reply(b'{"a": 1}', "application/json", 200, {"Content-Length": "99"}), OutcomeUnknownError, "whole"),
    ],
    ids=[
        "html",
        "key",
        "wrong",
        "busy",
        "closed",
        "gone",
        "slow",
        "credits",
        "broken",
        "gateway",
        "half",
        "cut off",
    ],
)
async def test_what_an_answer_to_an_order_tells_of_the_money(
    name: str, reply: Reply, told: type[Exception], words: str, shop: Shop, home: Path, tmp_path: Path
):
    vendor = provider(name, shop, home)
    shop.next_replies.append(reply)
    with pytest.raises(told, match=words) as failed:
        await vendor.submit(order_of(), "key-1", tmp_path)
    assert KEY not in str(failed.value)
    if reply.status == 429:
        assert failed.value.fields["retry_after_s"] == 7.0
    assert is_empty(tmp_path)


@pytest.mark.parametrize(
    ("code", "told"),
    [(401, ProviderRefusedError), (413, ProviderRefusedError), (429, ProviderUnavailableError),
     (430, ProviderUnavailableError), (455, ProviderUnavailableError), (500, OutcomeUnknownError)],
)  # fmt: skip
async def test_the_code_inside_an_answer_counts_as_well(
    code: int, told: type[Exception], shop: Shop, home: Path, tmp_path: Path
):
    shop.next_replies.append(Reply(f'{{"code": {code}, "msg": "so it is"}}'.encode(), "application/json"))
    with pytest.raises(told, match=f"code {code}: so it is"):
        await provider("sunoapi", shop, home).submit(order_of(), "key-1", tmp_path)


@pytest.mark.parametrize("name", TAKES)
async def test_where_nobody_listens_nothing_was_bought(name: str, shop: Shop, home: Path, tmp_path: Path):
    vendor = provider(name, shop, home, suno_base_url="http://127.0.0.1:9", ace_step_base_url="http://127.0.0.1:9", elevenlabs_base_url="http://127.0.0.1:9", replicate_base_url="http://127.0.0.1:9")  # fmt: skip
    with pytest.raises(ProviderUnavailableError, match="cannot be reached"):
        await vendor.submit(order_of(), "key-1", tmp_path)


@pytest.mark.parametrize(
    ("name", "told"),
    [("sunoapi", "works, 87 credits left"), ("apibox", "works, answers"), ("gcui", "works, 50 credits left"),
     ("ace_step", "answers"), ("elevenlabs", "works, plan creator"), ("replicate", "works, account ada")],
)  # fmt: skip
async def test_a_check_costs_nothing_and_tells_of_a_wrong_key(name: str, told: str, shop: Shop, home: Path):
    assert await provider(name, shop, home).check() == told
    if name not in ("gcui", "ace_step"):
        wrong = {
            "suno_api_key": "wrong-key-00",  # pragma: allowlist secret
            "elevenlabs_api_key": "wrong-key-00",  # pragma: allowlist secret
            "replicate_api_token": "wrong-key-00",  # pragma: allowlist secret
        }
        with pytest.raises(ProviderRefusedError, match=r"check .*_(KEY|TOKEN)"):
            await provider(name, shop, home, **wrong).check()
    assert shop.orders == []


@pytest.mark.parametrize("name", ["sunoapi", "apibox", "gcui", "replicate", "ace_step"])
@pytest.mark.parametrize(
    "body",
    [b"null", b"[]", b"5", b'"x"', b'{"code": [200]}', b'{"code": 200, "data": 7}', b"[" * 100_000, b'[{"id": null}, 4]',
     b'{"code": 200, "data": {"status": "SUCCESS", "response": {"sunoData": 5}}}', b'{"code": NaN}',
     b'{"code": 500, "msg": "bad \\ud800 x \\u0007"}'],
    ids=range(11),
)  # fmt: skip
async def test_an_answer_of_any_shape_is_an_error_that_can_be_written_down_or_no_news(
    name: str, body: bytes, shop: Shop, home: Path, tmp_path: Path
):
    vendor = provider(name, shop, home)
    for ask in (lambda: vendor.submit(order_of(), "k", tmp_path), lambda: vendor.poll("job-1")):
        shop.next_replies = [Reply(body, "application/json")]
        told = await _told(ask)
        assert told.isprintable()
        assert told.encode()


async def _told(ask: Callable[[], Awaitable[object]]) -> str:
    """What an answer came to; anything but our own errors fails the test."""
    try:
        return str(await ask())
    except (ProviderError, OutcomeUnknownError) as error:
        return str(error)


async def test_one_take_that_is_refused_does_not_cost_the_other(shop: Shop, home: Path, tmp_path: Path):
    vendor = provider("sunoapi", shop, home)
    songs = [{"audioUrl": f"{shop.url}/files/job-1-1.wav"}, {"audioUrl": "https://169.254.169.254/x"}]
    record = {"code": 200, "data": {"status": "CALLBACK_EXCEPTION", "response": {"sunoData": songs}}}
    shop.next_replies = [Reply(json.dumps(record).encode(), "application/json")]
    (take,) = await vendor.fetch("job-1", tmp_path)
    assert take.path.read_bytes() == shop.audio
    record["data"]["response"]["sunoData"] = songs[1:]
    shop.next_replies = [Reply(json.dumps(record).encode(), "application/json")]
    with pytest.raises(UnusableTakeError, match="no public address"):
        await vendor.fetch("job-1", tmp_path)


async def test_a_longer_song_than_was_ordered_is_not_bought_as_a_suggestion(
    shop: Shop, home: Path, tmp_path: Path
):
    plan = {"sections": [{"duration_ms": 120_000, "lines": []}] * 4}
    detail = {"detail": {"status": "bad_composition_plan", "data": {"composition_plan_suggestion": plan}}}
    shop.next_replies = [Reply(json.dumps(detail).encode(), "application/json", 422)]
    with pytest.raises(ProviderRefusedError, match="422"):
        await provider("elevenlabs", shop, home).submit(order_of(seconds=60), "k", tmp_path)
    assert shop.orders == []


async def test_an_empty_feed_is_a_job_that_is_not_finished(shop: Shop, home: Path, tmp_path: Path):
    vendor = provider("gcui", shop, home)
    shop.next_replies.append(Reply(b"[]", "application/json"))
    assert (await vendor.poll("a,b")).state is JobState.PENDING


class OpenDoor:
    """A gate that nobody else uses; the shared ones live in Ray."""

    @asynccontextmanager
    async def permit(self, *, deadline_s: float) -> AsyncIterator[None]:
        yield


async def test_a_take_that_never_comes_does_not_keep_the_other_from_being_heard(
    shop: Shop, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A job half finished was once asked for for a day, and then by people."""
    vendor = provider("gcui", shop, home)
    shop.hangs, shop.pending_looks = True, 0
    job = await vendor.submit(order_of(), "key-1", tmp_path)
    status = await vendor.poll(job.id)
    assert (status.state, status.has_takes) == (JobState.PENDING, True)
    monkeypatch.setattr(purchases, "JOB_S", 0.0)
    (take,) = await purchases._fetched(vendor, OpenDoor(), job.id, tmp_path)
    assert take.path.read_bytes() == shop.audio
    shop.pending_looks = 1_000
    with pytest.raises(Suspend, match="asked for again"):
        await purchases._fetched(vendor, OpenDoor(), job.id, tmp_path)


def test_prices_are_the_operators_and_unknown_without_them(shop: Shop, home: Path):
    order = order_of(seconds=100)
    assert provider("sunoapi", shop, home).price_usd(order) is None
    assert provider("sunoapi", shop, home, suno_usd_per_job="0.12").price_usd(order) == Decimal("0.12")
    assert provider("elevenlabs", shop, home).price_usd(order) is None
    by_minute = provider("elevenlabs", shop, home, elevenlabs_usd_per_minute="0.30")
    assert by_minute.price_usd(order) == Decimal("0.60")
    assert provider("ace_step", shop, home).price_usd(order) == 0


def test_what_may_be_assumed_of_a_lost_answer(shop: Shop, home: Path):
    assert all(provider(name, shop, home).policy is EffectPolicy.AT_MOST_ONCE for name in PAID)
    assert provider("ace_step", shop, home).policy is EffectPolicy.KEYED
    assert provider("replicate", shop, home).terms.clearance is Clearance.BLOCKED


@pytest.mark.parametrize(
    ("name", "seconds", "told"), [("replicate", 90, "at most 30 s"), ("ace_step", 9, "10 to 600 s")]
)
async def test_what_a_vendor_cannot_make_is_not_ordered(
    name: str, seconds: float, told: str, shop: Shop, home: Path, tmp_path: Path
):
    order = order_of(seconds=max(seconds, 10))
    if seconds < 10:
        order = order.model_copy(
            update={"brief": order.brief.model_copy(update={"form": (SectionSpec(name="verse", bars=2),)})}
        )
    with pytest.raises(ProviderRefusedError, match=told):
        await provider(name, shop, home).submit(order, "key-1", tmp_path)
    assert shop.orders == []


def test_a_provider_without_its_key_is_a_wrong_setting(home: Path):
    with pytest.raises(ConfigurationError, match="'suno', whose key or address is not set"):
        music_providers(Settings.load(home, music_providers="suno"))
    with pytest.raises(
        ConfigurationError, match="'sumo'; there are: ace_step, elevenlabs, inbox, replicate, suno"
    ):
        music_providers(Settings.load(home, music_providers="sumo"))
