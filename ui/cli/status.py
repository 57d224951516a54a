"""`labelmate status`: how the label stands, whether it runs or not."""

from typing import Annotated

import typer
from rich.console import Group

from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.session import shown_path, with_label
from ui.standing import Status, read_status
from ui.wording import model_line, moment


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


def _drawn(now: Status) -> Group:
    return Group(
        Facts(
            {
                "label": _running(now),
                **_surfaces(now),
                "home": shown_path(now.home),
                "stopped": f"since {moment(now.stopped_at)} by {now.stopped_by}; `labelmate stop --resume` allows spending again"
                if now.stopped_at
                else None,
                "artists": _counts(now.artists) or "none yet; `labelmate artist create` makes one",
                "songs": _counts(now.cycles)
                or "none in the making; `labelmate song make --artist NAME` asks for one",
                "waiting for you": _waiting(now),
                "names to search": "\n".join(
                    f"{each.name}: {each.wait}; `labelmate artist searched {each.slug} --found …`"
                    for each in now.names_to_search
                )
                or None,
                "to take on": "\n".join(
                    f"{each.name}, {each.genre}; `labelmate artist accept {each.slug}`"
                    for each in now.newcomers
                )
                or None,
                "parked": f"{now.cycles['parked']} need an operator; `labelmate cycle list --state parked`"
                if now.cycles.get("parked")
                else None,
                "faults": f"{now.open_error_groups} open; `labelmate error list`"
                if now.open_error_groups
                else None,
                "money": f"{now.money.day_usd} of {now.money.daily_cap_usd} USD today, "
                f"{now.money.month_usd} of {now.money.monthly_cap_usd} this month",
                "made by": ", ".join(f"{kind}: {name}" for kind, name in now.providers.items()),
                "models": "\n".join(f"{each.name} {model_line(each)}" for each in now.models) or None,
            }
        )
    )


def _running(now: Status) -> str:
    if now.running is None:
        return "not running; `labelmate up` starts it"
    dashboard = f", dashboard {now.running.dashboard_url}" if now.running.dashboard_url else ""
    return f"running, process {now.running.pid}, Ray at {now.running.address}{dashboard}"


def _surfaces(now: Status) -> dict[str, str]:
    surfaces = now.running.surfaces if now.running else None
    return {each.name: each.trouble or each.address or "starting" for each in surfaces or ()}


def _waiting(now: Status) -> str | None:
    if not now.undecided:
        return None
    overdue = f", {now.overdue} overdue" if now.overdue else ""
    return f"{now.undecided} to decide{overdue}; `labelmate approval list`"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
