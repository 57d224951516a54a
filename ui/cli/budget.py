"""`labelmate budget`: what was spent, and what may be."""

from storage import ledger
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.session import with_label
from ui.cli.status import caps_of


def budget(*, as_json: Json = False) -> None:
    """Show what was spent, and the caps."""
    spent = with_label(lambda label: label.store.read(ledger.spent, caps=caps_of(label)))
    caps = spent.caps
    drawn = Facts(
        {
            f"today, {spent.day}": f"{spent.day_usd} of {caps.daily_usd} USD (BUDGET_DAILY_USD)",
            f"month, {spent.month}": f"{spent.month_usd} of {caps.monthly_usd} USD (BUDGET_MONTHLY_USD)",
            "counted": f"what was charged and what is reserved; days begin at midnight in {caps.timezone}",
        }
    )
    show(spent, as_json=as_json, drawn=drawn)
