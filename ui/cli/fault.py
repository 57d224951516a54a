"""`labelmate error …`: faults, one line for each kind."""

from typing import Annotated

import typer
from rich.console import Group

from runtime.label import Label
from storage import faults
from storage.faults import ErrorGroup, ErrorReport, GroupStatus
from ui.cli import patch
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import Facts, show, show_rows, table
from ui.cli.session import with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="Faults by kind, and patches of labelmate's own code.")
Ref = Annotated[str, typer.Argument(metavar="FAULT", help="Fingerprint of a fault, or the beginning of it.")]


@app.command("list")
def list_faults(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Resolved and dismissed ones too.")] = False,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """Show kinds of faults, the latest first."""
    status = None if everything else GroupStatus.OPEN
    groups = with_label(lambda label: label.store.read(faults.list_groups, status=status, limit=limit))
    show_rows(
        "errors",
        groups,
        {
            "fault": lambda row: row.fingerprint,
            "what": lambda row: row.title,
            "kind": lambda row: row.code,
            "times": lambda row: str(row.count),
            "state": lambda row: row.status,
            "latest": lambda row: moment(row.last_at),
        },
        as_json=as_json,
        empty="No faults are open.",
    )


@app.command("show")
def show_fault(ref: Ref, *, as_json: Json = False) -> None:
    """Show one kind of fault: where it happened, and what was tried."""
    report = with_label(lambda label: label.store.read(faults.show_group, fingerprint=ref))
    show(report, as_json=as_json, drawn=_drawn(report))


@app.command()
def dismiss(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Hear no more of a fault: when it happens again it is counted in silence, and artists paused for it wait on."""
    _close(ref, GroupStatus.DISMISSED, who, as_json=as_json)


@app.command()
def resolve(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Call a fault mended: artists paused for it return, and if it happens again it is open and you are told."""
    _close(ref, GroupStatus.RESOLVED, who, as_json=as_json)


for command in (patch.mend, patch.diff, patch.apply, patch.revert, patch.discard):
    app.command()(command)


def _close(ref: str, status: GroupStatus, who: str | None, *, as_json: bool) -> None:
    async def close(label: Label) -> ErrorGroup:
        desk = at_desk(label, who)
        close_it = (
            desk.repairs.dismiss_fault if status is GroupStatus.DISMISSED else desk.repairs.resolve_fault
        )
        return await close_it(ref)

    group = with_label(close)
    show(group, as_json=as_json, drawn=f"{group.title} is {group.status}")


def _drawn(report: ErrorReport) -> Group:
    group = report.group
    latest = report.events[0] if report.events else None
    return Group(
        Facts(
            {
                "fault": f"{group.title} ({group.code}, {group.fingerprint})",
                "state": f"{group.status}{f' by {group.resolved_by}' if group.resolved_by else ''}",
                "times": f"{group.count}, from {moment(group.first_at)} to {moment(group.last_at)}",
                "latest": latest and latest.message,
                "where": latest and latest.trace,
            }
        ),
        table(
            report.events,
            {
                "when": lambda row: moment(row.at),
                "cycle": lambda row: row.cycle_id or "",
                "step": lambda row: row.step or "",
                "message": lambda row: row.message,
            },
        ),
        table(
            report.fixes,
            {
                "fix": lambda row: row.action,
                "ended": lambda row: row.status,
                "when": lambda row: moment(row.at),
                "why": lambda row: row.reason,
            },
        )
        if report.fixes
        else "",
    )
