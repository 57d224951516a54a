"""The whole demo once: wall time, the time and CPU of each step, and the largest process.

    python -m benchmarks.demo [--seconds 60] [--seed 7]

Targets for 60 s on two idle cores: 75 s of wall time, Ray's start included, and no process above 700 MB of resident
memory. Memory is looked at twice a second in the demo's whole tree of processes, through /proc, so on Linux alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WALL_TARGET_S, MEMORY_TARGET_MB = 75, 700
LOOK_S = 0.5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> Iterator[tuple[str, int]]:
    """Name and resident megabytes of a process and of all below it."""
    children: dict[int, list[int]] = {}
    seen: dict[int, tuple[str, int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            resident = int((entry / "statm").read_text().split()[1]) * PAGE_BYTES // 1_000_000
            name = (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):  # it ended meanwhile
            continue
        children.setdefault(parent, []).append(int(entry.name))
        seen[int(entry.name)] = (_short(name), resident)
    below = [root]
    while below:
        pid = below.pop()
        below += children.get(pid, [])
        if pid in seen:
            yield seen[pid]


def _short(command: str) -> str:
    """A process by what a person would call it."""
    words = command.split()
    if not words or words[0].startswith("ray"):
        return command.strip()
    named = [word for word in words[1:] if not word.startswith("-")]
    return " ".join(Path(word).name for word in (words[0], *named[:1]))


def run(seconds: float, seed: int, out: str) -> tuple[dict[str, object], dict[str, int]]:
    """The demo's own account, and the most memory of each kind of process."""
    command = [sys.executable, "-m", "ui.cli.main", "demo", "--json", "--seconds", str(seconds)]
    command += ["--seed", str(seed), "--out", out]
    most: dict[str, int] = {}
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(command, stdout=told, stderr=subprocess.DEVNULL) as demo,
    ):
        while demo.poll() is None:
            for name, resident_mb in tree(demo.pid):
                most[name] = max(most.get(name, 0), resident_mb)
            time.sleep(LOOK_S)
        told.seek(0)
        account = json.loads(told.read())
    if demo.returncode:
        raise SystemExit(f"the demo failed: {account}")
    return account, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        account, most = run(asked.seconds, asked.seed, out)
    print(f"{account['title']} by {account['artist']['name']}: {account['outcome']}")
    print(f"{'step':10} {'wall s':>7} {'CPU s':>7}")
    for step in account["steps"]:
        print(f"{step['name']:10} {step['duration_s']:7.1f} {step['cpu_s']:7.1f}")
    computed_s = sum(step["cpu_s"] for step in account["steps"])
    print(f"steps      {'':7} {computed_s:7.1f}")
    print(f"wall       {account['wall_s']:7.1f} s, target {WALL_TARGET_S}")
    print("largest processes, MB:")
    for name, resident_mb in sorted(most.items(), key=lambda item: -item[1])[:5]:
        print(f"  {resident_mb:5} {name[:70]}")
    print(f"memory     {max(most.values(), default=0):7} MB, target {MEMORY_TARGET_MB}")


if __name__ == "__main__":
    main()
