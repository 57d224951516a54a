"""At what sampling temperature a model was asked, so that only songs that it bore on are compared by it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Number

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("model_calls", sa.Column("temperature", Number))


def downgrade() -> None:
    op.drop_column("model_calls", "temperature")
