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
    services = [each for kind in load_providers().values() for each in kind if name in each.variables]
    kinds = [kind for kind, all_ in load_providers().items() if any(name in each.variables for each in all_)]
    is_tried = ProviderKind.WORDS in kinds and (name != "LLM_API_KEY" or settings.llm_base_url is not None)
    is_tried = is_tried or any(each.name in settings.music_providers for each in services)
    tried = "" if not online else "; tried below" if is_tried else "; not checked in this version"
    if services and not any(each.available for each in services):
        titles = ", ".join(each.title for each in services)
        return Check(
            name=name, grade=Grade.NOTE, text=f"present, {titles}: this version does not use it yet{tried}"
        )
    return Check(name=name, grade=Grade.GOOD, text=f"present{tried}")


def _telegram(settings: Settings) -> Check:
    try:
        name = bot_name(settings)
    except ProviderError as error:
        grade = Grade.FATAL if isinstance(error, ProviderRefusedError) else Grade.WARNING
        what, _, remedy = str(error).partition("; ")
        return Check(name="TELEGRAM_BOT_TOKEN", grade=grade, text=what, remedy=remedy)
    return Check(name="TELEGRAM_BOT_TOKEN", grade=Grade.GOOD, text=f"works, it is @{name}")
