"""Errors, clocks and columns: what crosses processes and databases comes back as it was."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select

from storage import errors
from storage.clock import SeededClock, SystemClock, new_id, sub_seed
from storage.columns import Flag, Json, Number, Usd, UtcTime
from storage.database import open_engine
from storage.errors import ConfigurationError, LabelError

ALL_ERRORS = sorted(
    (each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LabelError)),
    key=lambda each: each.__name__,
)


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_survives_the_way_between_processes(kind: type[LabelError]):
    error = kind("Do this instead", retry_after_s=2.5, owner="a")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (str(back), back.fields) == ("Do this instead", {"retry_after_s": 2.5, "owner": "a"})
    assert kind.__doc__


def test_every_error_has_a_code_of_its_own_and_a_lawful_exit_code():
    assert len(ALL_ERRORS) > 15
    codes = [kind.code for kind in ALL_ERRORS]
    assert len(set(codes)) == len(codes)
    assert {kind.exit_code for kind in ALL_ERRORS} == {1, 2, 3, 4}
    transient = {kind.code for kind in ALL_ERRORS if kind.transient}
    assert transient == {
        "provider_unavailable", "budget_exceeded", "store_unavailable", "disk_full",
        "rate_limited", "llm_unavailable", "llm_timeout", "llm_budget_exceeded", "all_deployments_failed",
        "truncated_response", "malformed_response",
    }  # fmt: skip


def test_a_seeded_clock_repeats_and_its_ids_sort():
    first, second = SeededClock(3), SeededClock(3)
    assert [first.ulid() for _ in range(5)] == [second.ulid() for _ in range(5)]
    assert SeededClock(4).ulid() != SeededClock(3).ulid()
    assert first.now() >= datetime(2026, 1, 1, 0, 3, tzinfo=UTC)
    assert SystemClock().now().tzinfo is UTC
    assert new_id("cyc", SystemClock()).startswith("cyc_01")


def test_a_resumed_clock_is_later_and_draws_other_ids():
    clock = SeededClock(3)
    drawn = {clock.ulid() for _ in range(20)}
    later = clock.resumed(after=clock.now() + timedelta(days=1), drawn=8)
    assert later.now() > clock.now()
    assert not drawn & {later.ulid() for _ in range(20)}
    assert clock.resumed(after=datetime(2020, 1, 1, tzinfo=UTC), drawn=9).now().year == 2026


def test_sub_seeds_are_stable_and_apart():
    assert sub_seed(7, "drums", 2) == sub_seed(7, "drums", 2) < 2**63
    assert len({sub_seed(seed, part) for seed in range(50) for part in ("drums", "bass", "cover")}) == 150


@pytest.fixture
def values(engine: Engine):
    table = Table(
        "columns_under_test",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("at", UtcTime),
        Column("usd", Usd),
        Column("body", Json),
        Column("number", Number),
        Column("flag", Flag),
        sqlite_strict=True,
    )
    table.drop(engine, checkfirst=True)
    table.create(engine)
    yield table
    table.drop(engine)


def stored(engine: Engine, table: Table, **values: object):
    with engine.begin() as connection:
        connection.execute(table.delete())
        connection.execute(insert(table).values(id=1, **values))
        return connection.execute(select(table)).one()


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_times_come_back_as_aware_utc_to_the_microsecond(engine: Engine, values: Table, at: datetime):
    row = stored(engine, values, at=at)
    assert row.at == at
    assert row.at.utcoffset() == timedelta(0)


def test_times_sort_as_times_in_the_database(engine: Engine, values: Table):
    moments = [datetime(2026, 1, 1, 0, 0, 0, micro, tzinfo=UTC) for micro in (0, 1, 999_999)]
    with engine.begin() as connection:
        for number, at in enumerate(reversed(moments)):
            connection.execute(insert(values).values(id=number, at=at))
        assert list(connection.execute(select(values.c.at).order_by(values.c.at)).scalars()) == moments
        assert connection.execute(select(func.max(values.c.at))).scalar_one() == moments[-1]


def test_money_is_exact_and_sums_exactly(engine: Engine, values: Table):
    with engine.begin() as connection:
        for number in range(10):
            connection.execute(insert(values).values(id=number, usd=Decimal("0.1")))
        connection.execute(insert(values).values(id=99, usd=Decimal("0.000001")))
        assert connection.execute(select(func.sum(values.c.usd))).scalar_one() == Decimal("1.000001")
    assert stored(engine, values, usd=Decimal("9000000000.000001")).usd == Decimal("9000000000.000001")


def test_documents_numbers_and_flags_come_back(engine: Engine, values: Table):
    body = {"b": [1, None, {"ü": "東京"}], "a": True}
    row = stored(engine, values, body=body, number=0.1 + 0.2, flag=True)
    assert (row.body, row.number, bool(row.flag)) == (body, 0.1 + 0.2, True)
    empty = stored(engine, values)
    assert (empty.at, empty.usd, empty.body) == (None, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:sesame@host/x",  # pragma: allowlist secret
        "no address at all",
        "oracle://h",
    ],
)
def test_an_unknown_database_is_a_wrong_setting_that_keeps_its_password(url: str):
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as failure:
        open_engine(url)
    assert "sesame" not in str(failure.value)
