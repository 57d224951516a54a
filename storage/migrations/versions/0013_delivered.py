"""When people were told of a question: its time begins then."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("delivered_at", UtcTime))
    # The time of what was asked before this has begun already.
    op.execute("UPDATE approvals SET delivered_at = asked_at")


def downgrade() -> None:
    with op.batch_alter_table("approvals", table_kwargs={"sqlite_strict": True}) as batch:
        batch.drop_column("delivered_at")
