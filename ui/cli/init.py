"""`labelmate init`: the home and the keys."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from configs.names import variable
from configs.providers import Provider, ProviderKind, load_providers
from configs.settings import Settings, SettingsError
from runtime.label import read_run
from storage.home import open_home
from storage.types import Frozen
from ui.cli.dotenv_file import set_lines
from ui.cli.options import Json
from ui.cli.output import Facts, remark, show, sideline, table
from ui.cli.session import shown_path


class Offer(Frozen):
    """A service as it is offered to a person."""

    kind: str
    name: str
    title: str
    variables: tuple[str, ...]
    unlocks: str
    price: str
    is_used: bool
    """False where this version stores the key and does not use it yet."""
    is_set: bool
    is_asked: bool
    """Music is bought only from those that MUSIC_PROVIDERS names."""


class Initialised(Frozen):
    """What `init` left."""

    home: str
    env_file: str
    written: tuple[str, ...]
    """Variables, never their values."""
    services: tuple[Offer, ...]


def init(
    *,
    home: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder of the label; without it, LABELMATE_HOME.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: make the home, keep the keys as they are.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Choose the home and the keys, if there are any.

    Nothing needs a key. Each service is shown with what it unlocks, what it costs, and whether this version
    uses it yet. Keys are checked for their form and written to the home's .env, readable by you alone.
    """
    default = Settings.load(home).home
    place = (
        default if yes or home else Path(typer.prompt("Folder of the label", default=str(default), err=True))
    )
    settings = Settings.load(place)
    _make(settings)
    written: dict[str, str] = {}
    if not yes:
        written = _ask(settings)
        if written:
            set_lines(settings.home / ".env", written)
    done = Initialised(
        home=str(settings.home),
        env_file=str(settings.home / ".env"),
        written=tuple(written),
        services=tuple(_offers(Settings.load(settings.home))),
    )
    show(done, as_json=as_json, drawn=_drawn(done, is_usual=settings.home == Settings.load().home))


def _make(settings: Settings) -> None:
    """The home with its database; one that is in use is there already."""
    if read_run(settings.home) is None:
        open_home(settings.home, database_url=settings.database_url).close()


def _offers(settings: Settings) -> list[Offer]:
    return [
        Offer(
            kind=kind,
            name=provider.name,
            title=provider.title,
            variables=provider.variables,
            unlocks=provider.unlocks,
            price=provider.price,
            is_used=provider.available,
            is_set=bool(provider.variables) and provider.is_configured(settings),
            is_asked=kind is not ProviderKind.MUSIC or provider.name in settings.music_providers,
        )
        for kind, providers in load_providers().items()
        for provider in providers
    ]


def _ask(settings: Settings) -> dict[str, str]:
    """Which services, then a value for each of their variables."""
    offers = [offer for offer in _offers(settings) if offer.variables]
    sideline().print(
        table(
            offers,
            {
                "service": lambda offer: offer.name,
                "unlocks": lambda offer: offer.unlocks,
                "costs": lambda offer: offer.price,
                "in this version": lambda offer: "used" if offer.is_used else "stored, not used yet",
                "": lambda offer: "set" if offer.is_set else "",
            },
        )
    )
    remark(
        "Everything works without them: words, music, covers and videos come from engines that are part of labelmate."
    )
    providers = {
        provider.name: provider
        for each in load_providers().values()
        for provider in each
        if provider.variables
    }
    chosen: list[Provider] = []
    while True:
        words = typer.prompt("Services you have a key for, separated by commas", default="none", err=True)
        names = [
            word.strip().lower() for word in words.split(",") if word.strip().lower() not in ("", "none")
        ]
        unknown = [name for name in names if name not in providers]
        if not unknown:
            chosen = [providers[name] for name in dict.fromkeys(names)]
            break
        near = difflib.get_close_matches(unknown[0], providers, n=1)
        remark(
            f"There is no service {unknown[0]!r}"
            + (f"; did you mean {near[0]}?" if near else "; the table names them")
        )
    values: dict[str, str] = {}
    for provider in chosen:
        for name in provider.variables:
            values |= _ask_value(settings, provider, name, values)
    return values


def _ask_value(settings: Settings, provider: Provider, name: str, given: dict[str, str]) -> dict[str, str]:
    """One value in its right form; Enter leaves what is there."""
    field = next(field for field in Settings.model_fields if variable(Settings, field) == name)
    is_secret = "SecretStr" in str(Settings.model_fields[field].annotation)  # pragma: allowlist secret
    kept = "keep it" if settings.shown()[name] else "leave it out"
    while True:
        value = typer.prompt(
            f"{name} for {provider.title} (Enter: {kept})",
            default="",
            show_default=False,
            hide_input=is_secret,
            err=True,
        ).strip()
        if not value:
            return {}
        try:
            Settings.load(settings.home, **_by_field(given), **{field: value})
        except SettingsError as error:
            for line in error.lines:
                remark(line)
        else:
            return {name: value}


def _by_field(given: dict[str, str]) -> dict[str, str]:
    return {
        field: given[variable(Settings, field)]
        for field in Settings.model_fields
        if variable(Settings, field) in given
    }


def _drawn(done: Initialised, *, is_usual: bool):  # noqa: ANN202 - something rich can print
    usable = [offer for offer in done.services if offer.is_set and offer.is_used]
    used = [offer.title for offer in usable if offer.is_asked]
    ready = [
        f"{offer.title}: MUSIC_PROVIDERS={offer.name} buys there" for offer in usable if not offer.is_asked
    ]
    stored = [offer.title for offer in done.services if offer.is_set and not offer.is_used]
    return Facts(
        {
            "home": shown_path(done.home),
            "written": f"{', '.join(done.written)} to {shown_path(done.env_file)}" if done.written else None,
            "in use": ", ".join(used) or None,
            "ready": "; ".join(ready) or None,
            "stored": f"{', '.join(stored)}; this version does not use them yet" if stored else None,
            "made by": "engines that are part of labelmate: words, music, covers, videos; free, no network",
            "remember": None if is_usual else f"export LABELMATE_HOME={done.home}",
            "next": "`labelmate artist create`, then `labelmate up`",
        }
    )
