"""Memory that can be searched, and what reflections taught."""

import json

import sqlalchemy as sa
from alembic import op

from storage.columns import Flag, Number, UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MEMORY = sa.table(
    "memory",
    *[
        sa.column(name)
        for name in ("cycle_id", "piece", "words", "theme", "key", "tempo_bpm", "score", "outcome")
    ],
)


def upgrade() -> None:
    for column in ("words", "theme", "key", "outcome"):
        op.add_column("memory", sa.Column(column, sa.Text, nullable=False, server_default=""))
    op.add_column("memory", sa.Column("tempo_bpm", Number, nullable=False, server_default="0"))
    op.add_column("memory", sa.Column("score", Number))
    connection = op.get_bind()
    for cycle_id, text in connection.execute(sa.select(MEMORY.c.cycle_id, MEMORY.c.piece)).all():
        piece = json.loads(text)
        told = [piece[name] for name in ("title", "theme", "mood", "hook", "lesson") if piece.get(name)]
        connection.execute(
            sa.update(MEMORY)
            .where(MEMORY.c.cycle_id == cycle_id)
            .values(
                words="\n".join([*told, *piece.get("lines", [])]).lower(),
                theme=piece["theme"],
                key=f"{piece['key']} {piece['mode']}",
                tempo_bpm=float(piece["tempo_bpm"]),
                score=piece.get("score"),
                outcome=piece["outcome"],
            )
        )
    op.create_table(
        "lesson_evidence",
        sa.Column("cycle_id", sa.Text, sa.ForeignKey("cycles.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("artist_id", sa.Text, sa.ForeignKey("artists.id"), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("step", Number, nullable=False),
        sa.Column("is_absorbed", Flag, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.CheckConstraint("about IN ('music','words')", name="about"),
        sqlite_strict=True,
    )
    op.create_index("ix_lesson_evidence_artist_id_at", "lesson_evidence", ["artist_id", "at"])


def downgrade() -> None:
    op.drop_table("lesson_evidence")
    with op.batch_alter_table("memory", table_kwargs={"sqlite_strict": True}) as batch:
        for column in ("words", "theme", "key", "tempo_bpm", "score", "outcome"):
            batch.drop_column(column)
