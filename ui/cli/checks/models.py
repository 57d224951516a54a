"""Which hosted models can be asked, tried by asking each provider for its list, which costs nothing."""

import asyncio
from collections.abc import Iterator

from configs.settings import Settings
from ui.cli.checks import Check, Grade

NAMES_SHOWN = 3


def check_models(settings: Settings) -> Iterator[Check]:
    """One answer for each model that the settings name; none where the embedded writer is alone."""
    from agents.llm.deployment import OFFLINE

    for model in asyncio.run(_health(settings)):
        if model.name == OFFLINE:
            continue
        if not model.can_answer:
            yield Check(
                name=model.name,
                grade=Grade.WARNING,
                text=model.why,
                remedy="check its key, address and name; until then the next model writes, at last the embedded one",
            )
            continue
        newest = ", ".join(model.models[:NAMES_SHOWN])
        more = f" and {len(model.models) - NAMES_SHOWN} more" if len(model.models) > NAMES_SHOWN else ""
        grade = Grade.GOOD if model.is_listed else Grade.NOTE
        yield Check(name=model.name, grade=grade, text=f"{model.why} ({newest}{more})")


async def _health(settings: Settings):  # noqa: ANN202 - its type needs the router's modules
    from agents.llm.health import health_of
    from agents.llm.router import Router

    router = Router.from_settings(settings)
    try:
        return await health_of(router)
    finally:
        await router.close()
