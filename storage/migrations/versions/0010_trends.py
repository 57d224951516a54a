"""What is in the air: terms by source and country, and how each source does."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Number, UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trend_terms",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("country", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("score", Number, nullable=False),
        sa.Column("at", UtcTime, nullable=False, index=True),
        sqlite_strict=True,
    )
    op.create_table(
        "trend_sources",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("country", sa.Text, primary_key=True),
        sa.Column("read_at", UtcTime),
        sa.Column("tried_at", UtcTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("closed_until", UtcTime),
        sa.Column("error", sa.Text),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("trend_sources")
    op.drop_table("trend_terms")
