"""The lifecycle check of the whole roster: evidence from rows, one decision each, a compare-and-set.

SQL pages the aggregates, agents/lifecycle.py decides, storage/artists.py moves. Retirement under the
`label` profile is a proposal: an outbox message that a person answers.
"""

import random

from agents.lifecycle import Decision, assess
from agents.transitions import Trigger
from configs.lifecycle import LifecycleProfile
from configs.settings import Settings
from runtime.evolution import finish_moves, follow_move
from runtime.trends import trends_now
from storage import artists, outbox
from storage.errors import ConflictError
from storage.evidence import LifecycleEvidence, Window, evidence_page
from storage.store import StoreClient
from storage.types import LifecycleState, Trend

PAGE = 1000


async def check_roster(store: StoreClient, settings: Settings) -> list[Decision]:
    """Assess every artist; returns the moves that were made or proposed."""
    profile = settings.lifecycle
    window = Window(
        days=profile.performance_evaluation_period_days,
        last=profile.window_decisions,
        career=profile.retirement_window_decisions,
        deciders=profile.deciders,
        audience=profile.audience_weight > 0,
    )
    trends = await trends_now(store, settings)
    await finish_moves(store, f"policy:{profile.name}", trends)
    made: list[Decision] = []
    after_slug = ""
    while page := await store.read(evidence_page, window=window, limit=PAGE, after_slug=after_slug):
        for seen in page:
            decision = assess(seen.state, seen.evidence, profile)
            if decision is not None and await _carry_out(store, profile, seen, decision, trends):
                made.append(decision)
        after_slug = page[-1].slug
    return made


def wants_artist(settings: Settings, rng: random.Random) -> bool:
    """Whether this check creates an artist by itself: a chance that is 0 unless a person set it."""
    return rng.random() < settings.artist_creation_probability


async def _carry_out(
    store: StoreClient,
    profile: LifecycleProfile,
    seen: LifecycleEvidence,
    decision: Decision,
    trends: tuple[Trend, ...],
) -> bool:
    """Make one move, or propose it; says whether it was still possible."""
    if decision.is_proposal:
        return await _propose(store, seen, decision)
    try:
        await store.write(
            artists.set_state,
            artist_id=seen.artist_id,
            before=decision.before,
            after=decision.after,
            trigger=decision.trigger,
            evidence={**decision.numbers, "counted": ", ".join(decision.sources), "text": decision.text},
            bound=decision.bound,
            reason=decision.cause if decision.after is LifecycleState.PAUSED else decision.text,
            who=f"policy:{profile.name}",
        )
        await follow_move(store, seen.artist_id, decision, f"policy:{profile.name}", trends)
    except ConflictError:
        # A person moved the artist since the evidence was read; the next check sees the new state.
        return False
    return True


async def _propose(store: StoreClient, seen: LifecycleEvidence, decision: Decision) -> bool:
    """One message for each pause, however often it is looked at; says whether it is a new one."""
    return await store.write(
        outbox.send_once,
        kind="lifecycle_proposal",
        dedupe_key=f"{Trigger.RETIRE}/{seen.artist_id}/{seen.paused_at or seen.version}",
        payload={
            "artist_id": seen.artist_id,
            "name": seen.name,
            "move": decision.after,
            "because": decision.text,
        },
    )
