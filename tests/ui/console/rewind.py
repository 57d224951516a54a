"""Putting a test's home back: every question open again, the label running, every setting as in `.env`."""

from storage import tables
from storage.store import Tx, write

OPEN = {
    "status": "pending", "later_until": None, "outcome": None, "take": None, "decided_by": None, "who": None,
    "surface": None, "why": None, "redo": None, "edits": None, "decided_at": None, "effective_at": None,
}  # fmt: skip


@write
def rewind(tx: Tx) -> None:
    connection = tx.connection
    connection.execute(tables.approvals.update().values(**OPEN))
    connection.execute(tables.decisions.delete())
    connection.execute(tables.label.update().values(stopped_at=None, stopped_by=None))
    connection.execute(tables.setting_values.delete())
