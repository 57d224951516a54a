"""Releases that may be published stand apart from those whose artist's name nobody has searched."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

releases = sa.table("releases", sa.column("artist_id"), sa.column("state"))
artists = sa.table("artists", sa.column("id"))
SEARCHED = {
    "sqlite": "json_extract(persona, '$.name_search') IS NOT NULL",
    "postgresql": "(persona::jsonb ->> 'name_search') IS NOT NULL",
}


def upgrade() -> None:
    op.create_index("ix_releases_state", "releases", ["state"])
    searched = sa.select(artists.c.id).where(sa.text(SEARCHED[op.get_bind().dialect.name]))
    waiting = sa.update(releases).where(releases.c.state == "built", releases.c.artist_id.in_(searched))
    op.execute(waiting.values(state="ready"))


def downgrade() -> None:
    op.execute(sa.update(releases).where(releases.c.state == "ready").values(state="built"))
    op.drop_index("ix_releases_state", "releases")
