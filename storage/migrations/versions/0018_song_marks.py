"""By which marks songs that are alike are found among thousands."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "song_marks",
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("ix_song_marks_cycle_id", "song_marks", ["cycle_id"])


def downgrade() -> None:
    op.drop_index("ix_song_marks_cycle_id", "song_marks")
    op.drop_table("song_marks")
