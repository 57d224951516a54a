"""Replay: a song's steps made again from what is on record, beside what was recorded.

Each step gets the recorded values of the steps before it, so that a difference shows where it arises. Models are not
asked: their recorded replies are read again. What was bought, decided by people or learnt is not made again.
Everything new lies in a scratch folder; the label is only read. Sizes and rates are those of the recorded files; what is
not on record (the loudness target, a length that nobody asked for) is taken from the settings of now.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from agents.llm.protocol import Completion, Request, Writer
from agents.packager import verify
from agents.release.bag import MANIFEST
from agents.release.job import PackageJob
from configs.prompts import load_prompt
from configs.settings import Settings
from runtime import studio
from runtime.bench import Bench
from runtime.likeness import SAME, Finding, Likeness, differs, left_out
from runtime.steps import PURCHASES
from runtime.trials import effect_of
from storage.clock import sub_seed
from storage.errors import LabelError, NotFoundError
from storage.model_calls import RecordedCall
from storage.records import CycleRecord, DoneStep
from storage.types import (
    Artwork,
    Asset,
    Brief,
    Composition,
    Critique,
    CycleId,
    CycleStep,
    Films,
    Frozen,
    Lyrics,
    Master,
    Reflection,
    Release,
    Verdict,
)

T = TypeVar("T", bound=Frozen)
VARIATIONS_MAX = 16
"""Re-renders of a picture that are looked through for the one on record."""


class StepReplay(Frozen):
    """One step made again, or why it was not."""

    name: CycleStep
    revision: int
    likeness: Likeness
    what: str


class Replay(Frozen):
    """A cycle made again."""

    cycle_id: CycleId
    steps: tuple[StepReplay, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs by more than its tolerance."""
        return all(step.likeness is not Likeness.DIFFERS for step in self.steps)


def replay(record: CycleRecord, settings: Settings, folder: Path, *, videos: bool) -> Iterator[StepReplay]:
    """Make every finished step again below `folder`; full films only with `videos`, because they take long."""
    again = _Again(record, settings, folder, videos=videos)
    for step in record.steps:
        finding = again.step(step)
        yield StepReplay(
            name=step.row.name, revision=step.row.revision, likeness=finding.likeness, what=finding.what
        )


class _Again:
    """One cycle on the bench: what is recorded, and where it is made again."""

    def __init__(self, record: CycleRecord, settings: Settings, folder: Path, *, videos: bool) -> None:
        self._bench = Bench(record, settings, folder)
        self._settings = settings
        self._videos = videos
        self._makers: dict[CycleStep, Callable[[DoneStep], Finding]] = {
            CycleStep.PLAN: self._plan,
            CycleStep.WRITE: self._write,
            CycleStep.COMPOSE: self._compose,
            CycleStep.PRODUCE: self._produce,
            CycleStep.CRITICISE: self._criticise,
            CycleStep.PAINT: self._paint,
            CycleStep.REFLECT: self._reflect,
            CycleStep.ASK: lambda step: left_out(f"decided by {self._bench.value(Verdict, step).who}"),
            CycleStep.FILM: self._film,
            CycleStep.PACKAGE: self._package,
            CycleStep.LEARN: lambda _step: left_out("what was learnt is a row of its own"),
        }

    def step(self, step: DoneStep) -> Finding:
        """A step's finding. What keeps it from being made again is a finding too."""
        if step.row.policy in PURCHASES:
            return left_out(f"bought at {step.row.provider}")
        try:
            return self._makers[step.row.name](step)
        except NotFoundError as error:
            return left_out(str(error))
        except LabelError as error:
            return differs(str(error))

    # ------------------------------------------------------------ words

    def _plan(self, step: DoneStep) -> Finding:
        from agents import planner

        assigned = self._bench.record.assigned
        writer = _writer_of(step, self._bench.value(Brief, step).source)
        brief, completion = asyncio.run(
            planner.plan(
                writer,
                artist=step.artist,
                request=self._bench.record.cycle.request,
                memory=step.memory,
                changes=self._bench.changes_before(step.row.revision),
                arm=(assigned.arm_id, effect_of(assigned)) if assigned else None,
                revision=step.row.revision,
                default_seconds=self._settings.song_seconds,
            )
        )
        return self._words(step, brief, completion)

    def _write(self, step: DoneStep) -> Finding:
        from agents import lyricist

        writer = _writer_of(step, self._bench.value(Lyrics, step).source)
        brief = self._bench.before(Brief, CycleStep.PLAN, step)
        lyrics, completion = asyncio.run(
            lyricist.write(writer, brief=brief, persona=step.artist.persona, memory=step.memory)
        )
        return self._words(step, lyrics, completion)

    def _reflect(self, step: DoneStep) -> Finding:
        from agents import reflector

        writer = _writer_of(step, self._bench.value(Reflection, step).source)
        reflection, completion = asyncio.run(
            reflector.reflect(
                writer,
                artist=step.artist,
                brief=self._bench.before(Brief, CycleStep.PLAN, step),
                critique=self._bench.before(Critique, CycleStep.CRITICISE, step),
                plan=self._bench.before(Composition, CycleStep.COMPOSE, step).plan,
                master=self._bench.before(Master, CycleStep.PRODUCE, step),
                memory=step.memory,
            )
        )
        return self._words(step, reflection, completion)

    def _words(self, step: DoneStep, made: Frozen, completion: Completion[T]) -> Finding:
        """A value that a model wrote: the same, and for the same question."""
        call = step.call
        # After drafts with faults the recorded question names these, and the reply alone can be compared.
        if call and call.attempts == 1 and call.request_sha256 != completion.request_sha256:
            return differs(f"{call.model} would be asked something else")
        return self._bench.same_value(step, made)

    # ------------------------------------------------------------ sound

    def _compose(self, step: DoneStep) -> Finding:
        brief = self._bench.before(Brief, CycleStep.PLAN, step)
        lyrics = self._bench.before(Lyrics, CycleStep.WRITE, step)
        made = studio.compose(self._bench.studio, brief, lyrics).value
        return self._bench.files(step, made) or self._bench.same_value(step, made)

    def _produce(self, step: DoneStep) -> Finding:
        recorded = self._bench.value(Master, step)
        song = self._bench.before(Composition, CycleStep.COMPOSE, step)
        for origin in filter(None, (song.score, *song.takes[:1])):
            self._bench.lend(origin)
        config = self._bench.studio.model_copy(
            update={"sample_rate_hz": recorded.wav.facts["sample_rate_hz"]}
        )
        made = studio.produce(config, self._bench.before(Brief, CycleStep.PLAN, step), song).value
        return self._bench.files(step, made) or SAME

    def _criticise(self, step: DoneStep) -> Finding:
        from agents import critic
        from agents.music.analysis import AudioFacts

        song = self._bench.before(Composition, CycleStep.COMPOSE, step)
        heard = self._bench.kept.assets.fetch(
            self._bench.before(Master, CycleStep.PRODUCE, step).facts.sha256
        )
        made = critic.criticise(
            self._bench.before(Brief, CycleStep.PLAN, step),
            self._bench.before(Lyrics, CycleStep.WRITE, step),
            song.plan,
            AudioFacts.model_validate_json(heard.read_text()),
            song.melody_grams,
            step.memory,
            self._bench.value(Critique, step).threshold,
            loudness_lufs=self._bench.kept.loudness_lufs,
        )
        return self._bench.same_value(step, made)

    # ------------------------------------------------------------ pictures

    def _paint(self, step: DoneStep) -> Finding:
        from PIL import Image

        recorded, brief = self._bench.value(Artwork, step), self._bench.before(Brief, CycleStep.PLAN, step)
        song = self._bench.before(Composition, CycleStep.COMPOSE, step)
        master = self._bench.before(Master, CycleStep.PRODUCE, step)
        persona = step.artist.persona
        damaged = self._bench.damage(step)
        if damaged:
            return damaged
        with Image.open(self._bench.kept.assets.fetch(recorded.cover.sha256)) as cover:
            config = self._bench.studio.model_copy(update={"cover_px": cover.width})
        self._bench.lend(master.wav)
        cover, thumbnail = studio.paint_cover(
            config, persona, brief, song.plan_asset, _variation(brief, "cover", recorded.cover)
        ).value
        preview = studio.film_preview(
            self._bench.sized(recorded.preview),
            persona,
            brief,
            song,
            master,
            _variation(brief, "film", recorded.preview),
        ).value
        return self._bench.files(step, Artwork(cover=cover, thumbnail=thumbnail, preview=preview)) or SAME

    def _film(self, step: DoneStep) -> Finding:
        if not self._videos:
            return left_out("takes long; give --videos")
        damaged = self._bench.damage(step)
        if damaged:
            return damaged
        brief, song = (
            self._bench.before(Brief, CycleStep.PLAN, step),
            self._bench.before(Composition, CycleStep.COMPOSE, step),
        )
        master = self._bench.before(Master, CycleStep.PRODUCE, step)
        self._bench.lend(master.wav)
        made = tuple(
            studio.film(
                self._bench.sized(video.asset, turned=video.aspect == "9:16"),
                step.artist.persona,
                brief,
                song,
                master,
                video.aspect,
                _variation(brief, "film", video.asset),
            ).value
            for video in self._bench.value(Films, step).videos
        )
        return self._bench.files(step, Films(videos=made)) or SAME

    # ------------------------------------------------------------ release

    def _package(self, step: DoneStep) -> Finding:
        recorded = self._bench.value(Release, step)
        bag = self._bench.kept.releases_dir / recorded.directory
        problems = verify(bag)
        if problems:
            return differs(f"the release is not whole: {problems[0]}")
        brief = self._bench.before(Brief, CycleStep.PLAN, step)
        verdict = self._bench.before(Verdict, CycleStep.ASK, step)
        job = PackageJob(
            release_id=recorded.id,
            cycle_id=self._bench.record.cycle.id,
            persona=step.artist.persona,
            artist_slug=step.artist.slug,
            title=brief.title,
            brief=brief,
            lyrics=self._bench.before(Lyrics, CycleStep.WRITE, step),
            plan=self._bench.before(Composition, CycleStep.COMPOSE, step).plan,
            master=self._bench.before(Master, CycleStep.PRODUCE, step),
            critique=self._bench.before(Critique, CycleStep.CRITICISE, step),
            artwork=self._bench.before(Artwork, CycleStep.PAINT, step),
            films=self._bench.before(Films, CycleStep.FILM, step),
            verdict=verdict,
            assets=self._bench.record.assets,
            made_at=verdict.decided_at,
        )
        config = self._bench.studio.model_copy(update={"assets_url": self._bench.kept.assets_url})
        made = studio.package(config, job).value
        before, now = (
            _manifest(folder / MANIFEST) for folder in (bag, self._bench.studio.releases_dir / made.directory)
        )
        others = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
        return differs(f"the release has another {', '.join(others)}") if others else SAME


class _RecordedWriter:
    """Answers with the reply that is on record, whatever it is asked."""

    def __init__(self, call: RecordedCall, source: str) -> None:
        self._call = call
        self._source = source

    async def complete(self, request: Request[T]) -> Completion[T]:
        prompt = load_prompt(request.prompt)
        return Completion(
            value=request.answer.model_validate_json(self._call.reply),
            source=self._source,
            provider=self._call.provider,
            model=self._call.model,
            prompt_sha256=prompt.sha256,
            request_sha256=request.sha256(prompt.sha256),
            latency_s=0.0,
        )


def _writer_of(step: DoneStep, source: str) -> Writer:
    if step.call is None:
        raise NotFoundError("No reply of a model is on record for this step")
    return _RecordedWriter(step.call, source)


def _variation(brief: Brief, part: str, asset: Asset) -> int:
    """Which re-render of a picture the recorded one is."""
    for variation in range(VARIATIONS_MAX):
        if sub_seed(brief.seed, part, variation) == asset.seed:
            return variation
    return 0


def _manifest(path: Path) -> dict[str, str]:
    lines = (line.split("  ", 1) for line in path.read_text(encoding="utf-8").splitlines())
    return {name: sha256 for sha256, name in lines}
