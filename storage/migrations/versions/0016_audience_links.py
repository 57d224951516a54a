"""Where released songs can be heard, and when their numbers were read."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audience_links",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.UniqueConstraint("source", "ref"),
        sqlite_strict=True,
    )
    op.create_table(
        "audience_reads",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("audience_reads")
    op.drop_table("audience_links")
