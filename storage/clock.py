"""Time, identifiers and random streams: the three things that would make two runs differ.

Nothing else in labelmate reads the wall clock for what it records, makes an id, or draws a number.
Leases alone use the database's clock, because owners on different machines must agree on it.
"""

import hashlib
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ulid import ULID


def sub_seed(seed: int, *names: str | int) -> int:
    """An independent 63-bit seed for one named part of the work, so that parts do not disturb each other."""
    text = "/".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def ulid(self) -> str:
        return str(ULID())

    def mark(self) -> object:
        """Where the ids are, for `rewind`."""
        return None

    def rewind(self, mark: object) -> None:
        """Draw the same ids again, for work that was undone."""


@dataclass
class SeededClock:
    """A clock that starts at a moment fixed by the seed and advances with real elapsed time.

    Ids drawn from it repeat for the same seed and order of calls.
    """

    seed: int
    _started_s: float = field(default_factory=time.monotonic)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(sub_seed(self.seed, "ulid"))
        self._epoch = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.seed % 500_000)

    def resumed(self, *, after: datetime, drawn: int) -> "SeededClock":
        """The clock of a later process on the same home: after what was recorded, and with ids of its own.

        `drawn` is any number that has grown since the last process, such as the last event's.
        """
        later = SeededClock(self.seed)
        later._epoch = max(after, self._epoch)
        later._random = random.Random(sub_seed(self.seed, "ulid", drawn))
        return later

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=time.monotonic() - self._started_s)

    def ulid(self) -> str:
        stamp_ms = int(self._epoch.timestamp() * 1000)
        return str(ULID(stamp_ms.to_bytes(6) + self._random.randbytes(10)))

    def mark(self) -> object:
        return self._random.getstate()

    def rewind(self, mark: object) -> None:
        self._random.setstate(mark)  # type: ignore[arg-type] # its own state, as `mark` gave it


Clock = SystemClock | SeededClock


def new_id(kind: str, clock: Clock) -> str:
    """A sortable identifier such as `cyc_01J…`."""
    return f"{kind}_{clock.ulid().lower()}"
