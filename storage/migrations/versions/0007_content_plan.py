"""The content plan: what each artist makes and posts on which day; and who took an artist on."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("artists", sa.Column("accepted_at", UtcTime))
    op.add_column("artists", sa.Column("accepted_by", sa.Text))
    op.add_column("artists", sa.Column("planned_until", sa.Text))
    # Nobody's calendar is followed before its owner says so: of an old roster too.
    op.create_table(
        "plan_entries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("call_to_action", sa.Text, nullable=False),
        sa.Column("theme", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("cycle_id", sa.Text),
        sa.Column("changed_by", sa.Text),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.CheckConstraint("kind IN ('song','teaser','post')", name="kind"),
        sa.CheckConstraint("status IN ('planned','begun','done','skipped','missed')", name="status"),
        sa.UniqueConstraint("artist_id", "day", "kind", "platform"),
        sqlite_strict=True,
    )
    op.create_index("ix_plan_entries_status_kind_day", "plan_entries", ["status", "kind", "day"])


def downgrade() -> None:
    op.drop_table("plan_entries")
    with op.batch_alter_table("artists", table_kwargs={"sqlite_strict": True}) as batch:
        for column in ("planned_until", "accepted_by", "accepted_at"):
            batch.drop_column(column)
