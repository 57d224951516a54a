"""The deployments that the settings name: models by task first, then every provider whose key is set.

Somebody else's provider comes in by the entry-point group `labelmate.llm`: the entry is called with the settings and
returns its deployments, under its own name and with an address; none where its keys are not set.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from pydantic import SecretStr

from agents.llm.deployment import AUTO, OFFLINE, Deployment
from agents.llm.routed import Manner, RoutedWriter
from agents.llm.router import Router
from agents.redaction import redact
from configs.providers import ProviderKind, chain, words_provider
from configs.settings import Settings
from storage.errors import ConfigurationError

GROUP = "labelmate.llm"
LOCAL = "local"
FEEDBACK_DEADLINE_S = 15.0
log = logging.getLogger(__name__)


def deployments_of(settings: Settings) -> tuple[Deployment, ...]:
    """Hosted and local deployments in the order of asking; none where no key is set."""
    reflecting = (settings.reflection_llm_primary, *settings.reflection_llm_fallbacks)
    analysing = (settings.error_analysis_llm_primary, *settings.error_analysis_llm_fallbacks)
    mending = (settings.engineer_llm_primary, *settings.engineer_llm_fallbacks)
    plugged = _plugged(settings)
    named = (
        *((name, ("lyrics",)) for name in settings.lyrics_llm_models),
        *((name, ("reflection", "critique", "feedback")) for name in reflecting if name),
        *((name, ("error_analysis",)) for name in analysing if name),
        *((name, ("engineer",)) for name in mending if name),
        *((name, ()) for name in settings.llm_models),
    )
    found = [_named(name, tasks, settings, plugged) for name, tasks in named]
    deployments = [one for one in found if one is not None]
    chosen = {one.provider for one in deployments if not one.tasks}
    deployments += [
        _deployment(provider.name, AUTO, (), settings)
        for provider in chain(ProviderKind.WORDS, settings)
        if provider.name != OFFLINE and provider.name not in chosen
    ]
    deployments += [one for provider, own in plugged.items() if provider not in chosen for one in own]
    return tuple(deployments)


def _plugged(settings: Settings) -> dict[str, tuple[Deployment, ...]]:
    """What other packages bring, by the name of their entry; one that fails is left out with a warning."""
    brought: dict[str, tuple[Deployment, ...]] = {}
    for entry in _entries():
        try:
            factory: Callable[[Settings], Sequence[Deployment]] = entry.load()
            own = tuple(_checked(one, entry.name) for one in factory(settings))
        except Exception as error:  # noqa: BLE001 - somebody else's code: whatever it raises must not end a song
            told = redact(f"{type(error).__name__}: {error}")
            log.warning("settings: the package of %s:%s is left out: %s", GROUP, entry.name, told)
            continue
        if entry.name in brought:
            log.warning("settings: two packages bring %s:%s; the first one counts", GROUP, entry.name)
            continue
        brought[entry.name] = own
    return brought


def _checked(brought: object, name: str) -> Deployment:
    if not (isinstance(brought, Deployment) and brought.provider == name and brought.base_url):
        raise ConfigurationError(f"each must be a Deployment of the provider {name!r} with a base_url")
    return brought


@cache
def _entries() -> tuple[EntryPoint, ...]:
    """Installed once for a process's life; a built-in's name is taken."""
    return tuple(entry for entry in entry_points(group=GROUP) if words_provider(entry.name) is None)


def _named(
    name: str, tasks: tuple[str, ...], settings: Settings, plugged: dict[str, tuple[Deployment, ...]]
) -> Deployment | None:
    """A model that the settings name; None, and a warning, where it cannot be asked."""
    provider, _, model = name.partition(":")
    if plugged.get(provider):
        known_as = next((one for one in plugged[provider] if one.model == model), None)
        if known_as is not None:
            return known_as.model_copy(update={"tasks": tasks or known_as.tasks})
        # Of a model that the package does not bring, only the way to it is known.
        way = plugged[provider][0]
        return Deployment(
            provider=provider,
            model=model,
            base_url=way.base_url,
            api_key=way.api_key,
            wire=way.wire,
            tasks=tasks,
        )
    known = words_provider(provider)
    if known is None or provider == OFFLINE:
        log.warning("settings: %s is left out: there is no provider of words called %s", name, provider)
        return None
    if not known.is_configured(settings):
        log.warning("settings: %s is left out: set %s", name, ", ".join(known.variables))
        return None
    return _deployment(provider, model, tasks, settings)


def _deployment(provider: str, model: str, tasks: tuple[str, ...], settings: Settings) -> Deployment:
    keys: dict[str, SecretStr | None] = {
        "openai": settings.openai_api_key,
        "anthropic": settings.anthropic_api_key,
        "deepseek": settings.deepseek_api_key,
        "gemini": settings.gemini_api_key,
        "grok": settings.grok_api_key,
        "mistral": settings.mistral_api_key,
        LOCAL: settings.llm_api_key,
    }
    return Deployment(
        provider=provider,
        model=model,
        base_url=settings.llm_base_url if provider == LOCAL else None,
        api_key=keys[provider],
        tasks=tasks,
        max_tokens=settings.llm_max_tokens,
        timeout_s=settings.llm_deadline_s,
    )


def has_models(settings: Settings) -> bool:
    """Whether words are to come from a model, so that the embedded writer's are only a stand-in's."""
    return bool(deployments_of(settings))


def routed(router: Router, settings: Settings, *, may_fall_back: bool = True) -> RoutedWriter:
    """A writer in the manner that the settings ask for."""
    reflecting = Manner(settings.reflection_max_tokens, settings.reflection_temperature)
    # The critic's own sentences stand at once where no model is there to phrase them.
    phrasing = replace(reflecting, deadline_s=min(FEEDBACK_DEADLINE_S, settings.llm_deadline_s))
    return RoutedWriter(
        router,
        deadline_s=settings.llm_deadline_s,
        manners={
            "reflection": reflecting,
            "critique": reflecting,
            "feedback": phrasing,
            "error_analysis": Manner(
                settings.error_analysis_llm_max_tokens, settings.error_analysis_llm_temperature
            ),
            "engineer": Manner(settings.engineer_llm_max_tokens, settings.engineer_llm_temperature),
        },
        may_fall_back=may_fall_back,
    )
