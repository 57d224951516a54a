"""Who works: pools of agent actors (thinking, waiting) and the studio's Ray tasks (computing).

Agent actors are async, take no CPU and hold no truth: any may die at any time. CPU work is a task that
takes one core of a node that declares the `studio` resource, and is never repeated by Ray: steps
alone retry.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from functools import cache
from time import perf_counter
from typing import ParamSpec, TypeVar, cast

import ray
from ray.actor import ActorHandle

from agents.fixer import Attempt, Fault, Remedy, diagnose
from agents.llm.protocol import Completion, Request
from agents.llm.tasks import BriefDraft, FeedbackDraft, LyricsDraft, PatchSource, ReflectionDraft
from agents.mending.engineer import Proposal
from agents.planning.variants import Variant
from runtime import studio
from runtime.launch import Launch
from runtime.model_spend import Place
from runtime.remote import arrived
from runtime.studio import StudioConfig, Timed
from runtime.words import Words
from storage.errors import ConfigurationError, LabelError
from storage.types import (
    Artist,
    Brief,
    Composition,
    Critique,
    Frozen,
    GeneEdit,
    KnownLesson,
    Lyrics,
    MadePiece,
    Master,
    OthersSong,
    ParameterChange,
    Persona,
    Reflection,
    Remark,
    SongRequest,
    Take,
    Takes,
    Trend,
)

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A", bound=Frozen)
STUDIO = "studio"
CALLS_AT_ONCE = 64
log = logging.getLogger(__name__)


@cache
def _task(work: Callable[..., Timed[T]]) -> Callable[..., Awaitable[Timed[T]]]:
    # A remote function is exported to the cluster when it is made: once a process, not once a call.
    task = ray.remote(work).options(num_cpus=1, max_retries=0, resources={STUDIO: 1}, name=work.__name__)
    return cast("Callable[..., Awaitable[Timed[T]]]", task.remote)


class AgentActor:
    """What all agent actors have in common: they are told of the label they work for."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch


class DispatcherActor(AgentActor):
    """Runs studio work as Ray tasks on free cores.

    Every task of the label is handed out here, because Ray keeps a warm worker for tasks of the same
    detached actor only: handed out by artists, each artist's first render would import everything anew.
    """

    async def run(self, work: Callable[..., Timed[T]], args: tuple[object, ...]) -> Timed[T]:
        return await arrived(_task(work)(*args))


class Studio:
    """The way to the studio's cores, for whoever has computing to be done."""

    def __init__(self, launch: Launch) -> None:
        self._dispatchers = Pool("dispatcher", launch)

    async def run(self, work: Callable[P, Timed[T]], *args: P.args, **kwargs: P.kwargs) -> Timed[T]:
        """A piece of runtime/studio.py, on the next free core."""
        if kwargs:
            raise TypeError("studio work takes positional arguments")
        return await arrived(self._dispatchers.next().run.remote(work, args))

    async def warm_up(self, cores: int) -> None:
        """Have every core's worker import what renders need, while there is nothing else to do."""
        await asyncio.gather(*(self.run(studio.warm_up) for _ in range(cores)))


class EmbeddedWriter:
    """The offline writer as agent actors see it: its computing is a task, so an actor's loop stays free."""

    def __init__(self, cores: Studio) -> None:
        self._cores = cores

    async def complete(self, request: Request[A]) -> Completion[A]:
        started_s = perf_counter()
        timed = await self._cores.run(_write_offline, request)
        return timed.value.model_copy(update={"latency_s": perf_counter() - started_s, "cpu_s": timed.cpu_s})


@studio.timed
def _write_offline(request: Request[A]) -> Completion[A]:
    from agents.llm.offline.writer import OfflineWriter

    return asyncio.run(OfflineWriter().complete(request))


class CreativeActor(AgentActor):
    """Plans songs, writes words, composes."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._cores = Studio(launch)
        self._words = Words(launch, EmbeddedWriter(self._cores))

    async def plan(
        self,
        place: Place,
        artist: Artist,
        request: SongRequest,
        memory: tuple[MadePiece, ...],
        changes: tuple[ParameterChange, ...],
        variants: tuple[Variant, ...],
        trying: tuple[GeneEdit, ...],
        revision: int,
        default_seconds: float,
        remarks: tuple[Remark, ...],
        trends: tuple[Trend, ...],
        lessons: tuple[KnownLesson, ...],
    ) -> tuple[Brief, Completion[BriefDraft]]:
        from agents import planner

        return await planner.plan(
            await self._words.writer(place),
            artist=artist,
            request=request,
            memory=memory,
            changes=changes,
            variants=variants,
            trying=trying,
            revision=revision,
            default_seconds=default_seconds,
            remarks=remarks,
            trends=trends,
            lessons=lessons,
        )

    async def retitle(
        self,
        place: Place,
        artist: Artist,
        brief: Brief,
        memory: tuple[MadePiece, ...],
        remarks: tuple[Remark, ...],
    ) -> tuple[Brief, Completion[BriefDraft]]:
        from agents import planner

        return await planner.retitle(
            await self._words.writer(place),
            artist=artist,
            brief=brief,
            memory=memory,
            revision=place.revision,
            remarks=remarks,
        )

    async def write(
        self,
        place: Place,
        brief: Brief,
        persona: Persona,
        memory: tuple[MadePiece, ...],
        sung: frozenset[str],
        rounds: int,
        remarks: tuple[Remark, ...],
        may_fall_back: bool,
    ) -> tuple[Lyrics, Completion[LyricsDraft]]:
        from agents import lyricist

        return await lyricist.write(
            await self._words.writer(place, may_fall_back=may_fall_back),
            brief=brief,
            persona=persona,
            memory=memory,
            sung=sung,
            rounds=rounds,
            remarks=remarks,
        )

    async def compose(self, config: StudioConfig, brief: Brief, lyrics: Lyrics) -> Timed[Composition]:
        return await self._cores.run(studio.compose, config, brief, lyrics)


class CriticActor(AgentActor):
    """Judges what was measured on the recording: defects and fit to the brief."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._words = Words(launch, EmbeddedWriter(Studio(launch)))

    async def criticise(
        self,
        place: Place,
        config: StudioConfig,
        brief: Brief,
        lyrics: Lyrics,
        songs: Takes[Composition],
        masters: Takes[Master],
        memory: tuple[MadePiece, ...],
        threshold: float,
        others: tuple[OthersSong, ...],
    ) -> tuple[Takes[Critique], Completion[FeedbackDraft] | None]:
        """The verdicts; the best one's sentences are a model's where one is set and keeps to the numbers."""
        from agents import critic

        critiques: list[Critique] = []
        for song, master in zip(songs.each, masters.each, strict=True):
            facts = await asyncio.to_thread(studio.heard, config, master)
            critiques.append(
                critic.criticise(
                    brief,
                    lyrics,
                    song.plan,
                    facts,
                    song.melody_grams,
                    memory,
                    threshold,
                    loudness_lufs=config.loudness_lufs,
                    others=others,
                )
            )
        best = max(range(len(critiques)), key=lambda place: critiques[place].score)
        completion = None
        try:
            writer = await self._words.model(place)
            if writer is not None:
                critiques[best], completion = await critic.phrase(writer, brief, critiques[best])
        except LabelError as error:
            log.warning("%s: the critic's own sentences stand: %s", place.cycle_id, error)
        return Takes[Critique](each=tuple(critiques)), completion


class ReflectionActor(AgentActor):
    """Looks back at a song, and proposes what to keep and what to change."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._words = Words(launch, EmbeddedWriter(Studio(launch)))

    async def reflect(
        self,
        place: Place,
        artist: Artist,
        brief: Brief,
        take: Take,
        memory: tuple[MadePiece, ...],
    ) -> tuple[Reflection, Completion[ReflectionDraft]]:
        from agents import reflector

        return await reflector.reflect(
            await self._words.writer(place),
            artist=artist,
            brief=brief,
            critique=take.critique,
            plan=take.song.plan,
            master=take.master,
            memory=memory,
        )


class FixerActor(AgentActor):
    """Answers a fault with a remedy from the playbook, and a bug with a patch from a model."""

    def __init__(self, launch: Launch) -> None:
        super().__init__(launch)
        self._words: Words | None = None

    async def diagnose(self, fault: Fault, attempts: tuple[Attempt, ...]) -> Remedy:
        return diagnose(fault, attempts)

    async def propose(self, title: str, trace: str, sources: tuple[PatchSource, ...], seed: int) -> Proposal:
        """Raises LLMError, ConfigurationError where no model is set or there is no source tree."""
        from agents.mending import checkout, engineer

        if self._words is None:
            self._words = Words(self._launch, EmbeddedWriter(Studio(self._launch)))
        writer = await self._words.model(Place(step="mend"))
        if writer is None:
            raise ConfigurationError("No language model is set that could write a patch; set a key in .env")
        tree = await asyncio.to_thread(checkout.find_checkout)
        return await engineer.propose(
            writer, title=title, trace=trace, sources=sources, checkout=tree, seed=seed
        )


POOLS: dict[str, tuple[type[AgentActor], int]] = {
    "creative": (CreativeActor, 1),
    "critic": (CriticActor, 1),
    "reflection": (ReflectionActor, 1),
    "fixer": (FixerActor, 1),
    "dispatcher": (DispatcherActor, 1),
}
"""Each role's class and how many of it a node has: they only wait, so one serves many artists."""


class Pool:
    """The actors of one role, used in turn."""

    def __init__(self, role: str, launch: Launch) -> None:
        actor_class, size = POOLS[role]
        options = {
            "namespace": launch.namespace,
            "get_if_exists": True,
            "lifetime": "detached",
            "num_cpus": 0,
            "max_restarts": -1,
            "max_concurrency": CALLS_AT_ONCE,
        }
        remote = ray.remote(actor_class)
        self._actors = itertools.cycle(
            [remote.options(name=f"{role}/{number}", **options).remote(launch) for number in range(size)]
        )

    def next(self) -> ActorHandle:
        """The actor whose turn it is."""
        return cast("ActorHandle", next(self._actors))
