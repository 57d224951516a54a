"""A process beside a label that does as `BYSTANDER` says; tests start it as they would the console."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

notes = Path(os.environ["BYSTANDER_NOTES"])


def note(text: str) -> None:
    with notes.open("a") as file:
        file.write(f"{text}\n")


match os.environ["BYSTANDER"]:
    case "refuses":
        sys.stderr.write("labelmate: this cannot be\n")
        sys.exit(3)
    case "dies":
        note(f"{os.getpid()}")
        sys.stderr.write("no luck\n")
        sys.exit(1)
    case "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        grandchild = subprocess.Popen(
            [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]
        )
        note(f"{os.getpid()} {grandchild.pid}")
        time.sleep(600)
    case "lives":
        note(f"{os.getpid()} {' '.join(sorted(os.environ))}")
        time.sleep(600)
