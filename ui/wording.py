"""Times, spans and money as people say them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a database's modules, for a word about one of its rows
    from storage.evolutions import Evolution
    from storage.model_health import ModelRecord


def age(seconds: float) -> str:
    """A length of time in its two largest units, such as `3 d 4 h`."""
    left = int(max(0, seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        if left >= size or (unit == "s" and not parts):
            parts.append(f"{left // size} {unit}")
            left %= size
        elif parts:
            break
    return " ".join(parts[:2])


def usd(amount: Decimal) -> str:
    """Money for people: `free`, or US dollars to the cent, or finer below one."""
    if not amount:
        return "free"
    return f"{amount:.2f} USD" if amount >= Decimal("0.01") else f"{amount.normalize():f} USD"


def moment(at: datetime | None) -> str:
    """A time on this machine's clock face."""
    return "" if at is None else at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def printable(words: str) -> str:
    """Somebody else's text for a terminal: nothing in it moves the cursor or changes the colours."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in words
    )


def size(size_bytes: int) -> str:
    """A file's size in the unit people would use."""
    amount = float(size_bytes)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def model_line(seen: "ModelRecord") -> str:
    """How a hosted model does: whether it answers, how fast, and why not."""
    attempts = seen.answered + seen.failed
    speed = f", {seen.latency_s:.1f} s on average" if seen.latency_s is not None else ""
    if seen.answers:
        return f"answered {seen.answered} of {attempts} attempts{speed}"
    return f"failed at {moment(seen.last_at)}: {seen.said}"


def trial_line(row: "Evolution") -> str:
    """How the songs after a change do beside those before it; once it has ended, its reason tells."""
    return row.why or (
        f"{row.approved} of {row.decided} approved, {row.before_approved} of {row.before_decided} before"
    )
