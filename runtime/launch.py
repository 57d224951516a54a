"""What every process of a running label is told at its start; small, without secrets."""

from datetime import datetime
from pathlib import Path

from pydantic import Field

from configs.settings import Settings
from storage.clock import Clock, SeededClock, SystemClock
from storage.types import Frozen


class Launch(Frozen):
    """Where the label lives and how it was started. Keys stay in the home's `.env`, read by who needs them."""

    home: Path
    label_id: str
    overrides: dict[str, str | int | float | None] = Field(default_factory=dict)
    """Settings given on the command line, by attribute name."""
    clock_seed: int | None = None
    """A seeded demo has a clock of its own; None is the machine's."""
    build: str
    """Version and source hash: `up` replaces actors of another build."""
    started_at: datetime | None = None
    """When the running label's processes were started: code that was changed since is not in them."""
    demo_decides: bool = False
    """`labelmate demo` alone: a policy approves what the critic passed."""

    def settings(self) -> Settings:
        return Settings.load(self.home, **self.overrides)

    def clock(self) -> Clock:
        return SystemClock() if self.clock_seed is None else SeededClock(self.clock_seed)

    @property
    def namespace(self) -> str:
        """Ray's namespace of this label; explicit in every init and look-up."""
        return f"labelmate-{self.label_id}"
