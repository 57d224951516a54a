"""What an artist knew of a song before it was decided on, for replays of the songs that were made meanwhile."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memory", sa.Column("noted", Json))
    op.add_column("memory", sa.Column("decided_at", UtcTime))


def downgrade() -> None:
    with op.batch_alter_table("memory", table_kwargs={"sqlite_strict": True}) as batch:
        batch.drop_column("decided_at")
        batch.drop_column("noted")
