"""Audiences' numbers on the label's rows: which songs are old enough to be compared, and what comes of it."""

from datetime import timedelta

from agents.audience.outcome import SETTLED_AFTER, SETTLED_BEFORE, Reading, outcome_of
from storage import audience
from storage.audience import REAL, Settled
from storage.store import StoreClient

USUAL_WITHIN = timedelta(days=365)
"""How far back songs tell what is usual."""


async def compare_audiences(store: StoreClient) -> int:
    """Give each song that has none its outcome, by the first of its sources that can be compared; says how many.

    An outcome never changes: what is looked at again and again must have been fixed before.
    """
    settled = await store.read(
        audience.settled_of, after=SETTLED_AFTER, before=SETTLED_BEFORE, within=USUAL_WITHIN
    )
    by_source: dict[str, list[Reading]] = {source: [] for source in REAL}
    for one in settled:
        by_source[one.source].append(_reading(one))
    done = 0
    for song in sorted(settled, key=lambda one: (one.cycle_id, REAL.index(one.source))):
        found = None if song.is_compared else outcome_of(_reading(song), by_source[song.source])
        if found is not None:
            compared = tuple(one.model_dump() for one in found.compared)
            done += await store.write(
                audience.keep_outcome, song=song, outcome=found.outcome, compared=compared
            )
    return done


def _reading(song: Settled) -> Reading:
    return Reading(artist_id=song.artist_id, numbers=song.numbers)
