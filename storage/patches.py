"""Patches of labelmate's own code: a fix that changes files, and who tried, applied or took it back.

    asked → trying → proposed → applying → applied → worked
               ↓        ↓                    ↓
            failed  discarded             returned → reverting → reverted
                                                        ↓
                                                      stuck: a file was changed since, a person has to look

A patch is a row of `fixes` with what belongs to it beside. Each move is one compare-and-set; files are changed between
two of them (runtime/mending.py), so that an interrupted change is found and settled.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import RowMapping, Select, func, insert, or_, select, update

from storage import events, fixes, outbox, tables
from storage.errors import ConflictError, NotFoundError
from storage.store import Tx, write
from storage.types import Frozen

ACTION: Final = "patch"
X = tables.fixes
P = tables.patches
LIVE = ("asked", "trying", "proposed", "applying", "applied", "returned", "reverting", "stuck")
"""States of a patch that is not done with: of a fault there is one such at a time."""
WATCH_DAYS = 7
"""A fault that stays away for so long after its patch is called mended."""
_COLUMNS = (
    X.c.id, X.c.fingerprint, X.c.status, X.c.reason, X.c.at, X.c.ended_at, P.c.asked_by, P.c.cause, P.c.source,
    P.c.cost_usd, P.c.tree, P.c.tree_sha256, P.c.files, P.c.diff, P.c.result, P.c.tests, P.c.output, P.c.took_s,
    P.c.applied_by, P.c.applied_at, P.c.reverted_by, P.c.reverted_at,
)  # fmt: skip


class PatchedFile(Frozen):
    """One file, whole, before and after."""

    path: str
    before: str
    after: str


class Patch(Frozen):
    """A patch and its story."""

    id: str
    fingerprint: str
    status: str
    reason: str
    """Why it stands as it does, in one line."""
    at: datetime
    ended_at: datetime | None
    asked_by: str
    cause: str | None
    source: str | None
    """Who wrote it, as provider:model."""
    cost_usd: Decimal | None
    tree: str | None
    """The checkout that it was made for, and its hash at that time."""
    tree_sha256: str | None
    files: tuple[PatchedFile, ...] | None
    diff: str | None
    result: str | None
    """What its tests said: passed, failed, timed_out or untested."""
    tests: tuple[str, ...] | None
    output: str | None
    took_s: float | None
    applied_by: str | None
    applied_at: datetime | None
    reverted_by: str | None
    reverted_at: datetime | None


class Tried(Frozen):
    """What became of asking: a diff with its trial, or none and why."""

    status: str
    """proposed or failed."""
    reason: str
    cause: str | None = None
    source: str | None = None
    cost_usd: Decimal | None = None
    tree: str | None = None
    tree_sha256: str | None = None
    files: tuple[PatchedFile, ...] | None = None
    diff: str | None = None
    result: str | None = None
    tests: tuple[str, ...] | None = None
    output: str | None = None
    took_s: float | None = None


@write
def ask_patch(tx: Tx, *, fingerprint: str, who: str) -> Patch:
    """Want a patch of a fault. Raises ConflictError while another patch of it is not done with."""
    live = _latest(tx, fingerprint, LIVE)
    if live is not None:
        raise ConflictError(
            f"A patch of this fault is {live.status} already: `labelmate error diff {live.id}`"
        )
    fix = fixes.open_fix(tx, fingerprint=fingerprint, action=ACTION, reason=f"asked by {who}", status="asked")
    tx.connection.execute(insert(P).values(fix_id=fix.id, asked_by=who))
    return patch_by_id(tx, fix_id=fix.id)


@write
def begin_trial(tx: Tx, *, fix_id: str) -> Patch:
    """Whoever moves it pays for its models. Raises ConflictError when it is not asked for any more."""
    _move(tx, fix_id, ("asked",), "trying", None)
    return patch_by_id(tx, fix_id=fix_id)


@write
def record_trial(tx: Tx, *, fix_id: str, tried: Tried) -> Patch:
    """Keep what became of asking; people hear of a patch that is proposed."""
    _move(tx, fix_id, ("asked", "trying"), tried.status, tried.reason)
    found = tried.model_dump(mode="json", exclude={"status", "reason", "cost_usd"})
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(**found, cost_usd=tried.cost_usd))
    patch = patch_by_id(tx, fix_id=fix_id)
    if tried.status == "proposed":
        _tell(
            tx,
            patch,
            f"A patch is proposed, its tests: {tried.result}. `labelmate error diff {fix_id}` shows it",
        )
    return patch


@write
def begin_apply(tx: Tx, *, fix_id: str, who: str) -> Patch:
    """Whoever moves it changes the files. Raises ConflictError when it is not proposed any more."""
    _move(tx, fix_id, ("proposed",), "applying", f"applied by {who}")
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(applied_by=who))
    return patch_by_id(tx, fix_id=fix_id)


@write
def end_apply(tx: Tx, *, fix_id: str) -> Patch:
    """The files are the new ones: from now on the fault is watched."""
    _move(tx, fix_id, ("applying",), "applied", None)
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(applied_at=tx.clock.now()))
    return patch_by_id(tx, fix_id=fix_id)


@write
def drop_apply(tx: Tx, *, fix_id: str, reason: str) -> Patch:
    """No file was changed: it is a proposal again."""
    _move(tx, fix_id, ("applying",), "proposed", reason)
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(applied_by=None))
    return patch_by_id(tx, fix_id=fix_id)


@write
def begin_revert(tx: Tx, *, fix_id: str, who: str) -> Patch:
    """Whoever moves it puts the former files back. Raises ConflictError when it is not in place."""
    _move(tx, fix_id, ("applied", "returned", "worked", "stuck"), "reverting", f"taken back by {who}")
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(reverted_by=who))
    return patch_by_id(tx, fix_id=fix_id)


@write
def end_revert(tx: Tx, *, fix_id: str) -> Patch:
    """The former files are in place again."""
    _move(tx, fix_id, ("reverting",), "reverted", None)
    tx.connection.execute(update(P).where(P.c.fix_id == fix_id).values(reverted_at=tx.clock.now()))
    patch = patch_by_id(tx, fix_id=fix_id)
    _tell(
        tx,
        patch,
        f"Its patch was taken back by {patch.reverted_by}; the former code counts from the next start",
    )
    return patch


@write
def drop_revert(tx: Tx, *, fix_id: str, reason: str) -> Patch:
    """The files could not be put back: it stays in place, and a person has to look."""
    _move(tx, fix_id, ("reverting",), "stuck", reason)
    patch = patch_by_id(tx, fix_id=fix_id)
    _tell(tx, patch, f"Its patch could not be taken back: {reason}")
    return patch


@write
def discard_patch(tx: Tx, *, fix_id: str, who: str) -> Patch:
    """Not wanted."""
    _move(tx, fix_id, ("asked", "trying", "proposed"), "discarded", f"discarded by {who}")
    return patch_by_id(tx, fix_id=fix_id)


@write
def end_watches(tx: Tx) -> int:
    """Call those patches good whose fault has stayed away; says how many."""
    since = tx.clock.now() - timedelta(days=WATCH_DAYS)
    rows = tx.connection.execute(
        select(X.c.id)
        .join(P, P.c.fix_id == X.c.id)
        .where(X.c.status == "applied", P.c.applied_at.is_not(None), P.c.applied_at < since)
    )
    ids = list(rows.scalars())
    for fix_id in ids:
        _move(tx, fix_id, ("applied",), "worked", f"the fault has stayed away for {WATCH_DAYS} days")
    return len(ids)


def note_return(tx: Tx, *, fingerprint: str, code_at: datetime | None) -> str | None:
    """A fault happened again, in code that was loaded at `code_at`: what that says of its patch.

    Returns:
        `stale`: the code was loaded before the patch was applied, so it says nothing; `returned`: the patch
        did not help and is to be taken back; None where no patch is in place.
    """
    patch = _latest(tx, fingerprint, ("applying", "applied", "returned", "reverting"))
    if patch is None:
        return None
    if patch.status == "applied" and patch.applied_at and code_at and code_at > patch.applied_at:
        _move(tx, patch.id, ("applied",), "returned", "the same fault came back")
        return "returned"
    return "stale" if patch.status in ("applying", "applied") else None


def patch_by_id(tx: Tx, *, fix_id: str) -> Patch:
    """Raises NotFoundError."""
    row = tx.connection.execute(_select().where(X.c.id == fix_id)).first()
    if row is None:
        raise NotFoundError(f"There is no patch {fix_id}")
    return _patch(row._mapping)


def find_patch(tx: Tx, *, ref: str) -> Patch:
    """A patch by its id, or the latest one of a fault by its fingerprint, or by the beginning of either."""
    rows = tx.connection.execute(
        _select()
        .where(or_(X.c.id.startswith(ref, autoescape=True), X.c.fingerprint.startswith(ref, autoescape=True)))
        .order_by(X.c.at.desc(), X.c.id.desc())
        .limit(20)
    ).all()
    if not ref or not rows:
        raise NotFoundError(f"No patch or fault with a patch begins with {ref!r}; `labelmate error list`")
    if len({row._mapping["fingerprint"] for row in rows}) > 1:
        raise NotFoundError(f"Several patches begin with {ref!r}; give more of the id")
    return _patch(rows[0]._mapping)


def patches_of(tx: Tx, *, fingerprint: str, limit: int = 10) -> list[Patch]:
    """A fault's patches, newest first."""
    rows = tx.connection.execute(
        _select().where(X.c.fingerprint == fingerprint).order_by(X.c.at.desc(), X.c.id.desc()).limit(limit)
    )
    return [_patch(row._mapping) for row in rows]


def patches_in(tx: Tx, *, statuses: tuple[str, ...], limit: int = 20) -> list[Patch]:
    """Patches in one of these states, oldest first."""
    rows = tx.connection.execute(
        _select().where(X.c.status.in_(statuses)).order_by(X.c.at, X.c.id).limit(limit)
    )
    return [_patch(row._mapping) for row in rows]


def unpatched_bugs(tx: Tx, *, limit: int) -> list[str]:
    """Fingerprints of open faults in our own code for which no patch was ever asked, the most frequent first."""
    groups = tables.error_groups
    tried = select(X.c.fingerprint).where(X.c.action == ACTION)
    rows = tx.connection.execute(
        select(groups.c.fingerprint)
        .where(groups.c.status == "open", groups.c.code == "bug", groups.c.fingerprint.not_in(tried))
        .order_by(groups.c.count.desc(), groups.c.fingerprint)
        .limit(limit)
    )
    return list(rows.scalars())


def fingerprints_with(status: str) -> Select[tuple[str]]:
    """A query for the faults that have a patch in this state."""
    return select(X.c.fingerprint).where(X.c.action == ACTION, X.c.status == status).distinct()


def asked_since(tx: Tx, *, since: datetime) -> int:
    """How many patches were asked for."""
    return tx.connection.execute(
        select(func.count()).select_from(X).where(X.c.action == ACTION, X.c.at >= since)
    ).scalar_one()


def _select():  # noqa: ANN202 - a query
    return select(*_COLUMNS).join(P, P.c.fix_id == X.c.id)


def _latest(tx: Tx, fingerprint: str, statuses: tuple[str, ...]) -> Patch | None:
    row = tx.connection.execute(
        _select()
        .where(X.c.fingerprint == fingerprint, X.c.status.in_(statuses))
        .order_by(X.c.at.desc(), X.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _patch(row._mapping)


def _move(tx: Tx, fix_id: str, before: tuple[str, ...], after: str, reason: str | None) -> None:
    values: dict[str, object] = {"status": after}
    if reason is not None:
        values["reason"] = reason
    values["ended_at"] = tx.clock.now() if after not in LIVE else None
    moved = tx.connection.execute(
        update(X).where(X.c.id == fix_id, X.c.status.in_(before)).values(**values)
    ).rowcount
    patch = patch_by_id(tx, fix_id=fix_id)
    if not moved:
        raise ConflictError(f"The patch {fix_id} is {patch.status}: {patch.reason}")
    events.append(tx, "patch", fix_id=fix_id, fingerprint=patch.fingerprint, after=after, reason=reason)


def _tell(tx: Tx, patch: Patch, text: str) -> None:
    title = tx.connection.execute(
        select(tables.error_groups.c.title).where(tables.error_groups.c.fingerprint == patch.fingerprint)
    ).scalar_one()
    outbox.enqueue(
        tx,
        kind="alert",
        dedupe_key=f"patch/{patch.id}/{patch.status}/{tx.clock.now().isoformat()}",
        payload={"text": f"{title}: {text}", "fingerprint": patch.fingerprint},
    )


def _patch(row: RowMapping) -> Patch:
    return Patch.model_validate(dict(row))
