"""The lifecycle check of the whole roster: evidence from rows, one decision each, a compare-and-set.

SQL pages the aggregates, agents/lifecycle.py decides, storage/artists.py moves. Retirement under the
`label` profile is a proposal: an outbox message that a person answers.
"""

import random

from agents.lifecycle import Decision, Evidence, assess
from agents.transitions import Trigger
from configs.settings import Settings
from storage import artists, evidence, outbox
from storage.errors import ConflictError
from storage.store import StoreClient
from storage.types import Artist, ArtistId, LifecycleState

PAGE = 200


async def check_roster(store: StoreClient, settings: Settings) -> list[Decision]:
    """Assess every artist; returns the moves that were made or proposed."""
    made: list[Decision] = []
    after_slug = ""
    while page := await store.read(artists.list_artists, limit=PAGE, after_slug=after_slug):
        for artist in page:
            decision = await _check(store, settings, artist)
            if decision is not None:
                made.append(decision)
        after_slug = page[-1].slug
    return made


def wants_artist(settings: Settings, rng: random.Random) -> bool:
    """Whether this check creates an artist by itself: a chance that is 0 unless a person set it."""
    return rng.random() < settings.artist_creation_probability


async def _check(store: StoreClient, settings: Settings, artist: Artist) -> Decision | None:
    profile = settings.lifecycle
    seen = await store.read(
        evidence.lifecycle_evidence,
        artist_id=artist.id,
        days=profile.performance_evaluation_period_days,
        last=profile.window_decisions,
        deciders=profile.deciders,
    )
    decision = assess(
        seen.state,
        Evidence.model_validate({name: getattr(seen, name) for name in Evidence.model_fields}),
        profile,
    )
    if decision is None:
        return None
    if decision.is_proposal:
        await _propose(store, artist, decision)
        return decision
    try:
        await store.write(
            artists.set_state,
            artist_id=artist.id,
            before=decision.before,
            after=decision.after,
            trigger=decision.trigger,
            evidence=dict(decision.numbers),
            bound=decision.bound,
            reason=decision.cause if decision.after is LifecycleState.PAUSED else decision.text,
            who=f"policy:{profile.name}",
        )
    except ConflictError:
        # A person moved the artist since the evidence was read; the next check sees the new state.
        return None
    return decision


async def _propose(store: StoreClient, artist: Artist, decision: Decision) -> None:
    await store.write(
        outbox.send_once,
        kind="lifecycle_proposal",
        dedupe_key=f"{Trigger.RETIRE}/{artist.id}/{artist.paused_at or artist.version}",
        payload={
            "artist_id": ArtistId(artist.id),
            "name": artist.persona.name,
            "move": decision.after,
            "because": decision.text,
        },
    )
