"""Many artists and many waiting songs, as copies of those that are there: only numbers matter."""

from sqlalchemy import insert, select

from storage import tables
from storage.store import Tx, write

A, C, P = tables.artists, tables.cycles, tables.approvals


@write
def crowd(tx: Tx, *, artists: int, songs: int) -> int:
    """Copies until there are so many; says how many were made."""
    connection = tx.connection
    artist = dict(connection.execute(select(A).limit(1)).mappings().one())
    cycle = dict(connection.execute(select(C).join(P, P.c.cycle_id == C.c.id).limit(1)).mappings().one())
    approval = dict(connection.execute(select(P).where(P.c.cycle_id == cycle["id"])).mappings().one())
    there = len(connection.execute(select(A.c.id)).all())
    asked = len(connection.execute(select(P.c.id)).all())
    for index in range(there, artists):
        name = f"Voice {index}"
        connection.execute(
            insert(A).values({**artist, "id": f"art_{index:026}", "slug": f"voice-{index}", "name": name})
        )
    for index in range(asked, songs):
        cycle_id = f"cyc_{index:026}"
        connection.execute(insert(C).values({**cycle, "id": cycle_id}))
        connection.execute(insert(P).values({**approval, "id": f"apr_{index:026}", "cycle_id": cycle_id}))
    return max(0, artists - there) + max(0, songs - asked)
