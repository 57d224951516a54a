"""`labelmate init` and the file it writes."""

import io
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.settings import Settings
from tests.ui.conftest import Call
from ui.cli.dotenv_file import set_lines

KEY = "sk-made-up-for-this-test-0001"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """What a person types, line by line."""

    def give(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        # A hidden prompt reads the terminal itself; here it reads what was typed.
        monkeypatch.setattr("getpass.getpass", lambda _prompt="", **_options: input())

    return give


def test_yes_makes_the_home_and_asks_nothing(call: Call, home: Path):
    told = call("init", "--yes", "--json").data
    assert (told["home"], told["written"]) == (str(home), [])
    assert (home / "labelmate.db").exists()
    assert not (home / ".env").exists()
    assert {(offer["name"], offer["is_used"]) for offer in told["services"]} >= {
        ("suno", True),
        ("pexels", True),
        ("offline", True),
    }


def test_keys_are_written_for_their_owner_alone_and_other_lines_stay(call: Call, home: Path, typed):
    home.mkdir()
    before = "# mine\nROSTER_MAX=7\nOTHER_PROGRAM='a b'\nOPENAI_API_KEY=sk-an-older-one-0000\n"
    (home / ".env").write_text(before)
    (home / ".env").chmod(0o644)
    typed("", "openai, suno", KEY, "suno-key-0002", "https://suno.example/api/")
    told = call("init")
    assert told.code == 0, told.err
    assert (home / ".env").read_text() == before.replace("sk-an-older-one-0000", KEY) + (
        "SUNO_API_KEY=suno-key-0002\nSUNO_BASE_URL=https://suno.example/api/\n"
    )
    assert stat.S_IMODE((home / ".env").stat().st_mode) == 0o600
    assert not list(home.glob(".env.*"))
    settings = Settings.load()
    assert settings.openai_api_key
    assert settings.openai_api_key.get_secret_value() == KEY
    assert KEY not in told.out + told.err
    assert "suno-key-0002" not in told.out + told.err
    assert "MUSIC_PROVIDERS=suno buys there" in " ".join(told.out.split())


def test_a_malformed_key_is_asked_for_again_and_never_repeated(call: Call, home: Path, typed):
    typed("", "openai", "short", KEY)
    told = call("init")
    assert "OPENAI_API_KEY=(hidden) is wrong" in told.err
    assert "short" not in told.out + told.err
    assert dotenv_values(home / ".env") == {"OPENAI_API_KEY": KEY}


def test_enter_leaves_a_key_as_it_is(call: Call, home: Path, typed):
    typed("", "openai", "")
    assert call("init", "--json").data["written"] == []
    assert not (home / ".env").exists()


def test_a_misspelt_service_is_asked_for_again(call: Call, typed):
    typed("", "opnai", "none")
    assert "did you mean openai?" in call("init").err


def test_another_folder_must_be_remembered(call: Call, tmp_path: Path):
    told = call("init", "--yes", "--home", tmp_path / "other")
    assert f"export LABELMATE_HOME={tmp_path / 'other'}" in " ".join(told.out.split())
    assert (tmp_path / "other" / "labelmate.db").exists()


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_every_printable_value_is_read_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, value: str):
    file = tmp_path_factory.mktemp("env") / ".env"
    set_lines(file, {"A_KEY": value, "B": "2"})
    # Without interpolation, as the settings read it.
    assert dotenv_values(file, interpolate=False) == {"A_KEY": value, "B": "2"}


def test_a_second_line_for_a_variable_cannot_win(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("export A=1\nB=2\nA=3")
    set_lines(file, {"A": "4", "C": "5"})
    assert file.read_text() == "A=4\nB=2\nC=5\n"
