"""Songs as the console meets them: made by our own engines, small and short, and recorded step by step."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from agents import creator, critic, lyricist, planner, reflector
from agents.llm.offline.writer import OfflineWriter
from agents.music.analysis import AudioFacts
from agents.release.job import PackageJob
from runtime import studio
from runtime.approvals import Question
from runtime.studio import StudioConfig
from storage import approvals, artists, cycles, learning, memory, releases, steps
from storage.approval_rows import Approval
from storage.artists import Fence
from storage.cycles import Cycle
from storage.model_calls import ModelCall
from storage.steps import StepIntent, StepKey, StepResult
from storage.types import (
    Artist,
    Artwork,
    Asset,
    Brief,
    CycleState,
    CycleStep,
    EffectPolicy,
    Films,
    Frozen,
    Lesson,
    LifecycleState,
    Lyrics,
    MadePiece,
    Outcome,
    SongRequest,
    Take,
)
from tests.storage.stage import CAPS, Stage

UNDO_S = 600.0


@dataclass(frozen=True)
class MadeSong:
    """A song that waits for a decision."""

    question: Question
    song: object
    fence: Fence
    cycle: Cycle
    approval: Approval


class Band:
    """A roster on a stage, with engines at hand."""

    def __init__(self, stage: Stage, config: StudioConfig) -> None:
        self.stage = stage
        self.config = config

    def artist(self, seed: int, *, genre: str | None = None, state=LifecycleState.ACTIVE) -> Artist:
        roster = self.stage.read(artists.list_artists)
        persona, genes, _ = asyncio.run(
            creator.create(
                OfflineWriter(),
                seed=seed,
                genre=genre,
                taken_names=frozenset(each.persona.name for each in roster),
                taken_looks=frozenset(each.persona.visual.palette for each in roster),
            )
        )
        return self.stage.write(artists.add_artist, persona=persona, genes=genes, who="owner", state=state)

    def song(self, artist: Artist, seed: int, *, seconds: float = 12, price: str | None = "0.08") -> MadeSong:
        """One song from its plan to the question."""
        stage, config = self.stage, self.config
        fence, cycle = self.begun(artist, seed, seconds)
        known = stage.read(memory.memory_of, artist_id=artist.id, limit=20)
        brief, lyrics = self.written(artist, fence, cycle, known)

        song = studio.compose(config, brief, lyrics).value
        self.step(fence, cycle, CycleStep.COMPOSE, song, assets=(song.plan_asset, song.score), cost="0.08")
        master = studio.produce(config, brief, song).value
        self.step(
            fence,
            cycle,
            CycleStep.PRODUCE,
            master,
            assets=(master.wav, master.flac, master.mp3, master.facts),
        )
        heard = AudioFacts.model_validate_json(config.assets.fetch(master.facts.sha256).read_text())
        critique = critic.criticise(
            brief, lyrics, song.plan, heard, song.melody_grams, known, 0.6, loudness_lufs=-14.0
        )
        self.step(fence, cycle, CycleStep.CRITICISE, critique)
        cover, thumbnail = studio.paint_cover(config, artist.persona, brief, song.plan_asset, seed).value
        preview = studio.film_preview(config, artist.persona, song, master, seed).value
        artwork = Artwork(cover=cover, thumbnail=thumbnail, preview=preview)
        self.step(fence, cycle, CycleStep.PAINT, artwork, assets=(cover, thumbnail, preview))
        reflection, thought = asyncio.run(
            reflector.reflect(
                OfflineWriter(),
                artist=artist,
                brief=brief,
                critique=critique,
                plan=song.plan,
                master=master,
                memory=known,
            )
        )
        self.step(fence, cycle, CycleStep.REFLECT, reflection, calls=(_call(cycle, "reflect", thought),))
        question = Question(
            cycle_id=cycle.id, revision=0, brief=brief, lyrics=lyrics,
            takes=(Take(song=song, master=master, critique=critique),),
            artwork=artwork, reflection=reflection, song_price_usd=None if price is None else Decimal(price),
        )  # fmt: skip
        return MadeSong(question, song, fence, cycle, self.ask(fence, cycle, question))

    def written(self, artist: Artist, fence: Fence, cycle: Cycle, known=()) -> tuple[Brief, Lyrics]:
        """Plan and words, each as a step with its model call."""
        writer = OfflineWriter()
        brief, planned = asyncio.run(
            planner.plan(
                writer, artist=artist, request=cycle.request, memory=known, changes=(), variants=(), revision=0,
                default_seconds=12,
            )
        )  # fmt: skip
        self.step(fence, cycle, CycleStep.PLAN, brief, calls=(_call(cycle, "plan", planned),))
        lyrics, written = asyncio.run(
            lyricist.write(writer, brief=brief, persona=artist.persona, memory=known)
        )
        self.step(fence, cycle, CycleStep.WRITE, lyrics, calls=(_call(cycle, "write", written),))
        return brief, lyrics

    def begun(self, artist: Artist, seed: int, seconds: float = 12) -> tuple[Fence, Cycle]:
        """A cycle that has just begun."""
        stage = self.stage
        fence = stage.activate(artist, owner=f"actor of {artist.slug}", lease_s=3600).fence
        request = SongRequest(seed=seed, seconds=seconds)
        cycle = stage.write(cycles.request_cycle, artist_id=artist.id, request=request, requested_by="owner")
        return fence, stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)

    def step(
        self,
        fence,
        cycle,
        name: CycleStep,
        value: Frozen,
        *,
        assets: tuple[Asset, ...] = (),
        cost="0",
        calls=(),
    ) -> None:
        """A step as the runner records it."""
        self.begin(fence, cycle, name, cost=cost)
        result = StepResult(
            key=StepKey(cycle_id=cycle.id, revision=0, name=name), output=value.model_dump_json(),
            assets=tuple(each for each in assets if each), cost_usd=Decimal(cost), calls=calls, cpu_s=0.4,
        )  # fmt: skip
        self.stage.write(steps.finish_step, fence=fence, finished=result)

    def begin(self, fence, cycle, name: CycleStep, *, cost="0", provider: str | None = None) -> None:
        bought = name is CycleStep.COMPOSE and cost != "0"
        self.stage.write(
            steps.begin_step, fence=fence, caps=CAPS,
            intent=StepIntent(
                key=StepKey(cycle_id=cycle.id, revision=0, name=name),
                policy=EffectPolicy.AT_MOST_ONCE if bought or provider else EffectPolicy.LOCAL,
                provider=provider or ("suno" if bought else "embedded"), worst_case_usd=Decimal(cost),
            ),
        )  # fmt: skip

    def ask(
        self, fence, cycle, question: Question, *, deadline_h=72.0, preview: str | None = None
    ) -> Approval:
        """The question, with the cycle set to wait for it."""
        self.begin(fence, cycle, CycleStep.ASK)
        asked = self.stage.write(
            approvals.ask, fence=fence, cycle_id=cycle.id, revision=0, title=question.brief.title, takes=len(question.takes),
            preview_sha256=preview or question.artwork.preview.sha256, facts=question.facts(), deadline_h=deadline_h,
        )  # fmt: skip
        self.rest(fence, cycle, CycleState.WAITING, f"waits for a decision on {asked.id}")
        return asked

    def rest(self, fence, cycle, state: CycleState, reason: str) -> None:
        """The cycle is set aside and its artist is free for the next."""
        self.stage.write(cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=state, reason=reason)
        self.stage.write(artists.release_artist, fence=fence)

    def decide(self, made: MadeSong, outcome: Outcome, why: str, *, who="ada", surface="console") -> Approval:
        return self.stage.write(
            approvals.decide, approval_id=made.approval.id, outcome=outcome, decided_by="person", who=who,
            surface=surface, reason=why, undo_s=0.0,
        )  # fmt: skip

    def release(self, artist: Artist, made: MadeSong) -> None:
        """What happens after an approval: films, the bag, the lesson."""
        stage, question = self.stage, made.question
        fence = stage.activate(artist, owner="later", lease_s=3600).fence
        stage.write(cycles.open_cycle, fence=fence, cycle_id=made.cycle.id, claims_max=5)
        verdict = stage.read(approvals.effective_verdict, approval_id=made.approval.id)
        self.step_end(fence, made.cycle, CycleStep.ASK, verdict)
        video = studio.film(self.config, artist.persona, made.song, question.takes[0].master, "16:9", 5).value
        films = Films(videos=(video,))
        self.step(fence, made.cycle, CycleStep.FILM, films, assets=(video.asset,))
        job = PackageJob(
            release_id=made.cycle.id.replace("cyc_", "rel_"), cycle_id=made.cycle.id, persona=artist.persona,
            artist_slug=artist.slug, title=question.brief.title, brief=question.brief, lyrics=question.lyrics,
            plan=made.song.plan, master=question.takes[0].master, critique=question.takes[0].critique, artwork=question.artwork,
            films=films, verdict=verdict, assets=(made.song.plan_asset, made.song.score), made_at=verdict.decided_at,
        )  # fmt: skip
        release = studio.package(self.config, job).value
        stage.write(
            releases.record_release, fence=fence, cycle_id=made.cycle.id, release=release,
            release_date=job.release_date,
        )  # fmt: skip
        self.step(fence, made.cycle, CycleStep.PACKAGE, release)
        self.learned(fence, made, verdict, Outcome.APPROVED)

    def learned(self, fence, made: MadeSong, verdict, outcome: Outcome) -> None:
        question = made.question
        brief, reflection = question.brief, question.reflection
        lesson = Lesson(
            outcome=outcome,
            score=question.takes[0].critique.score,
            text=reflection.style_note,
            edits=reflection.edits,
        )
        piece = MadePiece(
            title=brief.title, theme=brief.theme, mood=brief.mood, tempo_bpm=brief.tempo_bpm, key=brief.key,
            mode=brief.mode, outcome=outcome, score=question.takes[0].critique.score,
        )  # fmt: skip
        self.stage.write(learning.learn, fence=fence, cycle_id=made.cycle.id, piece=piece, verdict=verdict)
        self.step(fence, made.cycle, CycleStep.LEARN, lesson)
        self.stage.write(
            cycles.end_cycle, fence=fence, cycle_id=made.cycle.id, outcome=outcome, decided_by=verdict.decided_by,
            reason=verdict.reason,
        )  # fmt: skip
        self.stage.write(artists.release_artist, fence=fence)

    def reject(self, artist: Artist, made: MadeSong, why: str, **by) -> None:
        """A song that a person did not want, to its end."""
        self.decide(made, Outcome.REJECTED, why, **by)
        fence = self.stage.activate(artist, owner="later", lease_s=3600).fence
        self.stage.write(cycles.open_cycle, fence=fence, cycle_id=made.cycle.id, claims_max=5)
        verdict = self.stage.read(approvals.effective_verdict, approval_id=made.approval.id)
        self.step_end(fence, made.cycle, CycleStep.ASK, verdict)
        self.learned(fence, made, verdict, Outcome.REJECTED)

    def step_end(self, fence, cycle, name: CycleStep, value: Frozen) -> None:
        result = StepResult(
            key=StepKey(cycle_id=cycle.id, revision=0, name=name), output=value.model_dump_json()
        )
        self.stage.write(steps.finish_step, fence=fence, finished=result)


def _call(cycle: Cycle, step: str, told) -> ModelCall:
    return ModelCall(
        cycle_id=cycle.id, revision=0, step=step, call_number=1, task=step, provider=told.provider, model=told.model,
        request_sha256=told.request_sha256, prompt_sha256=told.prompt_sha256, outcome="ok", tokens_in=told.tokens_in,
        tokens_out=told.tokens_out, cost_usd=told.cost_usd, latency_s=told.latency_s, attempts=told.attempts,
        reply=told.value.model_dump_json(),
    )  # fmt: skip
