"""A replayed song's crew: each role works from the record, on a bench of its own, and asks nobody."""

from collections.abc import Callable
from typing import TypeVar

from agents.llm.protocol import Completion, Request, Writer
from agents.release.job import PackageJob
from configs.prompts import load_prompt
from configs.settings import Settings
from runtime import studio
from runtime.bench import Bench
from runtime.revisions import Revisions
from runtime.trials import variants_from
from runtime.work import LocalWork, Made
from storage.errors import NotFoundError
from storage.model_calls import RecordedCall
from storage.records import DoneStep
from storage.types import (
    Artwork,
    Brief,
    Composition,
    Critique,
    CycleStep,
    Films,
    Footage,
    Frozen,
    Lesson,
    Lyrics,
    Master,
    Outcome,
    ParameterChange,
    Reflection,
    Release,
    Remark,
    SongRequest,
    Take,
    Takes,
    Verdict,
)

T = TypeVar("T", bound=Frozen)
D = TypeVar("D", bound=Frozen)


class LeftOut(Exception):  # noqa: N818 - no error: a step that is not made again, and why
    """Not made again."""


class ReplayCrew:
    """The roles of runtime/crew.py, from the record. `step` is the one whose turn it is."""

    def __init__(self, bench: Bench, settings: Settings, *, videos: bool) -> None:
        self.step: DoneStep
        self.asks_something_else = False
        """Whether the last words would come from another question than the recorded one."""
        self._bench = bench
        self._settings = settings
        self._videos = videos

    @property
    def revisions_max(self) -> int:
        """As many as the critic went through from here, which tells where it was content or gave up."""
        done = {(step.row.name, step.row.revision): step for step in self._bench.record.steps}
        first = self.step.row.revision + 1 if hasattr(self, "step") else 0
        revision = first
        while (step := done.get((CycleStep.CRITICISE, revision))) is not None:
            takes = self._bench.value(Takes[Critique], step).each
            if any(critique.passed for critique in takes) or (CycleStep.PLAN, revision + 1) not in done:
                break
            revision += 1
        return revision - first

    @property
    def _request(self) -> SongRequest:
        return self._bench.record.cycle.request

    def plan(self, revision: int, changes: tuple[ParameterChange, ...]) -> LocalWork[Brief]:
        from agents import importer, planner

        if self._request.recording is not None:
            return _at_once(lambda: importer.brief_of(self.step.artist, self._request), "words")

        async def make(_variation: int) -> Made[Brief]:
            return self._words(
                await planner.plan(
                    self._writer(self._source(Brief)),
                    artist=self.step.artist,
                    request=self._request,
                    memory=self.step.memory,
                    changes=changes,
                    variants=variants_from(self._bench.record.promoted, self._bench.record.assigned),
                    trying=self._bench.value(Brief, self.step).trying,
                    revision=revision,
                    default_seconds=self._settings.song_seconds,
                    remarks=self._remarks(),
                    trends=self._bench.value(Brief, self.step).trends,
                    lessons=self._bench.value(Brief, self.step).lessons,
                )
            )

        return LocalWork(make, kind="words")

    def retitle(self, brief: Brief, revision: int) -> LocalWork[Brief]:
        from agents import planner

        async def make(_variation: int) -> Made[Brief]:
            return self._words(
                await planner.retitle(
                    self._writer(self._source(Brief)),
                    artist=self.step.artist,
                    brief=brief,
                    memory=self.step.memory,
                    revision=revision,
                    remarks=self._remarks(),
                )
            )

        return LocalWork(make, kind="words")

    def write(self, brief: Brief, at: Revisions) -> LocalWork[Lyrics]:
        from agents import importer, lyricist

        if self._request.recording is not None:
            return _at_once(lambda: importer.lyrics_of(self.step.artist, brief, self._request), "words")

        async def make(_variation: int) -> Made[Lyrics]:
            made = self._words(
                await lyricist.write(
                    self._writer(self._source(Lyrics)),
                    brief=brief.model_copy(update={"seed": at.words_seed(brief)}),
                    persona=self.step.artist.persona,
                    memory=self.step.memory,
                    remarks=self._remarks(),
                )
            )
            # Whether a model ought to have answered is a fact of that time.
            is_stand_in = self._bench.value(Lyrics, self.step).is_stand_in
            return Made(made.value.model_copy(update={"is_stand_in": is_stand_in}))

        return LocalWork(make, kind="words")

    def compose(self, brief: Brief, lyrics: Lyrics, at: Revisions) -> tuple[LocalWork[Takes[Composition]]]:
        if self._request.recording is not None:
            return (_left_out(Takes[Composition], lambda: "a person brought the recording"),)

        def make() -> Takes[Composition]:
            song = studio.compose(self._bench.studio, brief, lyrics).value
            return Takes[Composition](each=(song,))

        return (_at_once(make, "music"),)

    def produce(self, brief: Brief, songs: Takes[Composition]) -> LocalWork[Takes[Master]]:
        def make() -> Takes[Master]:
            recorded = self._bench.value(Takes[Master], self.step)
            rate_hz = recorded.first.wav.facts["sample_rate_hz"]
            config = self._bench.studio.model_copy(update={"sample_rate_hz": rate_hz})
            for song in songs.each:
                self._bench.lend(song.origin)
            masters = (studio.produce(config, brief, song).value for song in songs.each)
            return Takes[Master](each=tuple(masters))

        return _at_once(make, "music")

    def criticise(
        self,
        brief: Brief,
        lyrics: Lyrics,
        songs: Takes[Composition],
        masters: Takes[Master],
        at: Revisions,
    ) -> LocalWork[Takes[Critique]]:
        from agents import critic

        async def make(_variation: int) -> Made[Takes[Critique]]:
            recorded = self._bench.value(Takes[Critique], self.step)
            critiques: list[Critique] = []
            for song, master, before in zip(songs.each, masters.each, recorded.each, strict=True):
                critique = critic.criticise(
                    brief,
                    lyrics,
                    song.plan,
                    studio.heard(self._bench.kept, master),
                    song.melody_grams,
                    self.step.memory,
                    before.threshold,
                    loudness_lufs=self._bench.kept.loudness_lufs,
                    others=self.step.others,
                )
                if before.source != critique.source:
                    writer = self._writer(before.source)
                    critique = self._words(await critic.phrase(writer, brief, critique)).value
                critiques.append(critique)
            return Made(Takes[Critique](each=tuple(critiques)))

        return LocalWork(make, kind="music")

    def paint(
        self, brief: Brief, takes: tuple[Take, ...], at: Revisions, before: Artwork | None
    ) -> LocalWork[Artwork]:
        def make() -> Artwork:
            recorded, persona = self._bench.value(Artwork, self.step), self.step.artist.persona
            cover, thumbnail = recorded.cover, recorded.thumbnail
            previews = [recorded.preview, *recorded.other_previews]
            # The seeds are on record, whatever re-render they came from.
            if before is None or at.paints_cover:
                config = self._bench.pictured(recorded.cover)
                assert recorded.cover.seed is not None
                cover, thumbnail = studio.paint_cover(
                    config, persona, brief, takes[0].song.plan_asset, recorded.cover.seed
                ).value
            if before is None or at.films_preview:
                for place, take in enumerate(takes):
                    self._bench.lend(take.master.wav)
                    self._lend(recorded.footage)
                    config, seed = self._bench.sized(previews[place]), previews[place].seed
                    assert seed is not None
                    previews[place] = studio.film_preview(
                        config, persona, take.song, take.master, seed, recorded.footage
                    ).value
            return recorded.model_copy(
                update={
                    "cover": cover,
                    "thumbnail": thumbnail,
                    "preview": previews[0],
                    "other_previews": tuple(previews[1:]),
                }
            )

        return _at_once(make, "visuals")

    def reflect(self, brief: Brief, take: Take, at: Revisions) -> LocalWork[Reflection]:
        from agents import reflector

        async def make(_variation: int) -> Made[Reflection]:
            return self._words(
                await reflector.reflect(
                    self._writer(self._source(Reflection)),
                    artist=self.step.artist,
                    brief=brief,
                    critique=take.critique,
                    plan=take.song.plan,
                    master=take.master,
                    memory=self.step.memory,
                )
            )

        return LocalWork(make, kind="words")

    def ask(
        self,
        brief: Brief,
        lyrics: Lyrics,
        takes: tuple[Take, ...],
        artwork: Artwork,
        reflection: Reflection,
        revision: int,
    ) -> LocalWork[Verdict]:
        return _left_out(Verdict, lambda: f"decided by {self._bench.value(Verdict, self.step).who}")

    def film(self, brief: Brief, take: Take, artwork: Artwork, at: Revisions) -> LocalWork[Films]:
        if not self._videos:
            return _left_out(Films, lambda: "takes long; give --videos")

        def make() -> Films:
            self._bench.lend(take.master.wav)
            videos, recorded = [], self._bench.value(Films, self.step)
            # One for each video, or none at all where nobody was asked for any.
            lent = recorded.footage or (None,) * len(recorded.videos)
            for video, footage in zip(recorded.videos, lent, strict=True):
                self._lend(footage)
                config = self._bench.sized(video.asset, turned=video.aspect == "9:16")
                assert video.asset.seed is not None
                persona, seed = self.step.artist.persona, video.asset.seed
                filmed = studio.film(config, persona, take.song, take.master, video.aspect, seed, footage)
                videos.append(filmed.value)
            return Films(videos=tuple(videos), footage=recorded.footage)

        return _at_once(make, "visuals")

    def package(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        artwork: Artwork,
        films: Films,
        verdict: Verdict,
    ) -> LocalWork[Release]:
        def make() -> Release:
            job = PackageJob.of(
                self.step.artist,
                self._bench.record.cycle.id,
                self._bench.record.assets,
                brief=brief,
                lyrics=lyrics,
                take=take,
                artwork=artwork,
                films=films,
                verdict=verdict,
            )
            config = self._bench.studio.model_copy(update={"assets_url": self._bench.kept.assets_url})
            return studio.package(config, job).value

        return _at_once(make, "release")

    def learn(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        reflection: Reflection,
        verdict: Verdict | None,
        outcome: Outcome,
    ) -> LocalWork[Lesson]:
        return _left_out(Lesson, lambda: "what was learnt is a row of its own")

    def _lend(self, footage: Footage | None) -> None:
        for clip in footage.clips if footage else ():
            self._bench.lend(clip.asset)

    def _remarks(self) -> tuple[Remark, ...]:
        """As the recorded question had them: it may be set otherwise by now."""
        call = self.step.call
        asked = call.messages[1][1] if call is not None and call.messages and len(call.messages) > 1 else ""
        return self.step.remarks if '"remarks": [{' in asked else ()

    def _writer(self, source: str) -> Writer:
        if self.step.call is None:
            raise NotFoundError("No reply of a model is on record for this step")
        return _RecordedWriter(self.step.call, source)

    def _source(self, output: type[Brief | Lyrics | Reflection]) -> str:
        """Who wrote the step's value."""
        return self._bench.value(output, self.step).source

    def _words(self, answer: tuple[T, Completion[D]]) -> Made[T]:
        """A value that a model wrote, and whether it would be for the same question."""
        value, completion = answer
        call = self.step.call
        # After drafts with faults the recorded question names these, and the reply alone can be compared.
        is_first = call is not None and call.attempts == 1 and call.call_number == 1
        self.asks_something_else = (
            is_first and call is not None and call.request_sha256 != completion.request_sha256
        )
        return Made(value)


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
            temperature=self._call.temperature,
            latency_s=0.0,
        )


def _at_once(work: Callable[[], T], kind: str) -> LocalWork[T]:
    async def make(_variation: int) -> Made[T]:
        return Made(work())

    return LocalWork(make, kind=kind)


def _left_out(output: type[T], why: Callable[[], str]) -> LocalWork[T]:
    async def make(_variation: int) -> Made[T]:
        raise LeftOut(why())

    return LocalWork(make, kind=output.__name__)
