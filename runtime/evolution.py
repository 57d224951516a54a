"""An artist's changes on the label's rows: proposed after a song or with a move, compared, kept or taken back."""

from datetime import timedelta
from typing import Literal

from agents import evolver
from agents.evolver import Kind, Record, Tried
from agents.lifecycle import Decision, Trigger
from agents.niches import Niche, moved
from storage import artists, evolutions, memory
from storage.clock import sub_seed
from storage.errors import ConflictError
from storage.evolutions import Evolution
from storage.learning import with_note
from storage.store import StoreClient
from storage.types import Artist, ArtistId, Cause, GeneEdit, LifecycleState, Outcome, Trend, Verdict

POLICY = "policy:evolution"
BETWEEN = timedelta(minutes=5)
"""How long a move may be without its change before that is taken for lost."""
REFINED = (LifecycleState.CANDIDATE, LifecycleState.ACTIVE)


async def after_song(
    store: StoreClient,
    artist_id: ArtistId,
    verdict: Verdict | None,
    wishes: tuple[GeneEdit, ...],
    style_note: str,
    trends: tuple[Trend, ...] = (),
) -> None:
    """What a person's verdict leads to: the change on trial is compared, or the next one is tried.

    A change that belongs to an evolution on trial ends with that: the lifecycle decides on it.
    """
    if verdict is None or not verdict.teaches:
        return
    artist = await store.read(artists.artist_by_id, artist_id=artist_id)
    trial = await store.read(evolutions.evolution_on_trial, artist_id=artist_id)
    if trial is None and artist.state in REFINED:
        await begin(
            store, artist, Kind.REFINE, wishes=wishes, style_note=style_note, trends=trends, who=POLICY
        )
    elif trial is not None and artist.state is not LifecycleState.EVOLVING:
        judged = evolver.judge(*_records(trial))
        if judged.verdict != "go_on":
            await _close(store, trial, judged.verdict, judged.chance_better, judged.text, POLICY)


async def begin(
    store: StoreClient,
    artist: Artist,
    kind: Kind,
    *,
    wishes: tuple[GeneEdit, ...] = (),
    style_note: str = "",
    parent_version: int | None = None,
    trends: tuple[Trend, ...] = (),
    who: str,
) -> Evolution | None:
    """Try what the evolver proposes; nothing if it proposes nothing, or somebody changed the artist meanwhile."""
    neighbours = await store.read(evolutions.neighbours_of, artist_id=artist.id, genre=artist.persona.genre)
    pieces = await store.read(memory.memory_of, artist_id=artist.id, limit=memory.KNOWN_PIECES)
    change = evolver.propose(
        Niche(name=artist.slug, genre=artist.persona.genre, genes=artist.genes),
        kind,
        wishes=wishes,
        songs=tuple(
            Tried(numbers=piece.numbers, approved=piece.outcome == Outcome.APPROVED)
            for piece in pieces
            if piece.outcome in (Outcome.APPROVED, Outcome.REJECTED)
        ),
        others=tuple(Niche(name=each.slug, genre=each.genre, genes=each.genes) for each in neighbours),
        pinned=artist.persona.pinned,
        seed=sub_seed(artist.persona.signature_seed, "evolution", artist.version),
        trends=trends,
        adaptability=artist.persona.trend_adaptability,
    )
    if change is None:
        return None
    try:
        return await store.write(
            evolutions.open_evolution,
            artist_id=artist.id,
            version=artist.version,
            parent_version=artist.version if parent_version is None else parent_version,
            kind=change.kind.value,
            edits=change.edits,
            style_note=style_note,
            genes=moved(artist.genes, change.edits),
            style_notes=with_note(artist.style_notes, style_note),
            who=who,
        )
    except ConflictError:
        return None


async def follow_move(
    store: StoreClient, artist_id: ArtistId, decision: Decision, who: str, trends: tuple[Trend, ...] = ()
) -> None:
    """What a move of the lifecycle means for the change on trial."""
    trial = await store.read(evolutions.evolution_on_trial, artist_id=artist_id)
    if decision.trigger is Trigger.EVOLVED and trial is not None:
        judged = evolver.judge(*_records(trial), is_over=True)
        if judged.verdict != "go_on":
            await _close(store, trial, judged.verdict, judged.chance_better, judged.text, who)
    elif decision.after is LifecycleState.EVOLVING:
        await take_back(store, artist_id, "An evolution begins, and two changes cannot be told apart.", who)
        artist = await store.read(artists.artist_by_id, artist_id=artist_id)
        await begin(store, artist, Kind.EXPLORE, trends=trends, who=who)
    elif decision.after is LifecycleState.PAUSED and decision.cause in (Cause.APPROVAL, Cause.REJECTIONS):
        await take_back(store, artist_id, decision.text, who)


async def finish_moves(store: StoreClient, who: str, trends: tuple[Trend, ...] = ()) -> None:
    """Make the changes that moves of the lifecycle were to bring, where a crash came between."""
    bare, stale = await store.read(evolutions.half_moved, older_than=BETWEEN)
    for artist_id in bare:
        artist = await store.read(artists.artist_by_id, artist_id=artist_id)
        await begin(store, artist, Kind.EXPLORE, trends=trends, who=who)
    for artist_id in stale:
        await take_back(store, artist_id, "The artist was paused for its verdicts.", who)


async def take_back(store: StoreClient, artist_id: ArtistId, why: str, who: str) -> bool:
    """Roll back the change on trial; says whether there was one."""
    trial = await store.read(evolutions.evolution_on_trial, artist_id=artist_id)
    if trial is None:
        return False
    judged = evolver.judge(*_records(trial))
    await _close(store, trial, "roll_back", judged.chance_better, f"{why} {judged.text}", who)
    return True


async def roll_back(store: StoreClient, trial: Evolution, why: str, who: str) -> Evolution:
    """Take back the change that a person was shown, and no other.

    Raises ConflictError where it has ended, or where the artist evolves by it.
    """
    judged = evolver.judge(*_records(trial))
    return await store.write(
        evolutions.close_evolution,
        evolution_id=trial.id,
        verdict="roll_back",
        chance_better=round(judged.chance_better, 4),
        why=f"{why} {judged.text}",
        who=who,
        unless=LifecycleState.EVOLVING,
    )


async def _close(
    store: StoreClient,
    trial: Evolution,
    verdict: Literal["keep", "roll_back"],
    chance_better: float,
    why: str,
    who: str,
) -> None:
    try:
        await store.write(
            evolutions.close_evolution,
            evolution_id=trial.id,
            verdict=verdict,
            chance_better=round(chance_better, 4),
            why=why,
            who=who,
        )
    except ConflictError:
        return  # it ended meanwhile


def _records(trial: Evolution) -> tuple[Record, Record]:
    return (
        Record(approved=trial.before_approved, decided=trial.before_decided),
        Record(approved=trial.approved, decided=trial.decided),
    )
