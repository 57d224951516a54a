"""Whether those whom MUSIC_PROVIDERS names answer and take their keys, by calls that cost nothing."""

import asyncio
from collections.abc import Iterator

from configs.settings import Settings
from storage.errors import ConfigurationError, ProviderError, ProviderRefusedError
from ui.cli.checks import Check, Grade

PATIENCE_S = 20.0


def check_music(settings: Settings) -> Iterator[Check]:
    """A line for each; none where the embedded engine alone makes the music."""
    from agents.music.protocol import music_providers

    try:
        vendors = music_providers(settings)
    except ConfigurationError:  # told by the check of plug-ins
        return
    for vendor in vendors:
        name = f"music {vendor.name}"
        try:
            told = asyncio.run(asyncio.wait_for(vendor.check(), PATIENCE_S))
        except TimeoutError:
            yield Check(
                name=name,
                grade=Grade.WARNING,
                text=f"no answer in {PATIENCE_S:.0f} s",
                remedy="try again later",
            )
        except ProviderError as error:
            grade = Grade.FATAL if isinstance(error, ProviderRefusedError) else Grade.WARNING
            what, _, remedy = str(error).partition("; ")
            yield Check(name=name, grade=grade, text=what, remedy=remedy)
        else:
            yield Check(name=name, grade=Grade.GOOD, text=told)
