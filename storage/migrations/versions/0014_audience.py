"""Since when songs are out, and how each one's audience compares with the label's others, settled once."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Number, UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("releases", sa.Column("published_at", UtcTime))
    op.create_table(
        "audience_outcomes",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("outcome", Number, nullable=False),
        sa.Column("compared", Json, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ix_audience_outcomes_artist_id", "audience_outcomes", ["artist_id"])


def downgrade() -> None:
    op.drop_table("audience_outcomes")
    op.drop_column("releases", "published_at")
