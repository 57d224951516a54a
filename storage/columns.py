"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import REAL, BigInteger, Boolean, DateTime, Dialect, Double, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

MICROS = Decimal(1_000_000)

Number = Double().with_variant(REAL(), "sqlite")
"""A 64-bit float: SQLite's STRICT tables know it as REAL, which on PostgreSQL would be half as wide."""
Sequence = BigInteger().with_variant(Integer(), "sqlite")
"""The key of an endless log: SQLite's rowid must be called INTEGER."""
Flag = Boolean().with_variant(Integer(), "sqlite")
"""True or false: SQLite's STRICT tables know no BOOLEAN."""


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time: TIMESTAMPTZ on PostgreSQL, sortable ISO 8601 text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None:
            return None
        value = value.astimezone(UTC)
        # A fixed width keeps text order equal to time order.
        return value if dialect.name == "postgresql" else value.isoformat(timespec="microseconds")

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        read = datetime.fromisoformat(str(value))
        # Early homes hold starts of cycles that were written without their zone, which was UTC.
        return read if read.tzinfo else read.replace(tzinfo=UTC)


class Usd(TypeDecorator[Decimal]):
    """US dollars as whole micro-dollars, so that sums are exact on both databases."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        # SQLite's STRICT tables know INTEGER alone; it is 64 bits wide there.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * MICROS).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        # SUM() of BIGINT is NUMERIC on PostgreSQL, hence the int().
        return None if value is None else Decimal(int(value)) / MICROS


class Json(TypeDecorator[object]):
    """A JSON document as text: SQLite's STRICT tables take no JSON type, and nothing queries inside one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else json.loads(value)
