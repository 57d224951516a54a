"""A plugin for coverage.py that saves what Ray's workers covered while they run.

Ray ends its workers without letting Python finish, so what they measured would be lost. pyproject.toml names
this module; coverage loads it in every process it measures.
"""

import sys
import threading
import time

import coverage
from coverage.plugin_support import Plugins

SAVE_EVERY_S = 1.0


def coverage_init(registry: Plugins, options: dict[str, str]) -> None:
    """Called by coverage.py at the start of each process."""
    if any(word.endswith("default_worker.py") for word in sys.orig_argv):
        threading.Thread(target=_save_for_ever, name="coverage", daemon=True).start()
    elif any("/ray/" in word for word in sys.orig_argv):
        threading.Thread(target=_stop, name="coverage", daemon=True).start()


def _save_for_ever() -> None:
    while True:
        time.sleep(SAVE_EVERY_S)
        measured = coverage.Coverage.current()
        if measured and measured._collector:
            # `save` would look through the whole source tree each time, for files that were never run.
            measured._collector.flush_data()


def _stop() -> None:
    """Ray's own daemons run none of our code, and would pay for being watched all the same."""
    while (measured := coverage.Coverage.current()) is None or not measured._started:
        time.sleep(0.05)
    measured.stop()
