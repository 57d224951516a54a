"""What most storage tests stand on: a store, a clock that can be moved, an artist and a cycle."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from storage import approvals, artists, cycles, steps
from storage.approval_rows import Approval
from storage.artists import Activation
from storage.clock import SeededClock
from storage.cycles import Cycle
from storage.ledger import Caps
from storage.steps import StepIntent, StepKey
from storage.store import Store
from storage.types import (
    Artist,
    Asset,
    CycleStep,
    EffectPolicy,
    Genes,
    LifecycleState,
    Persona,
    SongRequest,
    VisualIdentity,
)

CAPS = Caps(daily_usd=Decimal(5), monthly_usd=Decimal(50))
PREVIEW = "ab" * 32


class Watch(SeededClock):
    """A label's clock that a test can set forward."""

    def advance(self, **by: float) -> None:
        self._epoch += timedelta(**by)


def persona(name: str) -> Persona:
    look = VisualIdentity(
        palette="dusk",
        display_font="Anton",
        text_font="Inter",
        compositions=(),
        scenes=(),
        emblem="moon",
        motion=0.5,
        grain=0.1,
    )
    return Persona(
        name=name, genre="lofi", tagline="quiet", backstory="a room", lyrical_voice="close", themes=("rain",),
        moods=("calm",), audience="night owls", visual=look, signature_seed=1, source="offline",
    )  # fmt: skip


def asset(
    content: str, *, parents: tuple[str, ...] = (), kind: str = "wav", media_type: str = "audio/wav"
) -> Asset:
    """The row of a file that needs no bytes; `content` is two hex digits, repeated."""
    return Asset(
        sha256=content * 32,
        kind=kind,
        media_type=media_type,
        size_bytes=1,
        parents=parents,
        tool="test",
        seed=2**63,
    )


class Stage:
    """A store with shortcuts; every write is one call and one new write id."""

    def __init__(self, store: Store, clock: Watch) -> None:
        self.store = store
        self.clock = clock

    def write(self, op, **arguments):
        return self.store.submit(op, arguments, uuid4().hex).result(30)

    def read(self, query, **arguments):
        return self.store.submit(query, arguments).result(30)

    def artist(self, name: str = "Nova Rain", state: LifecycleState = LifecycleState.ACTIVE) -> Artist:
        return self.write(artists.add_artist, persona=persona(name), genes=Genes(), who="test", state=state)

    def activate(self, artist: Artist, owner: str = "actor-1", lease_s: float = 30) -> Activation:
        return self.write(artists.claim_artist, artist_id=artist.id, owner=owner, lease_s=lease_s)

    def cycle(self, artist: Artist, seed: int = 1) -> Cycle:
        request = SongRequest(seed=seed)
        return self.write(cycles.request_cycle, artist_id=artist.id, request=request, requested_by="test")

    def song(self, name: str = "Nova Rain") -> tuple[artists.Fence, Cycle]:
        """An active artist's running cycle."""
        artist = self.artist(name)
        fence = self.activate(artist, owner=f"actor of {name}").fence
        cycle = self.cycle(artist)
        return fence, self.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)

    def begin(self, fence, cycle, step=CycleStep.COMPOSE, *, cost="0", provider="suno", caps=CAPS):
        return self.write(
            steps.begin_step, fence=fence, intent=intent(cycle, step, cost=cost, provider=provider), caps=caps
        )

    def finish(self, fence, cycle, step=CycleStep.COMPOSE, *, assets=(), cost="0", revision=0, output="{}"):
        return self.write(
            steps.finish_step,
            fence=fence,
            finished=steps.StepResult(
                key=key(cycle, step, revision), output=output, assets=tuple(assets), cost_usd=Decimal(cost)
            ),
        )

    def ask(
        self, fence, cycle, *, revision=0, preview=PREVIEW, takes=1, deadline_h=72.0, facts=None
    ) -> Approval:
        return self.write(
            approvals.ask, fence=fence, cycle_id=cycle.id, revision=revision, title="Slow Rain", takes=takes,
            preview_sha256=preview, facts=facts or {"tempo_bpm": 80}, deadline_h=deadline_h,
        )  # fmt: skip

    def end(self, fence, cycle, outcome, decided_by="person"):
        self.write(
            cycles.end_cycle,
            fence=fence,
            cycle_id=cycle.id,
            outcome=outcome,
            decided_by=decided_by,
            reason="",
        )


def key(cycle: Cycle, step: CycleStep = CycleStep.COMPOSE, revision: int = 0) -> StepKey:
    return StepKey(cycle_id=cycle.id, revision=revision, name=step)


def intent(
    cycle: Cycle, step: CycleStep = CycleStep.COMPOSE, *, cost="0", provider="suno", revision=0
) -> StepIntent:
    return StepIntent(
        key=key(cycle, step, revision),
        policy=EffectPolicy.AT_MOST_ONCE,
        provider=provider,
        worst_case_usd=Decimal(cost),
    )
