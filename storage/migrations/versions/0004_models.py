"""Calls of hosted models: what was asked, who was asked on the way and why; a price that nobody knows."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Usd

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (
    sa.Column("messages", Json),
    sa.Column("trail", Json),
    sa.Column("choice", sa.Text),
)


def upgrade() -> None:
    with op.batch_alter_table("model_calls", table_kwargs={"sqlite_strict": True}) as batch:
        batch.alter_column("cost_usd", existing_type=Usd, nullable=True)
        for column in ADDED:
            batch.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("model_calls", table_kwargs={"sqlite_strict": True}) as batch:
        for column in ADDED:
            batch.drop_column(column.name)
        batch.alter_column("cost_usd", existing_type=Usd, nullable=False)
