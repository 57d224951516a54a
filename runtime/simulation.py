"""A roster's rehearsal, spread over a cluster: shards of artists live through one generation at a time.

Between generations the shards meet, so that everybody's niche and what each variant was worth are known to all; within
one, an artist depends on nothing but what was known at its beginning. So the report is the same for any sharding.
"""

import os
from collections.abc import Callable, Sequence
from time import perf_counter

from agents import bandit, creator
from agents.niches import Niche
from agents.simulation.life import Life
from agents.simulation.report import GENERATION, Generation, Report, generation, summed_up
from configs.genres import load_genres
from configs.lifecycle import LifecycleProfile
from configs.settings import Settings
from runtime.environment import prepare_ray
from runtime.label import build
from runtime.launch import Launch
from storage.clock import sub_seed
from storage.types import Frozen

Shard = list[Life]
Gather = Callable[
    [list[Shard], int, LifecycleProfile, tuple[Niche, ...], tuple[bandit.Arm, ...]], list[Shard]
]
SONGS_A_SHARD = 20_000
"""Below this a cluster costs more than it saves."""


class Simulated(Frozen):
    """A report, and how fast it was made."""

    report: Report
    shards: int
    took_s: float
    cycles_per_minute: float


def simulate(
    *,
    artists: int,
    cycles: int,
    seed: int,
    profile: LifecycleProfile,
    shards: int,
    every_days: int = 7,
    gather: Gather | None = None,
    told: Callable[[float], None] = lambda _share: None,
) -> Simulated:
    """Live through `cycles` slots of `artists` artists; `gather` runs the shards, here if it is not given."""
    began_s = perf_counter()
    gather = gather or live_here
    lives = roster(artists, seed, every_days)
    parts = [lives[number::shards] for number in range(shards)]
    generations: list[Generation] = []
    for begun in range(0, cycles, GENERATION):
        slots = min(GENERATION, cycles - begun)
        everybody = _in_order(parts)
        niches = tuple(life.niche for life in everybody if life.is_working)
        parts = gather(parts, slots, profile, niches, _learnt(everybody))
        generations.append(generation(_in_order(parts), begun, begun + slots))
        told((begun + slots) / cycles)
    report = summed_up(_in_order(parts), tuple(generations), cycles=cycles, seed=seed, profile=profile.name)
    took_s = perf_counter() - began_s
    return Simulated(
        report=report,
        shards=shards,
        took_s=round(took_s, 3),
        cycles_per_minute=round(artists * cycles / took_s * 60),
    )


def simulate_on(
    settings: Settings,
    *,
    address: str | None,
    shards: int | None,
    artists: int,
    cycles: int,
    seed: int,
    profile: LifecycleProfile,
    every_days: int,
    told: Callable[[float], None],
) -> Simulated:
    """The same on the cluster at `address`, on a Ray of our own where the work is worth it, or else in this process.

    Raises:
        ClusterError: no Ray answers there, or none could be started.
    """
    cores = os.cpu_count() or 1
    wanted = shards or min(cores, max(1, artists * cycles // SONGS_A_SHARD))
    given = {"artists": artists, "cycles": cycles, "seed": seed, "profile": profile, "every_days": every_days}
    if address is None and wanted == 1:
        return simulate(**given, shards=1, told=told)
    prepare_ray()
    from runtime import cluster

    launch = Launch(home=settings.home, label_id=f"simulation-{os.getpid()}", build=build())
    if address is None:
        joined = cluster.start(launch, dashboard_port=None)
    else:
        joined = cluster.join(launch, address, single_node=False)
    try:
        return simulate(**given, shards=shards or cluster.cores(), gather=live_on_ray, told=told)
    finally:
        cluster.leave(joined)


def roster(artists: int, seed: int, every_days: int) -> list[Life]:
    """New artists, as the creator draws them, over all genres."""
    genres = sorted(load_genres())
    return [
        Life(
            name=f"artist-{number:06d}",
            genre=genres[number % len(genres)],
            genes=creator.draw_genes(sub_seed(seed, "artist", number)),
            seed=seed,
            every_days=every_days,
        )
        for number in range(artists)
    ]


def live(
    shard: Shard,
    slots: int,
    profile: LifecycleProfile,
    niches: tuple[Niche, ...],
    learnt: tuple[bandit.Arm, ...],
) -> Shard:
    """One shard's generation."""
    for life in shard:
        life.live(slots, profile, others=niches, roster=learnt)
    return shard


def live_here(
    parts: list[Shard],
    slots: int,
    profile: LifecycleProfile,
    niches: tuple[Niche, ...],
    learnt: tuple[bandit.Arm, ...],
) -> list[Shard]:
    """All shards in this process, one after the other."""
    return [live(shard, slots, profile, niches, learnt) for shard in parts]


def live_on_ray(
    parts: list[Shard],
    slots: int,
    profile: LifecycleProfile,
    niches: tuple[Niche, ...],
    learnt: tuple[bandit.Arm, ...],
) -> list[Shard]:
    """Each shard on a core of the Ray that this process is connected to."""
    import ray

    task = ray.remote(live).options(num_cpus=1, max_retries=3)
    shared = ray.put(niches)
    return ray.get([task.remote(shard, slots, profile, shared, learnt) for shard in parts])


def _in_order(parts: Sequence[Shard]) -> Shard:
    return sorted((life for shard in parts for life in shard), key=lambda life: life.name)


def _learnt(lives: Sequence[Life]) -> tuple[bandit.Arm, ...]:
    """Everybody's outcomes of each variant."""
    first = lives[0].arms
    return tuple(
        arm.model_copy(
            update={
                "successes": sum(life.arms[place].successes for life in lives),
                "failures": sum(life.arms[place].failures for life in lives),
            }
        )
        for place, arm in enumerate(first)
    )
