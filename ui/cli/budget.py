"""`labelmate budget`: what was spent, and what may be."""

from runtime.label import Label
from storage import ledger
from storage.ledger import Spent
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.session import with_label
from ui.standing import caps_in_force


def budget(*, as_json: Json = False) -> None:
    """Show what was spent, and the caps."""

    async def read(label: Label) -> Spent:
        return await label.store.read(ledger.spent, caps=await caps_in_force(label))

    spent = with_label(read)
    caps = spent.caps
    drawn = Facts(
        {
            f"today, {spent.day}": f"{spent.day_usd} of {caps.daily_usd} USD (BUDGET_DAILY_USD)",
            f"month, {spent.month}": f"{spent.month_usd} of {caps.monthly_usd} USD (BUDGET_MONTHLY_USD)",
            "counted": f"what was charged and what is reserved; days begin at midnight in {caps.timezone}",
        }
    )
    show(spent, as_json=as_json, drawn=drawn)
