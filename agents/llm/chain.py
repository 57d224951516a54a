"""The deployments that the settings name: models by task first, then every provider whose key is set."""

import logging

from pydantic import SecretStr

from agents.llm.deployment import AUTO, OFFLINE, Deployment
from agents.llm.routed import Manner, RoutedWriter
from agents.llm.router import Router
from configs.providers import ProviderKind, chain, words_provider
from configs.settings import Settings

LOCAL = "local"
log = logging.getLogger(__name__)


def deployments_of(settings: Settings) -> tuple[Deployment, ...]:
    """Hosted and local deployments in the order of asking; none where no key is set."""
    reflecting = (settings.reflection_llm_primary, *settings.reflection_llm_fallbacks)
    named = (
        *((name, ("lyrics",)) for name in settings.lyrics_llm_models),
        *((name, ("reflection", "critique")) for name in reflecting if name),
        *((name, ()) for name in settings.llm_models),
    )
    found = [_named(name, tasks, settings) for name, tasks in named]
    deployments = [one for one in found if one is not None]
    chosen = {one.provider for one in deployments if not one.tasks}
    deployments += [
        _deployment(provider.name, AUTO, (), settings)
        for provider in chain(ProviderKind.WORDS, settings)
        if provider.name != OFFLINE and provider.name not in chosen
    ]
    return tuple(deployments)


def _named(name: str, tasks: tuple[str, ...], settings: Settings) -> Deployment | None:
    """A model that the settings name; None, and a warning, where it cannot be asked."""
    provider, _, model = name.partition(":")
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
    return RoutedWriter(
        router,
        deadline_s=settings.llm_deadline_s,
        manners={"reflection": reflecting, "critique": reflecting},
        may_fall_back=may_fall_back,
    )
