"""Steering one artist: its moves, its autopilot, and songs that people ask for."""

import math
from decimal import Decimal

from pydantic import ValidationError

from agents.transitions import Trigger, allowed_triggers
from storage import artists
from storage.errors import UsageError
from storage.types import Artist, AutopilotPolicy
from ui.console.markup import Markup
from ui.console.notices import attempt, said
from ui.console.reception import Reception
from ui.wishes import wish

DIGITS_MAX = 30
VERSION_DIGITS_MAX = 9
PEOPLES = (Trigger.PAUSE, Trigger.RESUME, Trigger.EVOLVE, Trigger.RETIRE)
"""Moves that people make; the others are the lifecycle's own."""

CONSEQUENCES = {
    Trigger.PAUSE: "It makes nothing until it is resumed; a song under way stops at its next step.",
    Trigger.RESUME: "It works again.",
    Trigger.EVOLVE: "Its next songs try other numbers, and are compared with those before.",
    Trigger.RETIRE: "Its career ends for ever; what it made stays.",
}


def moves(artist: Artist) -> tuple[Trigger, ...]:
    """What a person may do with an artist in its state."""
    allowed = allowed_triggers(artist.state)
    return tuple(trigger for trigger in PEOPLES if trigger in allowed)


class Steering:
    """Everything an artist's page does, apart from how it is shown."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def move(self, alias: str | None, name: str, trigger: str, reason: str) -> Markup:
        """Pause, resume, evolve or retire, with a reason."""

        async def act() -> Artist:
            if not reason.strip():
                raise UsageError("Say why: it is kept with the change")
            artist = await self._reception.store.read(artists.artist_by_name, name=name)
            desk = await self._reception.desk(alias)
            return await desk.artists.move(artist, Trigger(trigger), reason=reason.strip())

        moved, why = await attempt(act())
        return why if moved is None else said(f"{moved.persona.name} is {moved.state}.")

    async def set_autopilot(
        self, alias: str | None, name: str, policy: AutopilotPolicy | None, reason: str
    ) -> Markup:
        """On under a policy, or off."""

        async def act() -> Artist:
            artist = await self._reception.store.read(artists.artist_by_name, name=name)
            desk = await self._reception.desk(alias)
            return await desk.artists.set_autopilot(artist.id, policy, reason=reason.strip())

        thrown, why = await attempt(act())
        if thrown is None:
            return why
        return said(f"Autopilot of {thrown.persona.name} is {'on' if thrown.autopilot else 'off'}.")

    async def record_name_search(self, alias: str | None, name: str, version: str, found: str) -> Markup:
        """Somebody looked for others of the artist's name; `version` is the artist as it was shown."""

        async def act() -> Artist:
            shown = await self._as_shown(name, version)
            return await (await self._reception.desk(alias)).artists.record_name_search(shown, found)

        known, why = await attempt(act())
        return why if known is None else said(f"On record: {known.persona.name} may be released.")

    async def take_back_name_search(self, alias: str | None, name: str, version: str) -> Markup:
        """Nobody looked after all; `version` is the artist whose search was shown."""

        async def act() -> Artist:
            shown = await self._as_shown(name, version)
            return await (await self._reception.desk(alias)).artists.take_back_name_search(shown)

        known, why = await attempt(act())
        return why if known is None else said(f"Taken back: releases of {known.persona.name} wait again.")

    async def _as_shown(self, name: str, version: str) -> Artist:
        """The artist under the version that a page showed: the store compares it. Raises UsageError for none."""
        if not version.isdecimal() or len(version) > VERSION_DIGITS_MAX:
            raise UsageError("Load the page again: it shows nothing of this artist")
        artist = await self._reception.store.read(artists.artist_by_name, name=name)
        return artist.model_copy(update={"version": int(version)})

    async def ask_song(
        self, alias: str | None, name: str, theme: str, title: str, seconds: str, seed: str
    ) -> Markup:
        """Queue one song; what is left empty is the planner's to fill."""

        async def act() -> str:
            artist = await self._reception.store.read(artists.artist_by_name, name=name)
            desk = await self._reception.desk(alias)
            settings = await self._reception.settings()
            request = wish(
                seed=whole(seed) if seed.strip() else None,
                theme=theme,
                title=title,
                seconds=number(seconds) if seconds.strip() else None,
                formats=settings.video_aspects,
            )
            await desk.cycles.ask_song(artist.id, request)
            return artist.persona.name

        asked, why = await attempt(act())
        return why if asked is None else said(f"{asked} was asked for a song; it starts when there is room.")


def policy_of(
    min_score: float, per_week: float, rejections: float, errors: float, usd: float
) -> AutopilotPolicy:
    """A policy from a page's fields. Raises UsageError in a person's words."""
    try:
        return AutopilotPolicy(
            min_score=min_score,
            releases_per_week=whole(per_week),
            stop_after_rejections=whole(rejections),
            stop_after_errors=whole(errors),
            stop_at_usd=Decimal(str(usd or 0)),
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{str(first['loc'][0]).replace('_', ' ')}: {first['msg']}") from None


def number(text: str) -> float:
    """A number that somebody typed. Raises UsageError for what is none."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{text.strip()!r} is not a number") from None


def whole(number: float | str | None) -> int:
    """A count that somebody typed; text keeps digits that a float would round.

    Raises UsageError for one with a fraction, below 0, or none.
    """
    if isinstance(number, str) and number.strip().isdecimal() and len(number) <= DIGITS_MAX:
        return int(number)
    if (
        not isinstance(number, float | int)
        or not math.isfinite(number)
        or number < 0
        or int(number) != number
    ):
        raise UsageError(f"{number} is not a whole number from 0 up")
    return int(number)
