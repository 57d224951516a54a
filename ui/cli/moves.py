"""`labelmate artist accept|pause|resume|evolve|autopilot|retire`: what an artist may do from now on."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from agents.transitions import Trigger
from runtime.label import Label
from storage.types import Artist, AutopilotPolicy
from ui.cli.artist_account import autopilot_line
from ui.cli.options import ArtistName, Json, Who, at_desk
from ui.cli.output import show
from ui.cli.session import find_artist, with_label

Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the change.")]
POLICY = AutopilotPolicy()


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


def accept(name: ArtistName, *, who: Who = None, as_json: Json = False) -> None:
    """Take a new artist on: from now on the label follows its content plan. To ask it for a song does so too."""

    async def take_on(label: Label) -> Artist:
        return await at_desk(label, who).artists.accept(await find_artist(label, name))

    artist = with_label(take_on)
    drawn = f"{artist.persona.name} is taken on; `labelmate plan show {artist.slug}` tells what it makes when"
    show(artist, as_json=as_json, drawn=drawn)


def pause(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let an artist make nothing; a song under way stops at its next step."""
    _change(name, Trigger.PAUSE, reason, who, as_json=as_json)


def resume(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let a paused artist work again."""
    _change(name, Trigger.RESUME, reason, who, as_json=as_json)


def evolve(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let an artist try itself anew: its next songs are compared with those before."""
    _change(name, Trigger.EVOLVE, reason, who, as_json=as_json)


def autopilot(
    name: ArtistName,
    switch: Annotated[Switch, typer.Argument(help="on or off.")],
    *,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Critic's score from which it approves.")
    ] = POLICY.min_score,
    per_week: Annotated[
        int, typer.Option(min=0, help="Songs of this artist it may approve in seven days.")
    ] = POLICY.releases_per_week,
    stop_after_rejections: Annotated[
        int, typer.Option(min=1, help="Rejections by people after which it switches itself off.")
    ] = POLICY.stop_after_rejections,
    stop_after_errors: Annotated[
        int, typer.Option(min=1, help="Failed songs after which it switches itself off.")
    ] = POLICY.stop_after_errors,
    stop_at_usd: Annotated[
        float, typer.Option(min=0, help="US dollars spent at which it switches itself off; 0: never.")
    ] = float(POLICY.stop_at_usd),
    reason: Reason = "by a person",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Let an artist's good songs be approved without you, within limits; off for everybody at first."""
    policy = AutopilotPolicy(
        min_score=min_score,
        releases_per_week=per_week,
        stop_after_rejections=stop_after_rejections,
        stop_after_errors=stop_after_errors,
        stop_at_usd=Decimal(str(stop_at_usd)),
    )

    async def throw(label: Label) -> Artist:
        artist = await find_artist(label, name)
        wanted = policy if switch is Switch.ON else None
        return await at_desk(label, who).artists.set_autopilot(artist.id, wanted, reason=reason)

    artist = with_label(throw)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {autopilot_line(artist)}")


def retire(
    name: ArtistName,
    *,
    reason: Reason = "by a person",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """End an artist's career for ever; what it made stays."""
    if not yes:
        typer.confirm(f"Retire {name} for ever?", abort=True, err=True)
    _change(name, Trigger.RETIRE, reason, who, as_json=as_json)


def _change(name: str, trigger: Trigger, reason: str, who: str | None, *, as_json: bool) -> None:
    async def change(label: Label) -> Artist:
        return await at_desk(label, who).artists.move(await find_artist(label, name), trigger, reason=reason)

    artist = with_label(change)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name} is {artist.state}")
