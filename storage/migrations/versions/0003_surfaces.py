"""People and where they are reached; songs sent back, put off, edited; settings changed while running."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Flag, Json, Sequence, UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = (
    ("approvals", sa.Column("later_until", UtcTime)),
    ("approvals", sa.Column("redo", sa.Text)),
    ("approvals", sa.Column("edits", Json)),
    ("decisions", sa.Column("redo", sa.Text)),
    ("artists", sa.Column("autopilot_since", UtcTime)),
    ("lifecycle_changes", sa.Column("reason", sa.Text)),
)


def create(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, column)
    op.create_index("ix_steps_status_ended_at", "steps", ["status", "ended_at"])
    create(
        "setting_values",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("alias", sa.Text, nullable=False, unique=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("telegram_id", Sequence, unique=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("left_at", UtcTime),
        sa.CheckConstraint("role IN ('owner','reviewer')", name="role"),
    )
    create(
        "barred",
        sa.Column("alias_sha256", sa.Text, primary_key=True),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "link_codes",
        sa.Column("code_sha256", sa.Text, primary_key=True),
        sa.Column("alias", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime),
    )
    create(
        "chats",
        sa.Column("id", Sequence, primary_key=True, autoincrement=False),
        sa.Column("is_forum", Flag, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", UtcTime, nullable=False),
        sa.Column("left_at", UtcTime),
    )
    create(
        "chat_topics",
        sa.Column("chat_id", Sequence, sa.ForeignKey("chats.id"), primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), primary_key=True),
        sa.Column("thread_id", Sequence, nullable=False),
    )
    create(
        "chat_messages",
        sa.Column("chat_id", Sequence, sa.ForeignKey("chats.id"), primary_key=True),
        sa.Column("message_id", Sequence, primary_key=True),
        sa.Column("approval_id", sa.Text, sa.ForeignKey("approvals.id"), nullable=False, index=True),
        sa.Column("has_media", Flag, nullable=False),
        sa.Column("shown", sa.Text, nullable=False, index=True),
        sa.Column("at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "chat_messages",
        "chat_topics",
        "chats",
        "link_codes",
        "barred",
        "people",
        "setting_values",
    ):
        op.drop_table(table)
    op.drop_index("ix_steps_status_ended_at", "steps")
    for table, column in reversed(ADDED):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column.name)
