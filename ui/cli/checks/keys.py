"""Which keys are there, one line each; with --online, whether those that can be tried cheaply work."""

from collections.abc import Iterator

from configs.names import variable
from configs.providers import ProviderKind, load_providers
from configs.settings import Settings
from storage.errors import ProviderError, ProviderRefusedError
from ui.cli.checks import Check, Grade
from ui.telegram_account import bot_name

OURS = frozenset({"CONSOLE_LOGINS", "API_TOKEN"})
"""Not a vendor's: they open this label's own doors."""


def check_keys(settings: Settings, *, online: bool) -> Iterator[Check]:
    """One answer for each key that is set; none is needed."""
    shown = settings.shown()
    names = [variable(settings, field) for field in type(settings).model_fields]
    secret = type(settings).secret_variables()
    present = [name for name in names if name in secret and shown[name]]
    if not present:
        yield Check(name="keys", grade=Grade.GOOD, text="none, and none is needed")
    for name in present:
        yield _check(name, settings, online=online)


def _check(name: str, settings: Settings, *, online: bool) -> Check:
    if name in OURS:
        return Check(name=name, grade=Grade.GOOD, text="set: console and API ask for it")
    if online and name == "TELEGRAM_BOT_TOKEN":
        return _telegram(settings)
    return Check(name=name, grade=Grade.GOOD, text=f"present{_tried(name, settings) if online else ''}")


def _tried(name: str, settings: Settings) -> str:
    """What becomes of a key when keys are tried; one that nothing would use is not worth a call."""
    used_by = {
        ProviderKind.MUSIC: ("MUSIC_PROVIDERS", settings.music_providers),
        ProviderKind.TRENDS: ("TREND_SOURCES", settings.trend_sources),
    }
    if name == "LLM_API_KEY":
        return "; tried below" if settings.llm_base_url else "; not tried: LLM_BASE_URL is not set"
    for kind, services in load_providers().items():
        for each in services:
            if name not in each.variables:
                continue
            setting, chosen = used_by.get(kind, ("", ()))
            if setting and each.name not in chosen:
                return f"; not tried: {setting} does not name {each.name}"
            return "; tried below"
    return ""


def _telegram(settings: Settings) -> Check:
    try:
        name = bot_name(settings)
    except ProviderError as error:
        grade = Grade.FATAL if isinstance(error, ProviderRefusedError) else Grade.WARNING
        what, _, remedy = str(error).partition("; ")
        return Check(name="TELEGRAM_BOT_TOKEN", grade=grade, text=what, remedy=remedy)
    return Check(name="TELEGRAM_BOT_TOKEN", grade=Grade.GOOD, text=f"works, it is @{name}")
