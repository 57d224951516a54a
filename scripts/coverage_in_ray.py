"""A plugin for coverage.py that leaves Ray's own processes alone.

Ray ends its workers without letting Python finish, and there are dozens of them: to watch them took a third of
the journeys' time. What runs in them is measured where tests call it in their own process. pyproject.toml names
this module; coverage loads it in every process it measures.
"""

import sys
import threading
import time

import coverage
from coverage.plugin_support import Plugins


def coverage_init(registry: Plugins, options: dict[str, str]) -> None:
    """Called by coverage.py at the start of each process."""
    if any("/ray/" in word for word in sys.orig_argv):
        threading.Thread(target=_stop, name="coverage", daemon=True).start()


def _stop() -> None:
    while (measured := coverage.Coverage.current()) is None or not measured._started:
        time.sleep(0.05)
    measured.stop()
