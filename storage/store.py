"""The store: every write of the label, in groups, each exactly once.

A write is a plain function `op(tx, **arguments) -> result` marked with `@write`; a query is the same
without the mark. Callers hand the function itself to a `StoreClient`, so both are typed and found by
"go to definition". One thread owns the connection. Writes that arrive together share one COMMIT, and
one that fails does not touch the others; a write is acknowledged only after that COMMIT.

Every write carries a `write_id`. A repeat, after a lost acknowledgement, returns the stored result.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from typing import Concatenate, ParamSpec, Protocol, TypeVar, get_type_hints
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, bindparam, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from storage import tables
from storage.clock import Clock
from storage.database import database_clock
from storage.errors import ConflictError, DiskFullError, LabelError, StorageError, StoreUnavailableError

P = ParamSpec("P")
T = TypeVar("T")
GROUP_MAX = 64


@dataclass(frozen=True)
class Tx:
    """What an operation works with: the open transaction and the recorded clock."""

    connection: Connection
    clock: Clock


_WRITES: set[Callable[..., object]] = set()


def write(op: Callable[Concatenate[Tx, P], T]) -> Callable[Concatenate[Tx, P], T]:
    """Mark a function as a write; its return annotation tells how its result is kept for a repeat."""
    _WRITES.add(op)
    return op


@cache
def _result_type(op: Callable[..., object]) -> TypeAdapter[object]:
    return TypeAdapter(get_type_hints(op)["return"])


class StoreClient(Protocol):
    """How everything above storage reads and writes, wherever the store runs."""

    async def write(self, op: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


@dataclass
class _Job:
    op: Callable[..., object]
    kwargs: dict[str, object]
    write_id: str | None
    done: "Future[object]"


class Store:
    """Owns the database connection in a thread of its own; safe to call from any thread."""

    def __init__(
        self, engine: Engine, clock: Clock, *, checkpoint: Callable[[str], None] | None = None
    ) -> None:
        """`checkpoint` is called with a boundary's name, for tests that kill the process there."""
        self.clock = clock
        self._engine = engine
        self._checkpoint = checkpoint or (lambda _boundary: None)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
        self._thread.start()

    def submit(
        self, op: Callable[..., object], kwargs: dict[str, object], write_id: str | None = None
    ) -> "Future[object]":
        """Queue a write (with a `write_id`) or a query (without one)."""
        if (op in _WRITES) != (write_id is not None):
            raise StorageError(
                f"{op.__name__} is {'a write' if op in _WRITES else 'a query'}: call it as one"
            )
        job = _Job(op, kwargs, write_id, Future())
        self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Finish what is queued, then close the connection."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _serve(self) -> None:
        while True:
            group, ended = self._take()
            if group:
                self._commit(group)
            if ended:
                return

    def _take(self) -> tuple[list[_Job], bool]:
        group: list[_Job] = []
        job = self._jobs.get()
        while True:
            if job is None:
                return group, True
            # A caller that was cancelled while it waited is out; from here on it can be no more.
            if job.done.set_running_or_notify_cancel():
                group.append(job)
            if len(group) == GROUP_MAX:
                return group, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, False

    def _commit(self, group: list[_Job]) -> None:
        """Commit a group; one that fails as a whole (a deadlock, say) is repeated job by job."""
        try:
            results = self._transact(group)
        except SQLAlchemyError as error:
            if len(group) == 1 or _is_disconnect(error):
                results = [_translate(error) for _ in group]
            else:
                for job in group:
                    self._commit([job])
                return
        for job, result in zip(group, results, strict=True):
            if isinstance(result, BaseException):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)

    def _transact(self, group: list[_Job]) -> list[object]:
        """Results of a group, in one COMMIT; a job that fails is told from the others by a savepoint of each.

        Failures are rare and savepoints are two statements a job, so the group first runs without them; an
        operation changes nothing but the database, so one that is undone can be run again.
        """
        before = self.clock.mark()
        try:
            return self._in_one_commit(self._run, group)
        except Exception as error:
            if isinstance(error, SQLAlchemyError) and not isinstance(error, IntegrityError):
                raise
            self.clock.rewind(before)
            return self._in_one_commit(self._run_apart, group)

    def _in_one_commit(self, run: Callable[[Tx, _Job], object], group: list[_Job]) -> list[object]:
        with self._engine.begin() as connection:
            tx = Tx(connection, self.clock)
            results = [run(tx, job) for job in group]
        self._checkpoint("store:committed")
        return results

    @staticmethod
    def _run(tx: Tx, job: _Job) -> object:
        result = job.op(tx, **job.kwargs)
        if job.write_id is not None:
            _keep(tx, job.op, job.write_id, result)
        return result

    def _run_apart(self, tx: Tx, job: _Job) -> object:
        """One job in its savepoint: a failure undoes this job alone and is handed to its caller."""
        savepoint = tx.connection.begin_nested()
        try:
            result = self._run(tx, job)
            savepoint.commit()
        except LabelError as error:
            failure: Exception = error
        except IntegrityError as error:
            failure = ConflictError(
                f"{job.op.__name__}: the row is there already or refers to none ({error.orig})"
            )
        except SQLAlchemyError:
            # The connection or the disk: nothing in this group can be acknowledged. The savepoint is
            # left alone, because a full disk has ended SQLite's whole transaction already.
            raise
        except Exception as error:  # noqa: BLE001 - a bug in one operation must reach its caller, not end the thread
            # No future can carry a StopIteration.
            failure = RuntimeError(str(error)) if isinstance(error, StopIteration) else error
        else:
            return result
        savepoint.rollback()
        return failure if job.write_id is None else _kept(tx, job.op, job.write_id, failure)


_KEEP = insert(tables.writes).values(at_s=database_clock())
_KEPT = select(tables.writes.c.result).where(tables.writes.c.write_id == bindparam("write_id"))


def _keep(tx: Tx, op: Callable[..., object], write_id: str, result: object) -> None:
    """Remember a write by its id. Of a repeat this fails, and the savepoint undoes what it did a second time."""
    text = _result_type(op).dump_json(result).decode()
    tx.connection.execute(_KEEP, {"write_id": write_id, "result": text})


def _kept(tx: Tx, op: Callable[..., object], write_id: str, failure: Exception) -> object:
    """What a repeat failed on may be its own first time: then that one's result is the answer."""
    kept = tx.connection.execute(_KEPT, {"write_id": write_id}).scalar_one_or_none()
    return failure if kept is None else _result_type(op).validate_json(kept)


def _is_disconnect(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _translate(error: SQLAlchemyError) -> LabelError:
    reason = str(error.orig if isinstance(error, DBAPIError) else error).strip().splitlines()[0]
    if "disk is full" in reason or "No space left" in reason:
        return DiskFullError(
            "The disk that holds the database is full; free some space, labelmate goes on by itself"
        )
    # SQLite calls a mistake in a statement operational too; only waiting and repeating would not mend it.
    mistaken = (
        getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR"
        if isinstance(error, DBAPIError)
        else False
    )
    if (isinstance(error, OperationalError) and not mistaken) or _is_disconnect(error):
        return StoreUnavailableError(f"The database did not answer: {reason}")
    return StorageError(f"The database refused a statement: {reason}")


class LocalStore:
    """A StoreClient in the store's own process."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, op: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        _keywords_only(op, args)
        done = self._store.submit(op, dict(kwargs), uuid4().hex)
        return await asyncio.wrap_future(done)  # type: ignore[return-value]

    async def read(self, query: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        _keywords_only(query, args)
        return await asyncio.wrap_future(self._store.submit(query, dict(kwargs)))  # type: ignore[return-value]


def _keywords_only(op: Callable[..., object], args: tuple[object, ...]) -> None:
    if args:
        raise TypeError(f"{op.__name__} takes keyword arguments only: they are what a log can show")
