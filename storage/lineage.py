"""Rows of assets: what each file is, which step made it, and from what."""

from sqlalchemy import RowMapping, select, update

from storage import tables
from storage.database import insert_absent
from storage.errors import NotFoundError
from storage.store import Tx
from storage.types import Asset

F = tables.assets
"""Files."""


def record_assets(tx: Tx, assets: tuple[Asset, ...], *, cycle_id: str, revision: int, step: str) -> None:
    """Keep assets with their parents and link them to the step that made them; a repeat changes nothing."""
    keep_assets(tx, assets)
    for asset in assets:
        insert_absent(
            tx.connection,
            tables.step_assets,
            cycle_id=cycle_id,
            revision=revision,
            step=step,
            sha256=asset.sha256,
        )


def keep_assets(tx: Tx, assets: tuple[Asset, ...]) -> None:
    """Keep assets with their parents: what belongs to an artist is linked to no step, and never expires."""
    for asset in assets:
        row = asset.model_dump(mode="json", exclude={"parents", "cost_usd", "seed"})
        new = insert_absent(
            tx.connection,
            F,
            **row,
            cost_usd=asset.cost_usd,
            seed=None if asset.seed is None else str(asset.seed),
            created_at=tx.clock.now(),
        )
        if not new:
            # The same content was made again after its media had been deleted: they are back.
            tx.connection.execute(
                update(F)
                .where(F.c.sha256 == asset.sha256, F.c.media_deleted_at.is_not(None))
                .values(media_deleted_at=None)
            )
        for parent in asset.parents:
            insert_absent(tx.connection, tables.asset_parents, sha256=asset.sha256, parent_sha256=parent)


def asset_by_sha256(tx: Tx, *, sha256: str) -> Asset:
    """One asset's row. Raises NotFoundError."""
    row = tx.connection.execute(select(F).where(F.c.sha256 == sha256)).first()
    if row is None:
        raise NotFoundError(f"There is no asset {sha256[:64]}")
    return _assets(tx, [row._mapping])[0]


def assets_of(tx: Tx, *, cycle_id: str, revision: int | None = None) -> list[Asset]:
    """The assets of a cycle, of one revision or of all, in the order they were made."""
    links = tables.step_assets
    made = select(links.c.sha256).where(links.c.cycle_id == cycle_id)
    if revision is not None:
        made = made.where(links.c.revision == revision)
    rows = tx.connection.execute(
        select(F).where(F.c.sha256.in_(made)).order_by(F.c.created_at, F.c.kind, F.c.sha256)
    )
    return _assets(tx, [row._mapping for row in rows])


def _assets(tx: Tx, rows: list[RowMapping]) -> list[Asset]:
    P = tables.asset_parents  # noqa: N806 - a table's short name, as in the other modules
    parents: dict[str, list[str]] = {}
    found = tx.connection.execute(
        select(P).where(P.c.sha256.in_([row["sha256"] for row in rows])).order_by(P.c.parent_sha256)
    )
    for link in found:
        parents.setdefault(link.sha256, []).append(link.parent_sha256)
    return [
        Asset.model_validate(
            {name: row[name] for name in Asset.model_fields if name != "parents"}
            | {"parents": tuple(parents.get(str(row["sha256"]), ()))}
        )
        for row in rows
    ]
