"""Which deployments can be asked now, and why one cannot: for `status` and `doctor --online`."""

import asyncio

from agents.llm.deployment import OFFLINE, Deployment
from agents.llm.router import Router
from storage.errors import LLMError
from storage.types import Frozen


class DeploymentHealth(Frozen):
    """One deployment as people are told of it."""

    name: str
    can_answer: bool
    why: str
    is_listed: bool = True
    """Whether the provider's own list names the model."""
    models: tuple[str, ...] = ()
    """What it lists, newest first; asking for it costs nothing."""


async def health_of(router: Router) -> tuple[DeploymentHealth, ...]:
    """Ask every deployment for its model list, all at once."""
    return tuple(await asyncio.gather(*(_health(router, one) for one in router.deployments)))


async def _health(router: Router, deployment: Deployment) -> DeploymentHealth:
    if deployment.provider == OFFLINE:
        return DeploymentHealth(name=OFFLINE, can_answer=True, why="always there, and asked last")
    disabled = router.why_disabled(deployment)
    if disabled is not None:
        return DeploymentHealth(name=deployment.name, can_answer=False, why=str(disabled))
    try:
        line = router.line(deployment)
        await line.ready()
        async with asyncio.timeout(router.catalogue.time_s):
            models = await line.models()
    except TimeoutError:
        return DeploymentHealth(name=deployment.name, can_answer=False, why="did not answer in time")
    except LLMError as error:
        return DeploymentHealth(name=deployment.name, can_answer=False, why=str(error))
    known = deployment.model == "auto" or deployment.model in models
    why = (
        "lists its model" if known else f"does not list {deployment.model}, which may be another name of one"
    )
    return DeploymentHealth(
        name=deployment.name,
        can_answer=bool(models) or not known,
        why=why,
        is_listed=known,
        models=models,
    )
