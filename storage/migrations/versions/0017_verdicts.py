"""An index that holds all that the lifecycle asks of an artist's songs."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_cycles_verdicts",
        "cycles",
        [
            "artist_id",
            sa.text("ended_at DESC"),
            sa.text("id DESC"),
            "outcome",
            "decided_by",
            "started_at",
            "created_at",
        ],
    )
    op.drop_index("ix_cycles_artist_id", "cycles")


def downgrade() -> None:
    op.create_index("ix_cycles_artist_id", "cycles", ["artist_id"])
    op.drop_index("ix_cycles_verdicts", "cycles")
