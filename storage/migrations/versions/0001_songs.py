"""The label, its artists, their cycles and steps, and what these made."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Flag, Json, Number, Sequence, Usd, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def create(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, *columns, sqlite_strict=True)


def upgrade() -> None:
    create(
        "label",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("stopped_at", UtcTime),
        sa.Column("stopped_by", sa.Text),
    )
    create(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("until_s", Number, nullable=False),
    )
    create(
        "writes",
        sa.Column("write_id", sa.Text, primary_key=True),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("at_s", Number, nullable=False, index=True),
    )
    create(
        "settings_audit",
        sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "artists",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("genre", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("persona", Json, nullable=False),
        sa.Column("genes", Json, nullable=False),
        sa.Column("style_notes", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("autopilot", Flag, nullable=False),
        sa.Column("autopilot_policy", Json),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until_s", Number, nullable=False),
        sa.Column("paused_at", UtcTime),
        sa.Column("pause_reason", sa.Text),
        sa.Column("last_run_at", UtcTime),
        sa.Column("created_at", UtcTime, nullable=False),
    )
    create(
        "artist_versions",
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("persona", Json, nullable=False),
        sa.Column("genes", Json, nullable=False),
        sa.Column("style_notes", sa.Text, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("evidence", Json),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "lifecycle_changes",
        sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("trigger", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("evidence", Json),
        sa.Column("bound", Number),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "cycles",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("request", Json, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("cycle_version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("cancel_requested_by", sa.Text),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until_s", Number, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("started_at", UtcTime),
        sa.Column("ended_at", UtcTime),
        sa.Index("ix_cycles_due", "state", "due_at"),
    )
    create(
        "steps",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", Sequence, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("purchase", sa.Integer, nullable=False),
        sa.Column("idempotency_key", sa.Text, nullable=False, unique=True),
        sa.Column("job_id", sa.Text),
        sa.Column("output", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("cost_usd", Usd, nullable=False),
        sa.Column("cpu_s", Number, nullable=False),
        sa.Column("started_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
        sa.CheckConstraint("status IN ('intent','submitted','done','failed','unknown')", name="status"),
    )
    create(
        "events",
        sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("artist_id", sa.Text, index=True),
        sa.Column("cycle_id", sa.Text, index=True),
        sa.Column("epoch", sa.Integer),
        sa.Column("body", Json, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
    )
    create(
        "model_calls",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), index=True),
        sa.Column("revision", sa.Integer),
        sa.Column("step", sa.Text),
        sa.Column("call_number", sa.Integer, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("request_sha256", sa.Text, nullable=False),
        sa.Column("prompt_sha256", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("tokens_in", sa.Integer),
        sa.Column("tokens_out", sa.Integer),
        sa.Column("cost_usd", Usd, nullable=False),
        sa.Column("latency_s", Number, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.UniqueConstraint("cycle_id", "revision", "step", "call_number"),
    )
    create(
        "assets",
        sa.Column("sha256", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False, index=True),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", Sequence, nullable=False),
        sa.Column("tool", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("clearance", sa.Text, nullable=False),
        sa.Column("ai_role", sa.Text, nullable=False),
        sa.Column("seed", sa.Text),
        sa.Column("cost_usd", Usd, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("media_deleted_at", UtcTime),
    )
    create(
        "asset_parents",
        sa.Column("sha256", sa.Text, sa.ForeignKey("assets.sha256"), primary_key=True),
        sa.Column("parent_sha256", sa.Text, primary_key=True),
    )
    create(
        "step_assets",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("sha256", sa.Text, sa.ForeignKey("assets.sha256"), primary_key=True, index=True),
    )


def downgrade() -> None:
    for name in (
        "step_assets",
        "asset_parents",
        "assets",
        "model_calls",
        "events",
        "steps",
        "cycles",
        "lifecycle_changes",
        "artist_versions",
        "artists",
        "settings_audit",
        "writes",
        "leases",
        "label",
    ):
        op.drop_table(name)
