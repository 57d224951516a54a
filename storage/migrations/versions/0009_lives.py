"""Days on which the label could work, and what artists changed on trial."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Number, UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("open_days", sa.Column("day", sa.Text, primary_key=True), sqlite_strict=True)
    op.create_table(
        "evolutions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("edits", Json, nullable=False),
        sa.Column("style_note", sa.Text, nullable=False),
        sa.Column("parent_version", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("before_approved", sa.Integer, nullable=False),
        sa.Column("before_decided", sa.Integer, nullable=False),
        sa.Column("approved", sa.Integer, nullable=False),
        sa.Column("decided", sa.Integer, nullable=False),
        sa.Column("chance_better", Number),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
        sa.CheckConstraint("kind IN ('refine','explore')", name="kind"),
        sa.CheckConstraint("status IN ('trying','kept','rolled_back')", name="status"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    op.drop_table("evolutions")
    op.drop_table("open_days")
