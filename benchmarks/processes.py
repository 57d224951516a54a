"""CPU of processes, as the kernel counts it."""

import os
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


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
