"""Settings: where they come from, what a wrong one says, and that no secret is ever shown."""

import pickle
import re
from decimal import Decimal
from pathlib import Path

import pytest

from configs import example
from configs.about import about
from configs.names import aliases, variables
from configs.providers import ProviderKind, chain, load_providers, providers_in_use
from configs.settings import Settings, SettingsError

SECRET = "sk-not-a-real-key"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables(Settings):
        monkeypatch.delenv(name, raising=False)


def complaint(home: Path, **given: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.load(home, **given)
    return caught.value.lines


def test_defaults_are_quiet(tmp_path: Path):
    settings = Settings.load(tmp_path)
    assert settings.home == tmp_path
    assert (settings.budget_daily_usd, settings.budget_monthly_usd) == (Decimal(5), Decimal(50))
    assert (settings.artist_creation_probability, settings.bought_revisions_max) == (0.0, 0)
    assert not settings.auto_fix_enabled
    assert not settings.share_reasons_with_models
    assert (settings.video_width, settings.video_height) == (1280, 720)


def test_home_comes_from_the_environment_and_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    assert Settings.load().home == tmp_path / "somebody" / ".labelmate"
    monkeypatch.setenv("LABELMATE_HOME", str(tmp_path / "label"))
    assert Settings.load().home == tmp_path / "label"
    assert Settings.load(tmp_path / "other").home == tmp_path / "other"
    monkeypatch.chdir(tmp_path)
    assert Settings.load(Path("here")).home == tmp_path / "here"


def test_override_beats_environment_beats_file_beats_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("ROSTER_MAX=7\nUNDO_S=20\nexport VIDEO_FPS='25'  # calm\nLEASE_S=\n")
    assert Settings.load(tmp_path).roster_max == 7
    monkeypatch.setenv("ROSTER_MAX", "8")
    monkeypatch.setenv("UNDO_S", "")
    settings = Settings.load(tmp_path)
    assert (settings.roster_max, settings.undo_s, settings.video_fps, settings.lease_s) == (8, 20, 25, 60)
    assert Settings.load(tmp_path, roster_max=9).roster_max == 9


def test_an_env_file_where_the_process_was_started_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("ROSTER_MAX=7\n")
    monkeypatch.chdir(tmp_path)
    assert Settings.load(tmp_path / "home").roster_max == 5


ADDRESS = "an address such as https://HOST/PATH or http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("variable", "given", "allowed"),
    [
        ("BUDGET_DAILY_USD", "much", "a number from 0 up"),
        ("BUDGET_MONTHLY_USD", "Infinity", "a number from 0 up"),
        ("SONG_SECONDS", "601", "a number from 10 to 600"),
        ("VIDEO_PRESET", "4k", "one of draft, sd, hd, full_hd"),
        ("ROSTER_MAX", "2.5", "a whole number from 1 to 100000"),
        ("CYCLES_IN_FLIGHT_MAX", "0", "a whole number from 1 to 100000"),
        ("APPROVAL_DEADLINE_H", "0", "a number above 0, at most 8760"),
        ("AB_TESTING_ENABLED", "perhaps", "true or false"),
        ("LABEL_TIMEZONE", "Mars/Base", "a time zone of the IANA list, such as UTC or Europe/Berlin"),
        ("LABEL_TIMEZONE", "America", "a time zone of the IANA list, such as UTC or Europe/Berlin"),
        ("LABEL_TIMEZONE", "../etc/passwd", "a time zone of the IANA list, such as UTC or Europe/Berlin"),
        ("RAY_ADDRESS", "nowhere", "auto, or HOST:PORT of a running cluster, or empty for a Ray of its own"),
        ("LLM_BASE_URL", "127.0.0.1:11434", ADDRESS),
        ("LLM_BASE_URL", "http://http://127.0.0.1:11434/v1", ADDRESS),
        ("SUNO_BASE_URL", "https://vendor.example:port/api", ADDRESS),
        ("TELEGRAM_REVIEWERS", "42,bob", "whole numbers separated by commas"),
    ],
)
def test_a_wrong_value_is_one_line_with_name_value_and_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, given: str, allowed: str
):
    monkeypatch.setenv(variable, given)
    (line,) = complaint(tmp_path)
    assert line == f"{variable}={given.rpartition(',')[2]} is wrong: it must be {allowed}"


def test_every_wrong_value_is_reported_at_once(tmp_path: Path):
    (tmp_path / ".env").write_text("ROSTER_MAX=none\nUNDO_S=-1\n")
    assert {line.partition("=")[0] for line in complaint(tmp_path)} == {"ROSTER_MAX", "UNDO_S"}


def test_thresholds_must_rise(tmp_path: Path):
    (line,) = complaint(tmp_path, pause_approval_rate_threshold=0.5)
    assert "PAUSE_APPROVAL_RATE_THRESHOLD" in line
    assert "must rise; in profile label they are (0.5, 0.4, 0.85)" in line


@pytest.mark.parametrize(
    "name", sorted(f for f in Settings.model_fields if "SecretStr" in str(Settings.model_fields[f]))
)
def test_no_key_is_ever_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    variable = aliases(Settings, name)[0]
    good, bad = SECRET, SECRET + " and more"
    if name == "console_logins":
        good, bad = f"ann:{SECRET}", SECRET
    monkeypatch.setenv(variable, good)
    settings = Settings.load(tmp_path)
    assert getattr(settings, name).get_secret_value() == good
    assert settings.shown()[variable] == "(set, hidden)"
    assert SECRET not in f"{settings!r} {settings} {settings.shown()} {settings.model_dump()}"
    monkeypatch.setenv(variable, bad)
    (line,) = complaint(tmp_path)
    assert line.startswith(f"{variable}=(hidden) is wrong")


def test_a_database_password_is_not_shown(tmp_path: Path):
    url = "postgres://label:hunter2@db/label"  # pragma: allowlist secret
    settings = Settings.load(tmp_path, database_url=url)
    assert settings.database_url == url.replace("postgres:", "postgresql+psycopg:")
    assert "hunter2" not in f"{settings!r} {settings.shown()}"
    assert "hunter2" not in complaint(tmp_path, database_url=url.replace("postgres", "mysql"))[0]


def test_a_name_that_is_nearly_ours_is_reported_with_its_line(tmp_path: Path):
    (tmp_path / ".env").write_text(
        f"# keys\nOPENAI_API_KEYS={SECRET}\nRAY_AUTH_TOKEN=x\nPOSTGRES_PASSWORD=x\n"
    )
    (line,) = complaint(tmp_path)
    assert line == f"{tmp_path}/.env:2: OPENAI_API_KEYS is no setting; OPENAI_API_KEY is one"


def test_a_line_that_is_no_assignment_is_reported_without_repeating_it(tmp_path: Path):
    (tmp_path / ".env").write_text(f"UNDO_S=5\n{SECRET}\n")
    (line,) = complaint(tmp_path)
    assert line == f"{tmp_path}/.env:2: not a line of the form NAME=value"


def test_a_file_that_is_no_text_is_reported(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"UNDO_S=\xff\xfe\n")
    assert "cannot be read as text" in complaint(tmp_path)[0]


def test_the_home_cannot_be_set_in_its_own_file(tmp_path: Path):
    (tmp_path / ".env").write_text("LABELMATE_HOME=/elsewhere\n")
    assert "set it in the environment" in complaint(tmp_path)[0]


def test_an_override_that_is_no_setting_is_refused(tmp_path: Path):
    assert complaint(tmp_path, rooster_max=3) == ("rooster_max is no setting",)


def test_settings_and_their_error_cross_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = Settings.load(tmp_path, undo_s=3, openai_api_key=SECRET)
    monkeypatch.setenv("UNDO_S", "99")
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert pickle.loads(pickle.dumps(SettingsError(["a", "b"]))).lines == ("a", "b")


def test_settings_cannot_be_changed(tmp_path: Path):
    with pytest.raises(ValueError, match="frozen"):
        Settings.load(tmp_path).undo_s = 1


def test_both_names_of_a_key_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XAI_API_KEY", SECRET)
    key = Settings.load(tmp_path).grok_api_key
    assert key is not None
    assert key.get_secret_value() == SECRET


def test_the_example_holds_every_setting_and_reads_back_as_the_defaults(tmp_path: Path):
    text = example.example()
    settings = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", text, flags=re.MULTILINE))
    assert settings.keys() == Settings.load(tmp_path).shown().keys()
    del settings["LABELMATE_HOME"]
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in settings.items()))
    assert Settings.load(tmp_path) == Settings.load(tmp_path / "empty").model_copy(update={"home": tmp_path})


def test_every_setting_says_what_it_is():
    for group in Settings.groups:
        assert about(group).keys() >= group.model_fields.keys()
        assert all(about(group).values())


def test_providers_name_only_settings_that_exist():
    named = {
        name
        for providers in load_providers().values()
        for provider in providers
        for name in provider.variables
    }
    assert named <= variables(Settings)


def test_every_kind_that_makes_something_ends_in_an_embedded_engine(tmp_path: Path):
    for kind in (ProviderKind.WORDS, ProviderKind.MUSIC, ProviderKind.VISUALS, ProviderKind.APPROVALS):
        assert load_providers()[kind][-1].variables == ()
        assert chain(kind, Settings.load(tmp_path))[-1].available


def test_a_key_puts_its_provider_before_the_embedded_one(tmp_path: Path):
    settings = Settings.load(tmp_path, pexels_api_key=SECRET)
    assert [each.name for each in chain(ProviderKind.VISUALS, settings)] == ["pexels", "local"]
    assert [each.name for each in chain(ProviderKind.VISUALS, Settings.load(tmp_path))] == ["local"]


def test_a_key_of_a_provider_that_is_not_built_yet_unlocks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Whatever is still to be built: the table says so here of one that is.
    pexels = load_providers()[ProviderKind.VISUALS][0].model_copy(update={"available": False})
    monkeypatch.setitem(load_providers(), ProviderKind.VISUALS, (pexels,))
    settings = Settings.load(tmp_path, pexels_api_key=SECRET)
    assert pexels.is_configured(settings)
    assert chain(ProviderKind.VISUALS, settings) == ()


def test_who_makes_what(tmp_path: Path):
    made_by = providers_in_use(Settings.load(tmp_path))
    assert (made_by["words"], made_by["music"]) == ("The embedded writer", "The embedded synthesis engine")
    assert providers_in_use(Settings.load(tmp_path, music_providers="one,two"))["music"] == "one, two"


def test_every_secret_variable_is_known():
    assert {
        "API_TOKEN",
        "CONSOLE_LOGINS",
        "XAI_API_KEY",
        "SPOTIPY_CLIENT_SECRET",
    } <= Settings.secret_variables()
    assert not {"BUDGET_DAILY_USD", "LABELMATE_HOME", "LLM_BASE_URL"} & Settings.secret_variables()


@pytest.mark.parametrize("given", ["ann", ":password-0", "ann:short", "ann:password-0,ann:password-1", ","])
def test_logins_that_let_nobody_or_anybody_in_are_refused(tmp_path: Path, given: str):
    (line,) = complaint(tmp_path, console_logins=given)
    assert line.startswith("CONSOLE_LOGINS=(hidden) is wrong: it must be alias:password")
