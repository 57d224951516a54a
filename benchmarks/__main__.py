"""All benchmarks in turn, or the named ones: `python -m benchmarks [NAME…]`; `make bench ARGS=NAME`."""

import subprocess
import sys

ALL = (
    "help_cost",
    "durable_steps",
    "llm_router",
    "music_engine",
    "music_quality",
    "words",
    "visualizer",
    "footage",
    "console",
    "telegram",
    "lifecycle",
    "demo",
)


def main() -> int:
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.stderr.write(f"there is no benchmark {unknown[0]!r}; choose from {', '.join(ALL)}\n")
        return 2
    failed = 0
    for name in names:
        print(f"\n== {name}", flush=True)
        # Each in a process of its own: a fresh memory mark, and no Ray left for the next.
        failed |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
