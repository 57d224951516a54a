"""Songs that people make elsewhere and bring; when a job was ordered."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("steps", sa.Column("submitted_at", UtcTime))
    op.create_table(
        "inbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), nullable=False),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sheet", Json, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("recordings", Json),
        sa.Column("licence", sa.Text),
        sa.Column("who", sa.Text),
        sa.Column("surface", sa.Text),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("delivered_at", UtcTime),
        sa.CheckConstraint("status IN ('waiting','delivered','taken','withdrawn')", name="status"),
        sa.UniqueConstraint("cycle_id", "revision"),
        sqlite_strict=True,
    )
    op.create_index("ix_inbox_status_asked_at", "inbox", ["status", "asked_at"])


def downgrade() -> None:
    op.drop_table("inbox")
    with op.batch_alter_table("steps", table_kwargs={"sqlite_strict": True}) as batch:
        batch.drop_column("submitted_at")
