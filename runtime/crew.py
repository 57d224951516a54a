"""Who does each step of one song: the methods that runtime/cycle.py calls, in its order.

A method returns *work* (runtime/work.py), not a result; the step runner decides whether it still has to
be done. Each opens one file in `agents/`, by way of an agent actor or a studio task.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from agents import evolver, importer
from agents.lexicon.objections import objections
from agents.llm.chain import has_models
from agents.llm.deployment import OFFLINE
from agents.llm.protocol import Completion
from agents.music.order import MusicOrder
from agents.music.protocol import INBOX, MusicProvider
from agents.music.resemblance import marks_of
from agents.planning.lessons import drawn_from
from agents.release.job import PackageJob
from configs.settings import Settings
from runtime import approvals, evolution, studio
from runtime.footage import FootageDesk
from runtime.gates import SharedGate
from runtime.inbox import brought_music, imported_music
from runtime.model_spend import Place
from runtime.purchases import bought_music, price_usd
from runtime.remote import arrived
from runtime.resemblances import others_like, sung
from runtime.revisions import Revisions
from runtime.studio import StudioConfig, Timed
from runtime.trends import trends_now
from runtime.trials import variants_of
from runtime.work import LocalWork, Made, SentWork, Work
from runtime.workers import Pool, Studio
from storage import evolutions, learning, lessons, lineage, memory, releases
from storage.artists import Fence
from storage.clock import sub_seed
from storage.cycles import Cycle
from storage.store import StoreClient
from storage.types import (
    Artist,
    Artwork,
    Asset,
    Brief,
    Composition,
    Critique,
    CycleStep,
    Films,
    Footage,
    Frozen,
    GeneEdit,
    Lesson,
    Lyrics,
    MadePiece,
    Master,
    Outcome,
    ParameterChange,
    Redo,
    Reflection,
    Release,
    Remark,
    Take,
    Takes,
    Verdict,
    Video,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Pools:
    """The agent actors that a song meets."""

    creative: Pool
    critic: Pool
    reflection: Pool
    cores: Studio


@dataclass
class Crew:
    """One song's crew: knows the artist, the request and where work is done."""

    settings: Settings
    studio: StudioConfig
    store: StoreClient
    pools: Pools
    artist: Artist
    fence: Fence
    cycle: Cycle
    vendors: tuple[tuple[MusicProvider, SharedGate], ...] = ()
    """Whom music may be bought from, most wanted first, with their gates."""
    begun_music: Mapping[int, str] = field(default_factory=dict)
    """By whom each revision's music was begun, as the steps have it on record."""
    footage: FootageDesk | None = None
    """Whom footage may be had from; None where no key is set, and every video is drawn."""
    policy: approvals.Policy | None = None
    """Decides in people's place: the artist's autopilot, or that of `labelmate demo`."""

    @property
    def revisions_max(self) -> int:
        """Those that would buy the music again have a limit of their own, 0 by default; a person's own is not redone."""
        if self.cycle.request.recording is not None:
            return 0
        most = self.settings.critic_max_revisions
        return min(most, self.settings.bought_revisions_max) if self.settings.music_providers else most

    def plan(self, revision: int, changes: tuple[ParameterChange, ...]) -> Work[Brief]:
        """agents/planner.py, or agents/importer.py for a recording that was brought"""
        request = self.cycle.request
        if request.recording is not None:
            return _at_once(lambda: importer.brief_of(self.artist, request))

        async def make(_variation: int) -> Made[Brief]:
            reply = self.pools.creative.next().plan.remote(
                self._place(CycleStep.PLAN, revision),
                self.artist,
                self.cycle.request,
                await self._memory(),
                changes,
                await variants_of(
                    self.store, self.fence, self.cycle, is_trying=self.settings.ab_testing_enabled
                ),
                await self._trying(),
                revision,
                self.settings.song_seconds,
                await self._remarks(),
                await trends_now(self.store, self.settings),
                await self.store.read(lessons.lessons_of, artist_id=self.artist.id, besides=self.cycle.id),
            )
            return _written(await arrived(reply))

        return LocalWork(make, kind="words")

    def retitle(self, brief: Brief, revision: int) -> Work[Brief]:
        """agents/planner.py: another title for the same plan"""

        async def make(_variation: int) -> Made[Brief]:
            place = self._place(CycleStep.PLAN, revision)
            reply = self.pools.creative.next().retitle.remote(
                place, self.artist, brief, await self._memory(), await self._remarks()
            )
            return _written(await arrived(reply))

        return LocalWork(make, kind="words")

    def write(self, brief: Brief, at: Revisions) -> Work[Lyrics]:
        """agents/lyricist.py; of a recording that was brought, its bringer's own"""
        request = self.cycle.request
        if request.recording is not None:
            return _at_once(lambda: importer.lyrics_of(self.artist, brief, request))
        asked = brief.model_copy(update={"seed": at.words_seed(brief)})

        async def make(_variation: int) -> Made[Lyrics]:
            reply = self.pools.creative.next().write.remote(
                self._place(CycleStep.WRITE, at.words),
                asked,
                self.artist.persona,
                await self._memory(),
                await self.store.read(memory.sung_by, artist_id=self.artist.id, besides=self.cycle.id),
                self.settings.lyrics_critique_rounds,
                await self._remarks(),
                # No music is bought for words of a stand-in: where music waits for its vendor, words wait for theirs.
                not self.settings.music_providers or self.settings.on_outage == "engine",
            )
            lyrics, completion = await arrived(reply)
            # On record with the words: a key that is set later makes no stand-in of them.
            is_stand_in = lyrics.source == OFFLINE and has_models(self.settings)
            return _written((lyrics.model_copy(update={"is_stand_in": is_stand_in}), completion))

        return LocalWork(make, kind="words")

    def compose(self, brief: Brief, lyrics: Lyrics, at: Revisions) -> tuple[Work[Takes[Composition]], ...]:
        """agents/composer.py, or whoever makes music elsewhere, in the order of MUSIC_PROVIDERS.

        None is bought for words of the embedded writer as a stand-in.
        """
        order = self._order(brief, lyrics)
        if self.cycle.request.recording is not None:
            return (imported_music(self.pools.cores, self.studio, order, self.cycle.request),)

        async def make(_variation: int) -> Made[Takes[Composition]]:
            song = await arrived(self.pools.creative.next().compose.remote(self.studio, brief, lyrics))
            return Made(Takes[Composition](each=(song.value,)), cpu_s=song.cpu_s)

        vendors = {provider.name: (provider, gate) for provider, gate in self.vendors}
        begun = self.begun_music.get(at.recording)
        names = self.settings.music_providers
        if begun == INBOX and INBOX not in names:  # a person may be making it by now
            names = (INBOX, *names)
        priced = [
            name for name in names if name == INBOX or self._price_usd(vendors[name][0], order) is not None
        ]
        # Whoever tells no price does not stand in the way of the others.
        names = (*priced, *(name for name in names if name not in priced))
        bought = tuple(
            brought_music(
                self.store, self.fence, self.pools.cores, self.studio, order, self.cycle.id, at.recording
            )
            if name == INBOX
            else bought_music(*vendors[name], self.pools.cores, self.studio, self.settings, order)
            for name in names
        )
        if lyrics.is_stand_in:
            bought = tuple(work for work in bought if work.provider == begun)
        if bought and self.settings.on_outage == "wait":
            return bought
        return (*bought, LocalWork(make, kind="music"))

    def produce(self, brief: Brief, songs: Takes[Composition]) -> Work[Takes[Master]]:
        """agents/producer.py: every take beside the others"""

        async def make(_variation: int) -> Made[Takes[Master]]:
            masters, cpu_s = await _side_by_side(
                self.pools.cores.run(studio.produce, self.studio, brief, song) for song in songs.each
            )
            return Made(Takes[Master](each=masters), cpu_s=cpu_s)

        return LocalWork(make, kind="music")

    def criticise(
        self,
        brief: Brief,
        lyrics: Lyrics,
        songs: Takes[Composition],
        masters: Takes[Master],
        at: Revisions,
    ) -> Work[Takes[Critique]]:
        """agents/critic.py"""

        async def make(_variation: int) -> Made[Takes[Critique]]:
            place = self._place(CycleStep.CRITICISE, at.recording)
            reply = self.pools.critic.next().criticise.remote(
                place,
                self.studio,
                brief,
                lyrics,
                songs,
                masters,
                await self._memory(),
                # A recording that a person brought is judged, and theirs to decide.
                0.0 if self.cycle.request.recording is not None else self.settings.critic_threshold,
                await others_like(self.store, self.artist.id, lyrics, songs, masters),
            )
            critiques, completion = await arrived(reply)
            if completion is None:
                return Made(critiques)
            made = _written((critiques, completion))
            # Sentences that did not hold were paid for, and the critic's own stand.
            is_phrased = any(critique.source == completion.source for critique in critiques.each)
            return replace(made, provider=completion.source if is_phrased else None)

        return LocalWork(make, kind="music")

    def paint(
        self, brief: Brief, takes: tuple[Take, ...], at: Revisions, before: Artwork | None
    ) -> Work[Artwork]:
        """agents/painter.py: cover beside previews; of a song that was sent back, only what it was sent back for"""
        persona, cores = self.artist.persona, self.pools.cores

        async def cover(variation: int) -> Timed[tuple[Asset, Asset]]:
            if before is not None and not at.paints_cover:
                return Timed((before.cover, before.thumbnail), cpu_s=0.0)
            seed = sub_seed(brief.seed, "cover", at.cover_look, variation)
            plan_asset = takes[0].song.plan_asset
            return await cores.run(studio.paint_cover, self.studio, persona, brief, plan_asset, seed)

        async def previews(variation: int) -> Timed[tuple[tuple[Asset, ...], Footage | None]]:
            if before is not None and not at.films_preview:
                return Timed(((before.preview, *before.other_previews), before.footage), cpu_s=0.0)
            seed = _film_seed(brief, at, variation)
            if before is not None and at.repainted in (Redo.TITLE, Redo.LYRICS):
                gathered = Timed(before.footage, cpu_s=0.0)  # what people liked stays, under other words
            else:
                gathered = await self._footage(brief, takes[0], "16:9", seed)
            filmed = (
                cores.run(
                    studio.film_preview,
                    self.studio,
                    persona,
                    take.song,
                    take.master,
                    seed,
                    gathered.value,
                )
                for take in takes
            )
            made, cpu_s = await _side_by_side(filmed)
            return Timed((made, gathered.value), cpu_s + gathered.cpu_s)

        async def make(variation: int) -> Made[Artwork]:
            painting, filming = (
                asyncio.create_task(cover(variation)),
                asyncio.create_task(previews(variation)),
            )
            # Both are waited for even when one fails: no render is left running behind a retry.
            await asyncio.wait([painting, filming])
            image, thumbnail = painting.result().value
            (preview, *others), footage = filming.result().value
            artwork = Artwork(
                cover=image,
                thumbnail=thumbnail,
                preview=preview,
                other_previews=tuple(others),
                footage=footage,
            )
            cpu_s = painting.result().cpu_s + filming.result().cpu_s
            return Made(artwork, cpu_s=cpu_s, provider=_lent_by(footage))

        return LocalWork(make, kind="visuals")

    def reflect(self, brief: Brief, take: Take, at: Revisions) -> Work[Reflection]:
        """agents/reflector.py"""

        async def make(_variation: int) -> Made[Reflection]:
            place = self._place(CycleStep.REFLECT, at.recording)
            reply = self.pools.reflection.next().reflect.remote(
                place, self.artist, brief, take, await self._memory()
            )
            reflection, completion = await arrived(reply)
            await self.store.write(
                learning.note,
                fence=self.fence,
                cycle_id=self.cycle.id,
                piece=_piece(brief, take, memory.UNDECIDED).model_copy(
                    update={"lines": (lines := sung(take))}
                ),
                lessons=drawn_from(brief, take.critique, reflection),
                marks=marks_of(take.song.melody_grams, lines, take.master.sound),
            )
            return _written((reflection, completion))

        return LocalWork(make, kind="words")

    def ask(
        self,
        brief: Brief,
        lyrics: Lyrics,
        takes: tuple[Take, ...],
        artwork: Artwork,
        reflection: Reflection,
        revision: int,
    ) -> Work[Verdict]:
        """runtime/approvals.py: one row, one message; the cycle waits without an actor"""

        async def send(_idempotency_key: str) -> Made[Verdict]:
            question = approvals.Question(
                cycle_id=self.cycle.id,
                revision=revision,
                brief=brief,
                lyrics=lyrics,
                takes=takes,
                artwork=artwork,
                reflection=reflection,
                objections=objections(brief, lyrics, self.artist.persona, self.artist.style_notes),
                song_price_usd=self._song_price_usd(brief, lyrics),
            )
            return Made(
                await approvals.ask_people(self.store, self.fence, question, self.settings, self.policy)
            )

        return SentWork(send)

    def film(self, brief: Brief, take: Take, artwork: Artwork, at: Revisions) -> Work[Films]:
        """agents/painter.py: every format beside the others, of the same footage as the preview where it fits"""
        persona, cores = self.artist.persona, self.pools.cores

        async def make(variation: int) -> Made[Films]:
            seed = _film_seed(brief, at, variation)

            async def one(aspect: str) -> Timed[tuple[Video, Footage | None]]:
                gathered = Timed(artwork.footage, cpu_s=0.0)
                if aspect == "9:16" and artwork.footage is not None:
                    gathered = await self._footage(brief, take, aspect, seed)
                made = await cores.run(
                    studio.film,
                    self.studio,
                    persona,
                    take.song,
                    take.master,
                    aspect,
                    seed,
                    gathered.value,
                )
                return Timed((made.value, gathered.value), made.cpu_s + gathered.cpu_s)

            made, cpu_s = await _side_by_side(one(aspect) for aspect in self.cycle.request.formats)
            footage = tuple(lent for _, lent in made if lent is not None)
            films = Films(videos=tuple(video for video, _ in made), footage=footage)
            return Made(films, cpu_s=cpu_s, provider=_lent_by(*footage))

        return LocalWork(make, kind="visuals")

    def package(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        artwork: Artwork,
        films: Films,
        verdict: Verdict,
    ) -> Work[Release]:
        """agents/packager.py"""

        async def make(_variation: int) -> Made[Release]:
            job = PackageJob.of(
                self.artist,
                self.cycle.id,
                tuple(await self.store.read(lineage.assets_of, cycle_id=self.cycle.id)),
                brief=brief,
                lyrics=lyrics,
                take=take,
                artwork=artwork,
                films=films,
                verdict=verdict,
            )
            made = await self.pools.cores.run(studio.package, self.studio, job)
            release = made.value
            await self.store.write(
                releases.record_release,
                fence=self.fence,
                cycle_id=self.cycle.id,
                release=release,
                release_date=job.release_date,
            )
            return _timed(made)

        return LocalWork(make, kind="release")

    def learn(
        self,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        reflection: Reflection,
        verdict: Verdict | None,
        outcome: Outcome,
    ) -> Work[Lesson]:
        """storage/learning.py: memory, experiment, evidence; then runtime/evolution.py, on a person's yes or no alone"""

        async def make(_variation: int) -> Made[Lesson]:
            lesson = Lesson(
                outcome=outcome,
                score=take.critique.score,
                text=reflection.style_note,
                edits=reflection.edits,
            )
            piece = _piece(brief, take, outcome).model_copy(
                update={
                    "lesson": reflection.style_note,
                    "hook": lyrics.hook,
                    "lines": tuple(line for section in lyrics.sections for line in section.lines),
                }
            )
            await self.store.write(
                learning.learn,
                fence=self.fence,
                cycle_id=self.cycle.id,
                piece=piece,
                verdict=verdict,
            )
            await evolution.after_song(
                self.store,
                self.artist.id,
                verdict,
                lesson.edits,
                lesson.text,
                await trends_now(self.store, self.settings),
            )
            return Made(lesson)

        return LocalWork(make, kind="storage")

    async def _footage(self, brief: Brief, take: Take, aspect: str, seed: int) -> Timed[Footage | None]:
        """runtime/footage.py: clips of the song's mood, where anybody lends some"""
        if self.footage is None:
            return Timed(None, cpu_s=0.0)
        gathered = await self.footage.gather(brief, take.song.plan, aspect, seed)
        return Timed(gathered.value, gathered.cpu_s)

    def _order(self, brief: Brief, lyrics: Lyrics) -> MusicOrder:
        return MusicOrder(brief=brief, lyrics=lyrics, vocal=self.artist.persona.vocal)

    def _song_price_usd(self, brief: Brief, lyrics: Lyrics) -> Decimal | None:
        """What it would cost to make the music again; None where nobody knows."""
        order = self._order(brief, lyrics)
        return self._price_usd(self.vendors[0][0], order) if self.vendors else Decimal(0)

    def _price_usd(self, provider: MusicProvider, order: MusicOrder) -> Decimal | None:
        return price_usd(provider, self.settings, order)

    async def _memory(self) -> tuple[MadePiece, ...]:
        return await self.store.read(
            memory.memory_of,
            artist_id=self.artist.id,
            limit=memory.KNOWN_PIECES,
            besides=self.cycle.id,
        )

    async def _trying(self) -> tuple[GeneEdit, ...]:
        """The change of this artist that its songs are compared for."""
        trial = await self.store.read(evolutions.evolution_on_trial, artist_id=self.artist.id)
        return trial.edits if trial else ()

    async def _remarks(self) -> tuple[Remark, ...]:
        """What people said of earlier songs and of this one, or nothing where no model is to know it."""
        if not self.settings.share_reasons_with_models:
            return ()
        return await self.store.read(memory.remarks_of, artist_id=self.artist.id, cycle_id=self.cycle.id)

    def _place(self, step: CycleStep, revision: int) -> Place:
        """Where in this cycle words are asked for: what they are journaled and charged under."""
        return Place(artist_id=self.artist.id, cycle_id=self.cycle.id, revision=revision, step=step)


def _written(answer: tuple[T, Completion[Frozen]]) -> Made[T]:
    """A value that a model wrote; its calls are rows already (runtime/journal.py)."""
    value, completion = answer
    return Made(
        value,
        cpu_s=completion.cpu_s,
        cost_usd=completion.cost_usd or Decimal(0),
        provider=None if completion.provider == OFFLINE else completion.source,
    )


def _piece(brief: Brief, take: Take, outcome: str) -> MadePiece:
    """A song as its artist remembers it."""
    return MadePiece(
        title=brief.title,
        theme=brief.theme,
        mood=brief.mood,
        tempo_bpm=brief.tempo_bpm,
        key=brief.key,
        mode=brief.mode,
        outcome=outcome,
        score=take.critique.score,
        melody_hash=take.song.melody_grams,
        sound=take.master.sound,
        numbers=evolver.numbers_of(brief),
    )


def _at_once(value: Callable[[], T]) -> LocalWork[T]:
    """Work that takes no time and asks nobody."""

    async def make(_variation: int) -> Made[T]:
        return Made(value())

    return LocalWork(make, kind="words", provider="person")


async def _side_by_side(pieces: Iterable[Awaitable[Timed[T]]]) -> tuple[tuple[T, ...], float]:
    """The results of studio work in order, with its CPU seconds; all are waited for even when one fails."""
    tasks = [asyncio.ensure_future(piece) for piece in pieces]
    await asyncio.wait(tasks)
    made = [task.result() for task in tasks]
    return tuple(each.value for each in made), sum(each.cpu_s for each in made)


def _film_seed(brief: Brief, at: Revisions, variation: int) -> int:
    """One for the preview and the films, so that people decide on what will be shown."""
    return sub_seed(brief.seed, "film", at.video_look, variation)


def _lent_by(*footage: Footage | None) -> str | None:
    """Who is on record for pictures of footage; None where they were drawn."""
    lent = {clip.asset.provider for each in footage if each is not None for clip in each.clips}
    return "+".join(sorted(lent)) or None


def _timed(made: Timed[T]) -> Made[T]:
    return Made(made.value, cpu_s=made.cpu_s)
