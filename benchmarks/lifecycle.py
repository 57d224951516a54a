"""What the rules, the bandit and evolution are worth, and how fast a roster is swept and rehearsed.

    python -m benchmarks.lifecycle [--runs 200] [--artists 100000]

Error rates are counted over seeded lives of artists with a known chance of approval; times are of this machine.
"""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import insert, update

from agents.bandit import Arm, Experiment, assign
from agents.bandit import update as taught
from agents.lifecycle import Trigger
from agents.simulation.life import Life
from configs.lifecycle import LifecycleProfile, load_profile
from configs.settings import Settings
from runtime.lifecycle_sweep import check_roster
from runtime.simulation import simulate, simulate_on
from storage import migrations, tables
from storage.clock import SystemClock, sub_seed
from storage.database import open_engine, sqlite_url
from storage.label import ensure_label
from storage.store import LocalStore, Store, Tx
from storage.types import Genes, LifecycleState

RATES = {"a": 0.35, "b": 0.45, "c": 0.55, "d": 0.65}
SONGS_EACH = 5
GENERATIONS = 50


def regret(split: str, seed: int, songs: int = 400) -> float:
    """Approvals lost, in expectation, against the best variant alone."""
    arms, lost, luck = tuple(Arm(id=name, value=name) for name in RATES), 0.0, random.Random(seed)
    for song in range(songs):
        arm = assign(Experiment(id="x", parameter="p", arms=arms, split=split), sub_seed(seed, song))
        lost += max(RATES.values()) - RATES[arm.id]
        arms = taught(arms, arm.id, approved=luck.random() < RATES[arm.id])
    return lost


def fate(rate: float, songs: int, seed: int, profile: LifecycleProfile, every_days: int) -> tuple[int, int]:
    """Songs until the artist stopped, and until it was retired or proposed; beyond `songs` where it never was."""
    life = Life(
        name=f"artist-{seed}", genre="lofi", genes=Genes(), seed=seed, evolves=False, rate=rate,
        every_days=every_days, state=LifecycleState.ACTIVE,
    )  # fmt: skip
    stopped = retired = songs + 1
    while len(life.songs) < songs and life.slot < 30 * songs:
        known = len(life.moves)
        life.live(1, profile, others=(), roster=())
        for _slot, decision in life.moves[known:]:
            if decision.after in (LifecycleState.PAUSED, LifecycleState.RETIRED):
                stopped = min(stopped, len(life.songs))
            if decision.trigger is Trigger.RETIRE:
                return stopped, len(life.songs)
    return stopped, retired


def told_fates(runs: int) -> None:
    print("\nprofile   true rate   songs   stopped in 25   retired or proposed in 60   in all   runs")
    # The original's window of thirty days holds ten songs only where one is made every few days.
    for name, every_days in (("label", 7), ("original", 2)):
        profile = load_profile(name)
        for rate, songs in ((0.5, 1000), (0.4, 1000), (0.1, 60)):
            fates = [fate(rate, songs, seed, profile, every_days) for seed in range(runs)]
            shares = (
                sum(stopped <= 25 for stopped, _retired in fates) / runs,
                sum(retired <= 60 for _stopped, retired in fates) / runs,
                sum(retired <= songs for _stopped, retired in fates) / runs,
            )
            print(
                f"{name:9} {rate:9.2f} {songs:7} {shares[0]:15.1%} {shares[1]:27.1%} {shares[2]:8.1%} {runs:6}"
            )
    print(
        "targets under label: 0.5 in all at most 1 %; 0.1 stopped in 25 and proposed in 60 in at least 90 %"
    )


def told_generations() -> None:
    made = simulate(artists=42, cycles=10 * GENERATIONS, seed=1, profile=load_profile("label"), shards=1)
    first, last = made.report.generations[0], made.report.generations[-1]
    print(
        f"\n{GENERATIONS} generations of 42 artists: listener score {first.listener_score:.3f} to "
        f"{last.listener_score:.3f}, diversity {first.diversity:.3f} to {last.diversity:.3f}, "
        f"{made.report.changes_kept} changes kept and {made.report.changes_rolled_back} rolled back"
    )
    with tempfile.TemporaryDirectory() as folder:
        quick = simulate_on(
            Settings.load(Path(folder)), address=None, shards=2, artists=200, cycles=100, seed=2,
            profile=load_profile("label"), every_days=7, told=lambda _share: None,
        )  # fmt: skip
    print(f"two shards on Ray: {quick.cycles_per_minute:,.0f} cycles a minute (target 10,000)")


def filled(tx: Tx, begun: int, artists: int) -> None:
    """A roster with a few decided songs each: most at work, some paused long ago."""
    from tests.storage.stage import persona

    now, rng = tx.clock.now(), random.Random(1)
    somebody, genes = persona("Somebody").model_dump(mode="json"), Genes().model_dump(mode="json")
    for start in range(begun, artists, 5000):
        numbers = range(start, min(artists, start + 5000))
        tx.connection.execute(
            insert(tables.artists),
            [
                {
                    "id": f"art_{number:07d}", "slug": f"artist-{number:07d}", "name": f"Artist {number}",
                    "genre": "lofi", "state": "paused" if number % 10 == 0 else "active", "persona": somebody,
                    "genes": genes, "created_at": now - timedelta(days=90), "last_run_at": now - timedelta(days=3),
                    "paused_at": now - timedelta(days=20) if number % 10 == 0 else None,
                }
                for number in numbers
            ],
        )  # fmt: skip
        tx.connection.execute(
            insert(tables.cycles),
            [
                {
                    "id": f"cyc_{number:07d}_{song}", "artist_id": f"art_{number:07d}", "state": "ended",
                    "outcome": "approved" if rng.random() < 0.8 else "rejected", "decided_by": "person",
                    "request": {}, "requested_by": "bench", "cycle_version": 1,
                    "due_at": now, "created_at": now, "ended_at": now - timedelta(days=7 * song + 3),
                }
                for number in numbers
                for song in range(SONGS_EACH)
            ],
        )  # fmt: skip


def told_sweep(artists: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(sqlite_url(Path(folder) / "labelmate.db"))
        migrations.upgrade(engine)
        settings = Settings.load(Path(folder))
        begun = 0
        for count in (artists // 10, artists):
            with engine.begin() as connection:
                tx = Tx(connection, SystemClock())
                ensure_label(tx)
                filled(tx, begun, count)
                connection.execute(update(tables.label).values(awake_at=tx.clock.now()))
            store = Store(engine, SystemClock())
            before_mb = peak_mb()
            began_s, began_cpu_s = perf_counter(), process_time()
            moves = asyncio.run(check_roster(LocalStore(store), settings))
            took_s, cpu_s = perf_counter() - began_s, process_time() - began_cpu_s
            print(
                f"sweep over {count:,} artists with {SONGS_EACH} songs each: {took_s:.2f} s, {cpu_s:.2f} s of "
                f"computing, {len(moves)} moves, "
                f"peak memory {before_mb:.0f} to {peak_mb():.0f} MB"
            )
            begun = count
            store.close()
            engine = open_engine(sqlite_url(Path(folder) / "labelmate.db"))
        engine.dispose()
    print("target: 100,000 artists in 5 s, with the memory of a page")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--artists", type=int, default=100_000)
    asked = parser.parse_args()
    thompson, even = (sum(regret(split, seed) for seed in range(20)) / 20 for split in ("thompson", "even"))
    print(
        f"arms {', '.join(map(str, RATES.values()))}, 400 decisions, 20 seeds: Thompson sampling lost {thompson:.1f} "
        f"approvals, an even split {even:.1f}: {thompson / even:.2f} of it (target 0.50)"
    )
    told_sweep(asked.artists)
    told_generations()
    told_fates(asked.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
