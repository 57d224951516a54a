"""Whether those who make music, lend footage, tell of trends or count listeners answer and take their keys, by calls that cost nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from configs.settings import Settings
from storage.errors import ConfigurationError, ProviderError, ProviderRefusedError
from ui.cli.checks import Check, Grade

PATIENCE_S = 20.0


def check_music(settings: Settings) -> Iterator[Check]:
    """A line for each whom MUSIC_PROVIDERS names; none where the embedded engine alone makes the music."""
    from agents.music.protocol import music_providers

    try:
        vendors = music_providers(settings)
    except ConfigurationError:  # told by the check of plug-ins
        return
    for vendor in vendors:
        yield _asked(f"music {vendor.name}", vendor.check, refused=Grade.FATAL)


def check_footage(settings: Settings) -> Iterator[Check]:
    """A line for each whose key is set. Without them videos are drawn, so none is needed."""
    from agents.visuals.footage.protocol import footage_providers

    for lender in footage_providers(settings):
        yield _asked(f"footage {lender.name}", lender.check, refused=Grade.WARNING)


def check_trends(settings: Settings) -> Iterator[Check]:
    """A line for each whom TREND_SOURCES names. Songs are planned without them too, so none is needed."""
    from agents.trends.protocol import WORLD, TrendSource, trend_sources

    async def reading(source: TrendSource) -> str:
        country = settings.trend_countries[0] if source.by_country else WORLD
        return f"works, {len(await source.read(country, datetime.now(UTC)))} entries"

    try:
        sources = trend_sources(settings)
    except ConfigurationError as error:
        yield Check(
            name="trends", grade=Grade.WARNING, text=str(error), remedy="set its key, or change TREND_SOURCES"
        )
        return
    for source in sources:
        name = f"trends {source.name}"
        if source.price_usd == 0:
            yield _asked(name, partial(reading, source), refused=Grade.WARNING)
        else:
            yield Check(name=name, grade=Grade.NOTE, text="not tried: each of its calls costs money")


def check_listeners(settings: Settings) -> Iterator[Check]:
    """A line for each service of listeners' numbers whose key is set; none is needed."""
    from agents.audience.protocol import AudienceSource, audience_sources

    async def reading(source: AudienceSource) -> str:
        return "works" if await source.read((source.known,)) else "answers, and knows no song"

    for source in audience_sources(settings):
        yield _asked(f"listeners {source.name}", partial(reading, source), refused=Grade.WARNING)


def _asked(name: str, check: Callable[[], Awaitable[str]], *, refused: Grade) -> Check:
    try:
        told = asyncio.run(asyncio.wait_for(check(), PATIENCE_S))
    except TimeoutError:
        return Check(
            name=name,
            grade=Grade.WARNING,
            text=f"no answer in {PATIENCE_S:.0f} s",
            remedy="try again later",
        )
    except ProviderError as error:
        grade = refused if isinstance(error, ProviderRefusedError) else Grade.WARNING
        what, _, remedy = str(error).partition("; ")
        return Check(name=name, grade=grade, text=what, remedy=remedy)
    return Check(name=name, grade=Grade.GOOD, text=told)
