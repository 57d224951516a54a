"""When the label was last seen awake: deadlines of people count only that time."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("label", sa.Column("awake_at", UtcTime))


def downgrade() -> None:
    with op.batch_alter_table("label", table_kwargs={"sqlite_strict": True}) as batch:
        batch.drop_column("awake_at")
