"""The seam to the money: every paid attempt is reserved at its worst case and settled once."""

from decimal import Decimal
from typing import Protocol

from storage.errors import BudgetExceeded


class Ledger(Protocol):
    """Where attempts are charged; `key` is unique for each attempt."""

    async def reserve(self, key: str, *, provider: str, worst_case_usd: Decimal) -> None:
        """Set the worst case aside. Raises BudgetExceeded where a cap forbids it."""
        ...

    async def settle(self, key: str, *, cost_usd: Decimal) -> None:
        """Replace the reservation by what the attempt cost; 0 gives it back."""
        ...

    async def keep(self, key: str) -> None:
        """Nobody knows whether the provider charges for it: the reservation stays."""
        ...


class LocalLedger:
    """A cap over the calls of this process."""

    def __init__(self, cap_usd: Decimal) -> None:
        self.cap_usd = cap_usd
        self.entries: dict[str, Decimal] = {}
        """What each attempt is charged with."""
        self.kept: set[str] = set()

    @property
    def charged_usd(self) -> Decimal:
        return sum(self.entries.values(), Decimal(0))

    async def reserve(self, key: str, *, provider: str, worst_case_usd: Decimal) -> None:
        if self.charged_usd + worst_case_usd > self.cap_usd:
            raise BudgetExceeded(
                f"{provider} may cost {worst_case_usd} USD and {self.charged_usd} of {self.cap_usd} are taken; "
                "raise the cap, or ask for less"
            )
        self.entries[key] = worst_case_usd

    async def settle(self, key: str, *, cost_usd: Decimal) -> None:
        self.entries[key] = cost_usd

    async def keep(self, key: str) -> None:
        self.kept.add(key)
