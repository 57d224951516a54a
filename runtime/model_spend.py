"""The spend ledger as the router sees it: every paid attempt reserved and settled in the label's own rows."""

from decimal import Decimal

from configs.settings import Settings
from storage import model_spend
from storage.errors import BudgetExceeded, BudgetExceededError
from storage.ledger import Caps
from storage.store import StoreClient
from storage.types import Frozen

LABEL = "label"
"""Who pays for words that no artist asked for."""


class Place(Frozen):
    """Where in an artist's work words are asked for."""

    artist_id: str = LABEL
    cycle_id: str | None = None
    revision: int = 0
    step: str | None = None


class SpendLedger:
    """Charges one step's attempts (agents/llm/ledger.py, `Ledger`)."""

    def __init__(self, store: StoreClient, place: Place, caps: Caps) -> None:
        self._store = store
        self._place = place
        self._caps = caps

    async def reserve(self, key: str, *, provider: str, worst_case_usd: Decimal) -> None:
        """Raises BudgetExceeded."""
        try:
            await self._store.write(
                model_spend.reserve_call,
                key=key,
                artist_id=self._place.artist_id,
                cycle_id=self._place.cycle_id,
                step=self._place.step,
                provider=provider,
                worst_case_usd=worst_case_usd,
                caps=self._caps,
            )
        except BudgetExceededError as error:
            raise BudgetExceeded(str(error), **error.fields) from error

    async def settle(self, key: str, *, cost_usd: Decimal) -> None:
        await self._store.write(model_spend.settle_call, key=key, cost_usd=cost_usd)

    async def keep(self, key: str) -> None:
        await self._store.write(model_spend.keep_call, key=key)


def caps_of(settings: Settings) -> Caps:
    """What may be spent, as people have set it."""
    return Caps(
        daily_usd=settings.budget_daily_usd,
        monthly_usd=settings.budget_monthly_usd,
        timezone=settings.label_timezone,
    )
