"""`python -m ui.leash MODULE`: run a module in a process that ends with the one that started it.

Whoever starts it holds the other end of its standard input. However that process ends, also by SIGKILL, the end
of the input is seen here, on every system alike.
"""

import contextlib
import os
import runpy
import signal
import sys
import threading
import time

GRACE_S = 10.0


def main() -> None:
    """Watch the input, and be the module."""
    module = sys.argv[1]
    threading.Thread(target=_end_with_the_input, name="leash", daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_the_input() -> None:
    with contextlib.suppress(OSError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_S)
    # With everything it has started: they are a group of their own.
    if os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
