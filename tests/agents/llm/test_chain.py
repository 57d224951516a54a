"""Which deployments the settings name, and in which order."""

import logging
from pathlib import Path

import pytest

from agents.llm import Deployment, Message, Router
from agents.llm.chain import deployments_of
from agents.llm.health import health_of
from configs.names import variables
from configs.settings import Settings
from tests.agents.llm.servers import OPENAI, serving

KEY = "sk-not-a-real-key"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables(Settings):
        monkeypatch.delenv(name, raising=False)


def names(tmp_path: Path, **given: object) -> list[str]:
    return [one.name for one in deployments_of(Settings.load(tmp_path, **given))]


def test_without_a_key_there_is_only_the_embedded_writer(tmp_path: Path):
    assert names(tmp_path) == []
    assert [one.name for one in Router.from_settings(Settings.load(tmp_path)).deployments] == ["offline"]


def test_every_key_adds_its_provider_in_the_order_of_the_table(tmp_path: Path):
    given = {"mistral_api_key": KEY, "openai_api_key": KEY, "llm_base_url": "http://127.0.0.1:1/v1"}
    assert names(tmp_path, **given) == ["openai:auto", "mistral:auto", "local:auto"]


def test_named_models_come_first_and_for_their_tasks(tmp_path: Path):
    given = {"openai_api_key": KEY, "deepseek_api_key": KEY}
    chosen = deployments_of(
        Settings.load(
            tmp_path,
            llm_models="openai:m1",
            lyrics_llm_models="deepseek:m2",
            reflection_llm_primary="openai:m3",
            **given,
        )
    )
    assert [(one.name, one.tasks) for one in chosen] == [
        ("deepseek:m2", ("lyrics",)),
        ("openai:m3", ("reflection", "critique", "feedback")),
        ("openai:m1", ()),
        ("deepseek:auto", ()),
    ]


def test_a_model_without_a_key_is_left_out_with_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        assert names(tmp_path, llm_models="openai:m1,nobody:m2") == []
    assert "set OPENAI_API_KEY" in caplog.text
    assert "no provider of words called nobody" in caplog.text


def test_what_the_table_knows_of_a_provider_is_filled_in(tmp_path: Path):
    settings = Settings.load(tmp_path, deepseek_api_key=KEY, anthropic_api_key=KEY)
    router = Router.from_settings(settings)
    told = {one.provider: (one.base_url, one.wire) for one in router.deployments}
    assert told["deepseek"][0] == "https://api.deepseek.com"
    assert told["anthropic"][1] == "anthropic"
    assert KEY not in repr(router.deployments)


@pytest.mark.usefixtures("routers")
async def test_health_says_who_can_answer_and_why_another_cannot():
    async with serving(OPENAI, models=("m1", "m2")) as alive, serving(OPENAI) as dead:
        router = Router(
            [
                Deployment(provider=name, model="m1", base_url=server.base_url, api_key=KEY)
                for name, server in (("alive", alive), ("dead", dead))
            ]
        )
        await dead.stop()
        first, second, last = await health_of(router)
    assert (first.name, first.can_answer, first.models) == ("alive:m1", True, ("m1", "m2"))
    assert (second.name, second.can_answer) == ("dead:m1", False)
    assert "cannot be reached" in second.why
    assert (last.name, last.can_answer) == ("offline", True)


def test_a_plug_in_adds_its_models_after_our_own(tmp_path: Path):
    (tmp_path / "testwords.url").write_text("testwords http://127.0.0.1:1/v1")
    assert names(tmp_path, openai_api_key=KEY) == ["openai:auto", "testwords:small", "testwords:large"]
    chosen = deployments_of(Settings.load(tmp_path, lyrics_llm_models="testwords:large"))
    assert [(one.name, one.tasks, one.base_url) for one in chosen][:1] == [
        ("testwords:large", ("lyrics",), "http://127.0.0.1:1/v1")
    ]
    known, unknown = deployments_of(Settings.load(tmp_path, llm_models="testwords:large,testwords:huge"))
    assert known.price is not None
    assert (unknown.name, unknown.base_url, unknown.price) == ("testwords:huge", known.base_url, None)


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        ("testwords", "ValueError: no address"),
        ("openai http://127.0.0.1:1/v1", "of the provider 'testwords'"),
        ("bare http://127.0.0.1:1/v1", "must be a Deployment"),
        ("keyed a-secret-that-nobody-shall-read", "1 validation error for Deployment"),
    ],
)
def test_a_plug_in_that_fails_is_left_out_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, brought: str, why: str
):
    (tmp_path / "testwords.url").write_text(brought)
    with caplog.at_level(logging.WARNING):
        assert names(tmp_path, openai_api_key=KEY) == ["openai:auto"]
    assert why in caplog.text
    assert "a-secret" not in caplog.text


async def test_a_plug_ins_model_answers(tmp_path: Path):
    async with serving(OPENAI) as server:
        (tmp_path / "testwords.url").write_text(f"testwords {server.base_url}")
        router = Router.from_settings(Settings.load(tmp_path))
        result = await router.complete([Message(role="user", content="a plug-in's")], deadline_s=10)
        await router.close()
    assert result.source == "testwords:small"
