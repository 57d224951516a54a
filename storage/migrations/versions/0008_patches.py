"""Patches of labelmate's own code, beside their rows of fixes."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Number, Usd, UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patches",
        sa.Column("fix_id", sa.Text, sa.ForeignKey("fixes.id"), primary_key=True),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("cost_usd", Usd),
        sa.Column("tree", sa.Text),
        sa.Column("tree_sha256", sa.Text),
        sa.Column("files", Json),
        sa.Column("diff", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("tests", Json),
        sa.Column("output", sa.Text),
        sa.Column("took_s", Number),
        sa.Column("applied_by", sa.Text),
        sa.Column("applied_at", UtcTime),
        sa.Column("reverted_by", sa.Text),
        sa.Column("reverted_at", UtcTime),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("patches")
