"""What `labelmate --help` costs, as a multiple of importing Typer alone. Target: at most 3.

    python -m benchmarks.help_cost [--runs 10]

CPU seconds, the least of several runs in turn, because the machine is shared.
"""

import argparse
import resource
import subprocess
import sys

TARGET = 3.0


def cpu_s(*args: str) -> float:
    """User and system CPU of one run of Python."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *args], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    runs = range(parser.parse_args().runs)
    pairs = [(cpu_s("-m", "ui.cli.main", "--help"), cpu_s("-c", "import typer")) for _ in runs]
    ours, typer = (min(column) for column in zip(*pairs, strict=True))
    print(f"labelmate --help  {ours * 1000:5.0f} ms of CPU")
    print(f"import typer      {typer * 1000:5.0f} ms of CPU   ratio {ours / typer:.2f}, target {TARGET:g}")


if __name__ == "__main__":
    main()
