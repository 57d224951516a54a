"""Every table, in the order of a song's life. Migrations are made from this file.

Money is in whole micro-dollars (`Usd`), times are aware UTC (`UtcTime`), leases are seconds on the
database's own clock. Rows are never updated by tailing ids; claims go by status.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from storage.columns import Flag, Json, Number, Sequence, Usd, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: object) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the label

label = _table(
    "label",
    Column("id", Text, primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Column("stopped_at", UtcTime),
    Column("stopped_by", Text),
    Column("awake_at", UtcTime),
)
leases = _table(
    "leases",
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until_s", Number, nullable=False),
)
writes = _table(
    "writes",
    Column("write_id", Text, primary_key=True),
    Column("result", Text, nullable=False),
    Column("at_s", Number, nullable=False, index=True),
)
setting_values = _table(
    "setting_values",
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
open_days = _table("open_days", Column("day", Text, primary_key=True))
settings_audit = _table(
    "settings_audit",
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# ---------------------------------------------------------------- artists

artists = _table(
    "artists",
    Column("id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("genre", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("persona", Json, nullable=False),
    Column("genes", Json, nullable=False),
    Column("style_notes", Text, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    Column("autopilot", Flag, nullable=False, default=False),
    Column("autopilot_policy", Json),
    Column("autopilot_since", UtcTime),
    Column("epoch", Integer, nullable=False, default=0),
    Column("lease_owner", Text),
    Column("lease_until_s", Number, nullable=False, default=0.0),
    Column("paused_at", UtcTime),
    Column("pause_reason", Text),
    Column("last_run_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("accepted_at", UtcTime),
    Column("accepted_by", Text),
    Column("planned_until", Text),
)
artist_versions = _table(
    "artist_versions",
    Column("artist_id", Text, ForeignKey("artists.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("persona", Json, nullable=False),
    Column("genes", Json, nullable=False),
    Column("style_notes", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("evidence", Json),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
evolutions = _table(
    "evolutions",
    Column("id", Text, primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("edits", Json, nullable=False),
    Column("style_note", Text, nullable=False),
    Column("parent_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("before_approved", Integer, nullable=False),
    Column("before_decided", Integer, nullable=False),
    Column("approved", Integer, nullable=False, default=0),
    Column("decided", Integer, nullable=False, default=0),
    Column("chance_better", Number),
    Column("why", Text, nullable=False, default=""),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    CheckConstraint("kind IN ('refine','explore')", name="kind"),
    CheckConstraint("status IN ('trying','kept','rolled_back')", name="status"),
)
lifecycle_changes = _table(
    "lifecycle_changes",
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("before", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("evidence", Json),
    Column("bound", Number),
    Column("reason", Text),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

plan_entries = _table(
    "plan_entries",
    Column("id", Text, primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False),
    Column("day", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("call_to_action", Text, nullable=False),
    Column("theme", Text),
    Column("title", Text),
    Column("status", Text, nullable=False),
    Column("cycle_id", Text),
    Column("changed_by", Text),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("kind IN ('song','teaser','post')", name="kind"),
    CheckConstraint("status IN ('planned','begun','done','skipped','missed')", name="status"),
    UniqueConstraint("artist_id", "day", "kind", "platform"),
    Index("ix_plan_entries_status_kind_day", "status", "kind", "day"),
)

# ---------------------------------------------------------------- cycles and steps

cycles = _table(
    "cycles",
    Column("id", Text, primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("outcome", Text),
    Column("decided_by", Text),
    Column("request", Json, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("cycle_version", Integer, nullable=False),
    Column("revision", Integer, nullable=False, default=0),
    Column("step", Text),
    Column("claims", Integer, nullable=False, default=0),
    Column("cancel_requested_by", Text),
    Column("due_at", UtcTime, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until_s", Number, nullable=False, default=0.0),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Index("ix_cycles_due", "state", "due_at"),
)
# All that the lifecycle asks of an artist's songs, latest first, so that its sweep reads no cycle's own row.
Index(
    "ix_cycles_verdicts",
    cycles.c.artist_id,
    cycles.c.ended_at.desc(),
    cycles.c.id.desc(),
    cycles.c.outcome,
    cycles.c.decided_by,
    cycles.c.started_at,
    cycles.c.created_at,
)
steps = _table(
    "steps",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Sequence, nullable=False),
    Column("status", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("purchase", Integer, nullable=False, default=1),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("job_id", Text),
    Column("submitted_at", UtcTime),
    Column("output", Text),
    Column("error", Text),
    Column("attempt", Integer, nullable=False, default=1),
    Column("epoch", Integer, nullable=False),
    Column("cost_usd", Usd, nullable=False),
    Column("cpu_s", Number, nullable=False, default=0.0),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    CheckConstraint("status IN ('intent','submitted','done','failed','unknown')", name="status"),
    Index("ix_steps_status_ended_at", "status", "ended_at"),
)
events = _table(
    "events",
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("artist_id", Text, index=True),
    Column("cycle_id", Text, index=True),
    Column("epoch", Integer),
    Column("body", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
)
model_calls = _table(
    "model_calls",
    Column("id", Text, primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), index=True),
    Column("revision", Integer),
    Column("step", Text),
    Column("call_number", Integer, nullable=False),
    Column("task", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("prompt_sha256", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("temperature", Number),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("cost_usd", Usd),
    Column("latency_s", Number, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reply", Text, nullable=False),
    Column("messages", Json),
    Column("trail", Json),
    Column("choice", Text),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("cycle_id", "revision", "step", "call_number"),
)

# ---------------------------------------------------------------- assets

assets = _table(
    "assets",
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False, index=True),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", Sequence, nullable=False),
    Column("tool", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("clearance", Text, nullable=False),
    Column("ai_role", Text, nullable=False),
    Column("seed", Text),
    Column("cost_usd", Usd, nullable=False),
    Column("facts", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("media_deleted_at", UtcTime),
)
asset_parents = _table(
    "asset_parents",
    Column("sha256", Text, ForeignKey("assets.sha256"), primary_key=True),
    Column("parent_sha256", Text, primary_key=True),
)
step_assets = _table(
    "step_assets",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("sha256", Text, ForeignKey("assets.sha256"), primary_key=True, index=True),
)

# ---------------------------------------------------------------- people decide

approvals = _table(
    "approvals",
    Column("id", Text, primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), nullable=False, index=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("takes", Integer, nullable=False, default=1),
    Column("preview_sha256", Text, nullable=False),
    Column("facts", Json, nullable=False),
    Column("status", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Column("overdue_at", UtcTime, nullable=False),
    Column("later_until", UtcTime),
    Column("outcome", Text),
    Column("take", Integer),
    Column("decided_by", Text),
    Column("who", Text),
    Column("surface", Text),
    Column("why", Text),
    Column("redo", Text),
    Column("edits", Json),
    Column("decided_at", UtcTime),
    Column("effective_at", UtcTime),
    CheckConstraint("status IN ('pending','decided','superseded','closed')", name="status"),
    UniqueConstraint("cycle_id", "revision", "preview_sha256"),
    Index("ix_approvals_status_asked_at", "status", "asked_at"),
)
decisions = _table(
    "decisions",
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("approval_id", Text, ForeignKey("approvals.id"), nullable=False, index=True),
    Column("action", Text, nullable=False),
    Column("outcome", Text),
    Column("redo", Text),
    Column("take", Integer),
    Column("decided_by", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("surface", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
inbox = _table(
    "inbox",
    Column("id", Text, primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), nullable=False),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("sheet", Json, nullable=False),
    Column("status", Text, nullable=False),
    Column("recordings", Json),
    Column("licence", Text),
    Column("who", Text),
    Column("surface", Text),
    Column("asked_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    CheckConstraint("status IN ('waiting','delivered','taken','withdrawn')", name="status"),
    UniqueConstraint("cycle_id", "revision"),
    Index("ix_inbox_status_asked_at", "status", "asked_at"),
)
outbox = _table(
    "outbox",
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("payload", Json, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("claimed_until_s", Number, nullable=False, default=0.0),
    Column("error", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    CheckConstraint("status IN ('pending','claimed','sent','failed')", name="status"),
    Index("ix_outbox_status_created_at", "status", "created_at"),
)

# ---------------------------------------------------------------- people, and where they are reached

people = _table(
    "people",
    Column("id", Text, primary_key=True),
    Column("alias", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("telegram_id", Sequence, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("left_at", UtcTime),
    CheckConstraint("role IN ('owner','reviewer')", name="role"),
)
barred = _table(
    "barred",
    Column("alias_sha256", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
link_codes = _table(
    "link_codes",
    Column("code_sha256", Text, primary_key=True),
    Column("alias", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)
chats = _table(
    "chats",
    Column("id", Sequence, primary_key=True, autoincrement=False),
    Column("is_forum", Flag, nullable=False, default=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcTime, nullable=False),
    Column("left_at", UtcTime),
)
chat_topics = _table(
    "chat_topics",
    Column("chat_id", Sequence, ForeignKey("chats.id"), primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), primary_key=True),
    Column("thread_id", Sequence, nullable=False),
)
chat_messages = _table(
    "chat_messages",
    Column("chat_id", Sequence, ForeignKey("chats.id"), primary_key=True),
    Column("message_id", Sequence, primary_key=True),
    Column("approval_id", Text, ForeignKey("approvals.id"), nullable=False, index=True),
    Column("has_media", Flag, nullable=False),
    Column("shown", Text, nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
)

# ---------------------------------------------------------------- money

spend = _table(
    "spend",
    Column("id", Text, primary_key=True),
    Column("idempotency_key", Text, nullable=False, unique=True),
    Column("artist_id", Text),
    Column("cycle_id", Text),
    Column("step", Text),
    Column("provider", Text, nullable=False),
    Column("reserved_usd", Usd, nullable=False),
    Column("settled_usd", Usd),
    Column("status", Text, nullable=False),
    Column("day", Text, nullable=False, index=True),
    Column("month", Text, nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("status IN ('reserved','settled','released','unknown')", name="status"),
)

# ---------------------------------------------------------------- faults and fixes

error_groups = _table(
    "error_groups",
    Column("fingerprint", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("count", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("resolved_by", Text),
    Column("resolved_at", UtcTime),
)
error_events = _table(
    "error_events",
    Column("id", Text, primary_key=True),
    Column("fingerprint", Text, ForeignKey("error_groups.fingerprint"), nullable=False, index=True),
    Column("artist_id", Text),
    Column("cycle_id", Text, index=True),
    Column("step", Text),
    Column("message", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)
fixes = _table(
    "fixes",
    Column("id", Text, primary_key=True),
    Column("fingerprint", Text, ForeignKey("error_groups.fingerprint"), nullable=False, index=True),
    Column("cycle_id", Text),
    Column("step", Text),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)

patches = _table(
    "patches",
    Column("fix_id", Text, ForeignKey("fixes.id"), primary_key=True),
    Column("asked_by", Text, nullable=False),
    Column("cause", Text),
    Column("source", Text),
    Column("cost_usd", Usd),
    Column("tree", Text),
    Column("tree_sha256", Text),
    Column("files", Json),
    Column("diff", Text),
    Column("result", Text),
    Column("tests", Json),
    Column("output", Text),
    Column("took_s", Number),
    Column("applied_by", Text),
    Column("applied_at", UtcTime),
    Column("reverted_by", Text),
    Column("reverted_at", UtcTime),
)

# ---------------------------------------------------------------- learning

observations = _table(
    "observations",
    Column("id", Text, primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("cycle_id", Text),
    Column("source", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("value", Number, nullable=False),
    Column("samples", Integer, nullable=False, default=1),
    Column("at", UtcTime, nullable=False),
    Index("ix_observations_cycle_id", "cycle_id"),
    Index("ix_observations_source_at", "source", "at"),
)
audience_links = _table(
    "audience_links",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("source", "ref"),
)
audience_reads = _table(
    "audience_reads",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
audience_outcomes = _table(
    "audience_outcomes",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("outcome", Number, nullable=False),
    Column("compared", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
)
memory = _table(
    "memory",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("piece", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("words", Text, nullable=False, default=""),
    Column("theme", Text, nullable=False, default=""),
    Column("key", Text, nullable=False, default=""),
    Column("tempo_bpm", Number, nullable=False, default=0.0),
    Column("score", Number),
    Column("outcome", Text, nullable=False, default=""),
    Column("noted", Json),
    Column("decided_at", UtcTime),
)
song_marks = _table(
    "song_marks",
    Column("mark", Text, primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True, index=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False),
)
lesson_evidence = _table(
    "lesson_evidence",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False),
    Column("about", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("step", Number, nullable=False),
    Column("is_absorbed", Flag, nullable=False, default=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("about IN ('music','words')", name="about"),
    Index("ix_lesson_evidence_artist_id_at", "artist_id", "at"),
)
experiments = _table(
    "experiments",
    Column("id", Text, primary_key=True),
    Column("parameter", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("winner_arm_id", Text),
)
arms = _table(
    "arms",
    Column("id", Text, primary_key=True),
    Column("experiment_id", Text, ForeignKey("experiments.id"), nullable=False, index=True),
    Column("value", Text, nullable=False),
    Column("position", Integer, nullable=False),
)
assignments = _table(
    "assignments",
    Column("cycle_id", Text, ForeignKey("cycles.id"), primary_key=True),
    Column("experiment_id", Text, ForeignKey("experiments.id"), primary_key=True),
    Column("arm_id", Text, ForeignKey("arms.id"), nullable=False, index=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False),
    Column("reward", Number),
    Column("at", UtcTime, nullable=False),
)

trend_terms = _table(
    "trend_terms",
    Column("source", Text, primary_key=True),
    Column("country", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("term", Text, primary_key=True),
    Column("score", Number, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)
trend_sources = _table(
    "trend_sources",
    Column("source", Text, primary_key=True),
    Column("country", Text, primary_key=True),
    Column("read_at", UtcTime),
    Column("tried_at", UtcTime, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("closed_until", UtcTime),
    Column("account", Text, nullable=False, default=""),
    Column("error", Text),
    Column("day", Text, nullable=False),
    Column("calls", Integer, nullable=False, default=0),
)

# ---------------------------------------------------------------- releases

releases = _table(
    "releases",
    Column("id", Text, primary_key=True),
    Column("cycle_id", Text, ForeignKey("cycles.id"), nullable=False, unique=True),
    Column("artist_id", Text, ForeignKey("artists.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("directory", Text, nullable=False),
    Column("manifest_sha256", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("release_date", Text, nullable=False),
    Column("published_at", UtcTime),
    Column("urls", Json, nullable=False),
    Column("isrc", Text),
    Column("upc", Text),
    Column("created_at", UtcTime, nullable=False),
)
