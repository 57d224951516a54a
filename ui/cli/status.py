"""`labelmate status`: how the label stands, whether it runs or not."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Group

from runtime.label import Label, RunRecord
from storage import queries
from storage.ledger import Caps
from storage.types import Frozen
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.session import shown_path, with_label
from ui.wording import moment


class Money(Frozen):
    """Charged or reserved, as text so that no cent is rounded away."""

    day_usd: str
    daily_cap_usd: str
    month_usd: str
    monthly_cap_usd: str


class Status(Frozen):
    """The label as a whole."""

    home: str
    label_id: str
    running: RunRecord | None
    stopped_at: datetime | None
    stopped_by: str | None
    artists: dict[str, int]
    cycles: dict[str, int]
    """Those that have not ended, by state."""
    undecided: int
    overdue: int
    open_error_groups: int
    money: Money


def status(
    *,
    is_check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if the label does not run, for health checks.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what is being made and what waits for you."""
    now = with_label(read_status)
    show(now, as_json=as_json, drawn=_drawn(now))
    if is_check and now.running is None:
        raise typer.Exit(1)


async def read_status(label: Label) -> Status:
    """Ask the store once."""
    caps = caps_of(label)
    told = await label.store.read(queries.label_status, caps=caps)
    return Status(
        home=str(label.settings.home),
        label_id=told.label.id,
        running=label.running,
        stopped_at=told.label.stopped_at,
        stopped_by=told.label.stopped_by,
        artists={str(state): count for state, count in told.artists.items()},
        cycles={str(state): count for state, count in told.cycles.items()},
        undecided=told.undecided,
        overdue=told.overdue,
        open_error_groups=told.open_error_groups,
        money=Money(
            day_usd=str(told.spent.day_usd),
            daily_cap_usd=str(caps.daily_usd),
            month_usd=str(told.spent.month_usd),
            monthly_cap_usd=str(caps.monthly_usd),
        ),
    )


def caps_of(label: Label) -> Caps:
    """The label's caps, from its settings."""
    return Caps(
        daily_usd=label.settings.budget_daily_usd,
        monthly_usd=label.settings.budget_monthly_usd,
        timezone=label.settings.label_timezone,
    )


def _drawn(now: Status) -> Group:
    return Group(
        Facts(
            {
                "label": _running(now),
                "home": shown_path(now.home),
                "stopped": f"since {moment(now.stopped_at)} by {now.stopped_by}; `labelmate stop --resume` allows spending again"
                if now.stopped_at
                else None,
                "artists": _counts(now.artists) or "none yet; `labelmate artist create` makes one",
                "songs": _counts(now.cycles)
                or "none in the making; `labelmate song make --artist NAME` asks for one",
                "waiting for you": _waiting(now),
                "parked": f"{now.cycles['parked']} need an operator; `labelmate cycle list --state parked`"
                if now.cycles.get("parked")
                else None,
                "faults": f"{now.open_error_groups} open; `labelmate error list`"
                if now.open_error_groups
                else None,
                "money": f"{now.money.day_usd} of {now.money.daily_cap_usd} USD today, "
                f"{now.money.month_usd} of {now.money.monthly_cap_usd} this month",
            }
        )
    )


def _running(now: Status) -> str:
    if now.running is None:
        return "not running; `labelmate up` starts it"
    dashboard = f", dashboard {now.running.dashboard_url}" if now.running.dashboard_url else ""
    return f"running, process {now.running.pid}, Ray at {now.running.address}{dashboard}"


def _waiting(now: Status) -> str | None:
    if not now.undecided:
        return None
    overdue = f", {now.overdue} overdue" if now.overdue else ""
    return f"{now.undecided} to decide{overdue}; `labelmate approval list`"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
