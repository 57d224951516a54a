"""A label in the middle of its work, for pictures and for people who look: real covers, songs and decisions."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import insert

from agents.mending.checkout import ChangedFile
from agents.mending.diff import drawn
from agents.music.order import MusicOrder
from agents.niches import moved
from agents.publicist import draw
from runtime import studio
from runtime.inbox import sheet
from storage import (
    artists,
    autopilot,
    content_plan,
    evolutions,
    experiments,
    faults,
    inbox,
    knobs,
    patches,
    steps,
    tables,
)
from storage.clock import new_id
from storage.steps import StepKey
from storage.store import Tx, write
from storage.timelines import label_now
from storage.types import AutopilotPolicy, CycleState, CycleStep, GeneEdit, LifecycleState, Outcome
from tests.storage.stage import Stage
from tests.ui.console.band import Band

SPENT = (0.40, 0.72, 0.00, 1.10, 0.64, 0.95, 2.10, 1.30, 0.48, 0.88, 1.62, 0.30, 1.94, 0.56)
PRAISE = "The hook lands early and the low end is clean"
BLAME = "Too close to the last one; the bridge goes nowhere"


def fill(band: Band, *, waiting: int = 4, released: int = 2, rejected: int = 1) -> None:
    """Artists with a past, songs that wait, one at work, one parked, a fault, two weeks of spending."""
    stage = band.stage
    genres = ("synthwave", "lofi", "house", "ambient", "indie", "trap")
    roster = [band.artist(seed, genre=genre) for seed, genre in enumerate(genres, start=41)]
    for index in range(released):
        made = band.song(roster[index], 900 + index)
        band.decide(
            made,
            Outcome.APPROVED,
            PRAISE,
            who=("ada", "ben")[index % 2],
            surface=("console", "telegram")[index % 2],
        )
        band.release(roster[index], made)
    for index in range(rejected):
        made = band.song(roster[0], 950 + index)
        band.reject(roster[0], made, BLAME, who="ben", surface="telegram")
    made = [band.song(roster[index % len(roster)], 970 + index) for index in range(waiting)]
    stage.write(_ages, minutes=[300, 190, 44, 12, 7, 5], approval_ids=[each.approval.id for each in made])
    _under_way(band, roster)
    _to_make(band, roster[1])
    _past(band, roster)
    _lives(band, roster)
    stage.write(_spent, artist_id=roster[0].id, days=SPENT)


def _under_way(band: Band, roster) -> None:
    fence, cycle = band.begun(roster[4], 31)
    brief, lyrics = band.written(roster[4], fence, cycle)
    band.step(fence, cycle, CycleStep.COMPOSE, studio.compose(band.config, brief, lyrics).value)
    band.begin(fence, cycle, CycleStep.PRODUCE)
    fence, cycle = band.begun(roster[5], 32)
    band.written(roster[5], fence, cycle)
    band.begin(fence, cycle, CycleStep.COMPOSE, cost="0.12", provider="suno")
    key = StepKey(cycle_id=cycle.id, revision=0, name=CycleStep.COMPOSE)
    band.stage.write(
        steps.park_step,
        fence=fence,
        key=key,
        reason="suno did not answer after the song was sent; it may have been bought",
    )


def _to_make(band: Band, artist) -> None:
    """A song that somebody with a plan elsewhere is asked to make."""
    fence, cycle = band.begun(artist, 33, 60)
    brief, lyrics = band.written(artist, fence, cycle)
    band.begin(fence, cycle, CycleStep.COMPOSE)
    order = MusicOrder(brief=brief, lyrics=lyrics, vocal=artist.persona.vocal)
    asked = band.stage.write(inbox.ask, fence=fence, cycle_id=cycle.id, revision=0, sheet=sheet(order))
    band.rest(
        fence, cycle, CycleState.WAITING, f"waits for a song made by hand: `labelmate inbox show {asked.id}`"
    )


def _past(band: Band, roster) -> None:
    stage = band.stage
    policy = AutopilotPolicy(min_score=0.85, stop_at_usd=Decimal(3))
    stage.write(
        autopilot.set_autopilot, artist_id=roster[2].id, policy=policy, who="owner", surface="console",
        reason="nine of ten approved since August",
    )  # fmt: skip
    from storage.artists import set_state

    for artist, after, trigger, reason in (
        (roster[3], LifecycleState.EVOLVING, "evolve", "approval rate fell"),
        (roster[5], LifecycleState.PAUSED, "pause", "sounds like its sister; ben asked for a rest"),
    ):
        stage.write(
            set_state, artist_id=artist.id, before=LifecycleState.ACTIVE, after=after, trigger=trigger,
            evidence={"approved": 3, "rejected": 6, "errors": 0, "lower_bound": 0.12}, bound=0.21, reason=reason, who="policy",
        )  # fmt: skip
    stage.write(
        experiments.create_experiment,
        parameter="hook_density",
        values=("0.35", "0.5", "0.7"),
        method="bandit",
        who="owner",
    )
    for _ in range(3):
        group, _repeats = stage.write(
            faults.record_fault, fingerprint="7c1e9a40b2d35f68", code="render", title="RenderError in film: the encoder ended early",  # pragma: allowlist secret
            message="ffmpeg ended with 137 while frame 412 was written",
            trace='Traceback (most recent call last):\n  File "agents/visuals/encode.py", line 88, in close\n    raise RenderError("the encoder ended early")\nstorage.errors.RenderError: the encoder ended early (api_key=[redacted])',
            artist_id=roster[1].id, step="film",
        )  # fmt: skip
    fix = stage.write(
        faults.open_fix,
        fingerprint=group.fingerprint,
        action="retry_smaller",
        reason="memory ran out at 1080p",
        step="film",
    )
    stage.write(faults.close_fix, fix_id=fix.id, status="worked")
    stage.write(
        faults.record_fault, fingerprint="11aa22bb33cc44dd", code="provider_unavailable", title="Suno answers 503",
        message="503 Service Unavailable", trace="ProviderUnavailableError: 503", artist_id=roster[0].id, step="compose",
    )  # fmt: skip
    _patched(stage, roster[0].id)
    stage.write(knobs.turn_knob, name="BUDGET_DAILY_USD", value="3", who="owner")
    stage.write(knobs.turn_knob, name="CRITIC_THRESHOLD", value="0.65", who="owner")


def _lives(band: Band, everybody) -> None:
    """Faces, calendars, and what the first one has changed and is trying."""
    stage = band.stage
    for artist in everybody:
        pictures = studio.draw_portrait(band.config, artist.persona).value
        avatar, logo = pictures
        persona = artist.persona.model_copy(
            update={"avatar_sha256": avatar.sha256, "logo_sha256": logo.sha256}
        )
        now = stage.read(artists.artist_by_id, artist_id=artist.id)
        stage.write(
            artists.change_persona, artist_id=artist.id, version=now.version, persona=persona, trigger="avatar",
            evidence=None, who="owner", pictures=pictures,
        )  # fmt: skip
    first = stage.write(artists.accept_artist, artist_id=everybody[0].id, who="owner")
    today = stage.read(label_now).date()
    until = today + timedelta(days=28)
    pieces = draw(first.persona, first=today - timedelta(days=6), last=until)
    stage.write(content_plan.extend_plan, artist_id=first.id, pieces=pieces, until=until)
    for edits, verdict, chance, why in (
        ((GeneEdit(gene="energy", delta=0.08, because="people: energy is 0.62 in 7 approved songs, 0.41 in 4 rejected"),),
         "keep", 0.71, "4 of 5 approved, 7 of 11 before: better with probability 0.71"),
        ((GeneEdit(gene="hook_density", delta=-0.1, because="the critic: the hook returns in every other line"),
          GeneEdit(gene="brightness", delta=0.05, because="the critic: the air band is 4 dB below the genre's")),
         None, None, ""),
    ):  # fmt: skip
        now = stage.read(artists.artist_by_id, artist_id=first.id)
        change = stage.write(
            evolutions.open_evolution, artist_id=now.id, version=now.version, parent_version=now.version, kind="refine",
            edits=edits, style_note="Let the second chorus breathe." if verdict else "", genes=moved(now.genes, edits),
            style_notes=now.style_notes, who="policy:evolution",
        )  # fmt: skip
        if verdict:
            stage.write(
                evolutions.close_evolution, evolution_id=change.id, verdict=verdict, chance_better=chance, why=why,
                who="policy:evolution",
            )  # fmt: skip


def _patched(stage: Stage, artist_id: str) -> None:
    """A bug of our own, and the patch that a model proposes for it."""
    before = "def bars(duration_s: float, tempo_bpm: float) -> int:\n    return round(duration_s / bar_s(tempo_bmp))\n"
    file = patches.PatchedFile(
        path="agents/planning/lengths.py", before=before, after=before.replace("tempo_bmp", "tempo_bpm")
    )
    group, _repeats = stage.write(
        faults.record_fault, fingerprint="2f60b7d1c8e94a35", code="bug", title="NameError: name 'tempo_bmp' is not defined",  # pragma: allowlist secret
        message="NameError: name 'tempo_bmp' is not defined",
        trace='Traceback (most recent call last):\n  File "agents/planning/lengths.py", line 2, in bars\n    return round(duration_s / bar_s(tempo_bmp))\nNameError: name \'tempo_bmp\' is not defined',
        artist_id=artist_id, step="plan",
    )  # fmt: skip
    asked = stage.write(patches.ask_patch, fingerprint=group.fingerprint, who="owner")
    tried = patches.Tried(
        status="proposed", reason="Name the tempo as the argument does.", cause="bars() reads a name that is never bound: a slip of the pen for tempo_bpm.",
        source="deepseek:deepseek-chat", cost_usd=Decimal("0.0021"), tree="/src/labelmate", tree_sha256="00" * 32, files=(file,),
        diff=drawn((ChangedFile(**file.model_dump()),)), result="passed", tests=("tests/agents/test_planner.py",), output="12 passed in 4.10s", took_s=4.1,
    )  # fmt: skip
    stage.write(patches.record_trial, fix_id=asked.id, tried=tried)


@write
def _ages(tx: Tx, *, minutes: list[int], approval_ids: list[str]) -> None:
    """Let songs have waited for a while, the first beyond its deadline."""
    P = tables.approvals
    for index, approval_id in enumerate(approval_ids):
        asked = tx.clock.now() - timedelta(minutes=minutes[index % len(minutes)])
        values = {"asked_at": asked} | ({"overdue_at": tx.clock.now()} if index == 0 else {})
        tx.connection.execute(P.update().where(P.c.id == approval_id).values(**values))


@write
def _spent(tx: Tx, *, artist_id: str, days: tuple[float, ...]) -> None:
    """Two weeks of money, today's among it."""
    now = tx.clock.now()
    for back, usd in enumerate(reversed(days)):
        day = now - timedelta(days=back)
        for provider, share in (("suno", 0.7), ("openai", 0.22), ("pexels", 0.08)):
            amount = Decimal(str(round(usd * share, 4)))
            if amount:
                tx.connection.execute(
                    insert(tables.spend).values(
                        id=new_id("spd", tx.clock), idempotency_key=f"{provider}/{back}", artist_id=artist_id, provider=provider,
                        reserved_usd=amount, settled_usd=amount, status="settled", day=day.strftime("%Y-%m-%d"),
                        month=day.strftime("%Y-%m"), at=day,
                    )
                )  # fmt: skip
