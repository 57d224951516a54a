"""With which address and key a source was read last: with another one it is not left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("trend_sources", sa.Column("account", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("trend_sources", "account")
