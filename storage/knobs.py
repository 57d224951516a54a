"""Settings that people changed while the label ran: the values, and who changed what when."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from storage import events, tables
from storage.database import insert_absent
from storage.store import Tx, write
from storage.types import Frozen

V = tables.setting_values
U = tables.settings_audit


class Knob(Frozen):
    """One setting as it was turned."""

    name: str
    value: str
    who: str
    at: datetime


class KnobChange(Frozen):
    """One line of the audit; None stands for what `.env` and the defaults say."""

    seq: int
    name: str
    before: str | None
    after: str | None
    who: str
    at: datetime


@write
def turn_knob(tx: Tx, *, name: str, value: str | None, who: str) -> bool:
    """Set a value that was checked before (runtime/live.py), or give it back with None; says whether it changed."""
    now = tx.clock.now()
    before = tx.connection.execute(
        select(V.c.value).where(V.c.name == name).with_for_update()
    ).scalar_one_or_none()
    if before == value:
        return False
    if value is None:
        tx.connection.execute(delete(V).where(V.c.name == name))
    elif not insert_absent(tx.connection, V, name=name, value=value, who=who, at=now):
        tx.connection.execute(update(V).where(V.c.name == name).values(value=value, who=who, at=now))
    tx.connection.execute(insert(U).values(name=name, before=before, after=value, who=who, at=now))
    events.append(tx, "setting.changed", name=name, before=before, after=value, who=who)
    return True


def knobs(tx: Tx) -> list[Knob]:
    """Every setting that people changed, by name."""
    rows = tx.connection.execute(select(V).order_by(V.c.name)).mappings()
    return [Knob.model_validate(dict(row)) for row in rows]


def knob_changes(tx: Tx, *, limit: int = 100) -> list[KnobChange]:
    """What was changed, the latest first."""
    rows = tx.connection.execute(select(U).order_by(U.c.seq.desc()).limit(limit)).mappings()
    return [KnobChange.model_validate(dict(row)) for row in rows]
