"""The one message a day: what waits, what was decided, what is wrong. Nothing to say, no message."""

from datetime import timedelta

from storage import approval_rows, queries
from storage.approval_rows import Approval
from storage.types import CycleState, Outcome
from ui.standing import caps_in_force
from ui.telegram.markup import bold, clip, paragraphs, plain
from ui.telegram.office import Office
from ui.wording import age

DAY = timedelta(days=1)
LISTED = 10
NAMED = 5
LOOKED_AT = 500


async def digest(office: Office) -> str | None:
    """The day's message as HTML."""
    status = await office.store.read(queries.label_status, caps=await caps_in_force(office.label))
    waiting = await office.store.read(approval_rows.pending_approvals, limit=LISTED)
    lines: list[str] = []
    if status.undecided:
        overdue = f", {status.overdue} overdue" if status.overdue else ""
        lines.append(f"🎧 {status.undecided} wait for a decision{overdue} (/pending)")
        lines += [_waiting(office, asked) for asked in waiting]
        lines += (
            [f"  … and {status.undecided - len(waiting)} more"] if status.undecided > len(waiting) else []
        )
    lines += await _decided(office)
    if names := status.names_to_search:
        told = ", ".join(plain(each.name) for each in names[:NAMED])
        lines.append(f"🔎 First releases wait for a search of the name: {told} (/artist)")
    if status.newcomers:
        told = ", ".join(plain(each.name) for each in status.newcomers[:NAMED])
        lines.append(f"👋 Artists wait to be taken on: {told} (/artist)")
    if parked := status.cycles.get(CycleState.PARKED):
        lines.append(f"🅿️ {parked} parked: they need an operator (labelmate cycle list --state parked)")
    if status.open_error_groups:
        lines.append(f"🛠 {status.open_error_groups} kinds of faults are open (labelmate error list)")
    if status.is_stopped:
        lines.append(f"⏹ Spending is stopped by {plain(status.label.stopped_by)} (/resume)")
    if not lines:
        return None
    spent = status.spent
    lines.append(f"💸 {spent.day_usd} of {spent.caps.daily_usd} USD today, {spent.month_usd} this month")
    return paragraphs([bold("The day at the label"), *lines])


async def _decided(office: Office) -> list[str]:
    since = office.tempo.now() - DAY
    latest = await office.store.read(approval_rows.decided_approvals, limit=LOOKED_AT)
    outcomes = [each.outcome for each in latest if each.decided_at is not None and each.decided_at >= since]
    counts = {outcome: outcomes.count(outcome) for outcome in (Outcome.APPROVED, Outcome.REJECTED)}
    told = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return [f"🗳 Since yesterday: {', '.join(told)}"] if told else []


def _waiting(office: Office, asked: Approval) -> str:
    since = age((office.tempo.now() - asked.asked_at).total_seconds())
    return f"  • {plain(clip(asked.title, 60))} by {plain(clip(asked.artist_name, 40))}, {since}"
