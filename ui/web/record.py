"""What a running console leaves in its home, so that whoever started it knows where it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.types import Frozen

CONSOLE_FILE = "console.json"


class ConsoleRecord(Frozen):
    """A console's process and address."""

    pid: int
    address: str


def read_console(home: Path) -> ConsoleRecord | None:
    """What the last console of a home wrote; whoever reads it knows which process it has to be."""
    try:
        return ConsoleRecord.model_validate_json((home / CONSOLE_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return None


@contextmanager
def recorded(home: Path, address: str) -> Iterator[None]:
    """Leave a record for as long as this process serves."""
    record, part = home / CONSOLE_FILE, home / f"{CONSOLE_FILE}.part"
    part.write_text(ConsoleRecord(pid=os.getpid(), address=address).model_dump_json())
    part.rename(record)
    try:
        yield
    finally:
        record.unlink(missing_ok=True)
