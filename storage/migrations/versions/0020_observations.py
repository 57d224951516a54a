"""Observations are found by their song, and those of one source by their age; of lent numbers an outcome keeps the share alone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Json

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_observations_cycle_id", "observations", ["cycle_id"])
    op.create_index("ix_observations_source_at", "observations", ["source", "at"])
    outcomes = sa.table(
        "audience_outcomes", sa.column("cycle_id"), sa.column("source"), sa.column("compared", Json)
    )
    connection = op.get_bind()
    youtubes = sa.select(outcomes.c.cycle_id, outcomes.c.compared).where(outcomes.c.source == "youtube")
    for cycle_id, compared in connection.execute(youtubes).all():
        # One that has its share already was here before a downgrade.
        shares = [one if "share" in one else _without_numbers(one) for one in compared]
        connection.execute(sa.update(outcomes).where(outcomes.c.cycle_id == cycle_id).values(compared=shares))


def _without_numbers(one: dict[str, Any]) -> dict[str, Any]:
    share = one["value"] / (one["value"] + one["usual"])
    return {"metric": one["metric"], "songs": one["songs"], "share": round(share, 6)}


def downgrade() -> None:
    """What was deleted does not come back."""
    op.drop_index("ix_observations_source_at", "observations")
    op.drop_index("ix_observations_cycle_id", "observations")
