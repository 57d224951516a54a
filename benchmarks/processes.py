"""A label's Ray for a benchmark, and the CPU of processes as the kernel counts it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.launch import Launch

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def fresh_label() -> Iterator[Launch]:
    """A label in a new home with a Ray of its own, both gone afterwards."""
    from runtime.environment import prepare_ray

    prepare_ray()
    from runtime import cluster
    from runtime.label import build
    from storage.home import open_home

    with tempfile.TemporaryDirectory() as folder:
        home = open_home(Path(folder) / "home")
        launch = Launch(home=home.path, label_id=home.label.id, build=build())
        home.close()
        joined = cluster.start(launch, dashboard_port=None)
        try:
            yield launch
        finally:
            cluster.end_actors(launch)
            cluster.leave(joined)


def cpu_s(pids: list[int]) -> float:
    """User and system CPU that these processes have taken so far."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in pids]
    return sum(int(field[11]) + int(field[12]) for field in fields) / CLOCK_TICKS


def ray_daemons() -> list[int]:
    """Raylet and GCS of this process's own Ray: its children by name."""
    mine = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name, parent = (
                (entry / "comm").read_text().strip(),
                int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]),
            )
        except OSError:
            continue
        if name in ("raylet", "gcs_server") and parent == os.getpid():
            mine.append(int(entry.name))
    return mine
