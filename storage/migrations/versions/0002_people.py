"""Decisions of people, money, faults, learning and releases."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Number, Sequence, Usd, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def create(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def upgrade() -> None:
    create(
        "approvals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), nullable=False, index=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("takes", sa.Integer, nullable=False),
        sa.Column("preview_sha256", sa.Text, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("overdue_at", UtcTime, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("take", sa.Integer),
        sa.Column("decided_by", sa.Text),
        sa.Column("who", sa.Text),
        sa.Column("surface", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("decided_at", UtcTime),
        sa.Column("effective_at", UtcTime),
        sa.CheckConstraint("status IN ('pending','decided','superseded','closed')", name="status"),
        sa.UniqueConstraint("cycle_id", "revision", "preview_sha256"),
        sa.Index("ix_approvals_status_asked_at", "status", "asked_at"),
    )
    create(
        "decisions",
        sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
        sa.Column("approval_id", sa.Text, sa.ForeignKey("approvals.id"), nullable=False, index=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("take", sa.Integer),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("dedupe_key", sa.Text, nullable=False, unique=True),
        sa.Column("payload", Json, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_until_s", Number, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("sent_at", UtcTime),
        sa.CheckConstraint("status IN ('pending','claimed','sent','failed')", name="status"),
        sa.Index("ix_outbox_status_created_at", "status", "created_at"),
    )
    create(
        "spend",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
        sa.Column("artist_id", sa.Text),
        sa.Column("cycle_id", sa.Text),
        sa.Column("step", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("reserved_usd", Usd, nullable=False),
        sa.Column("settled_usd", Usd),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False, index=True),
        sa.Column("month", sa.Text, nullable=False, index=True),
        sa.Column("at", UtcTime, nullable=False),
        sa.CheckConstraint("status IN ('reserved','settled','released','unknown')", name="status"),
    )
    create(
        "error_groups",
        sa.Column("fingerprint", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, index=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_at", UtcTime, nullable=False),
        sa.Column("last_at", UtcTime, nullable=False),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolved_at", UtcTime),
    )
    create(
        "error_events",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "fingerprint", sa.Text, sa.ForeignKey("error_groups.fingerprint"), nullable=False, index=True
        ),
        sa.Column("artist_id", sa.Text),
        sa.Column("cycle_id", sa.Text, index=True),
        sa.Column("step", sa.Text),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "fixes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "fingerprint", sa.Text, sa.ForeignKey("error_groups.fingerprint"), nullable=False, index=True
        ),
        sa.Column("cycle_id", sa.Text),
        sa.Column("step", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
    )
    create(
        "observations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("cycle_id", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("metric", sa.Text, nullable=False),
        sa.Column("value", Number, nullable=False),
        sa.Column("samples", sa.Integer, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "memory",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("piece", Json, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "experiments",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("parameter", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
        sa.Column("winner_arm_id", sa.Text),
    )
    create(
        "arms",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("experiment_id", sa.Text, sa.ForeignKey("experiments.id"), nullable=False, index=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )
    create(
        "assignments",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("experiment_id", sa.Text, sa.ForeignKey("experiments.id"), primary_key=True),
        sa.Column("arm_id", sa.Text, sa.ForeignKey("arms.id"), nullable=False, index=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("reward", Number),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "releases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), nullable=False, unique=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("directory", sa.Text, nullable=False),
        sa.Column("manifest_sha256", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("release_date", sa.Text, nullable=False),
        sa.Column("urls", Json, nullable=False),
        sa.Column("isrc", sa.Text),
        sa.Column("upc", sa.Text),
        sa.Column("created_at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    for name in (
        "releases",
        "assignments",
        "arms",
        "experiments",
        "memory",
        "observations",
        "fixes",
        "error_events",
        "error_groups",
        "spend",
        "outbox",
        "decisions",
        "approvals",
    ):
        op.drop_table(name)
