"""`labelmate down` and `stop`: ending what `up` started, or only what it spends."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from runtime.label import RUN_FILE, Label, read_run
from storage.errors import LabelError
from storage.label import Label as LabelRow
from storage.lock import is_held
from storage.types import Frozen
from ui.cli.options import Json, Who, at_desk
from ui.cli.output import remark, show
from ui.cli.session import settings, shown_path, with_label
from ui.wording import moment

END_S = 120.0
LOOK_S = 0.2


class Down(Frozen):
    """What `down` found and did."""

    ended_pid: int | None


def down(*, as_json: Json = False) -> None:
    """End the label that `up` started; nothing is lost."""
    home = settings().home
    record = read_run(home)
    if record is None:
        show(Down(ended_pid=None), as_json=as_json, drawn=f"No label runs in {shown_path(home)}.")
        return
    os.kill(record.pid, signal.SIGTERM)
    remark(f"ending process {record.pid}; steps under way are kept as far as they are")
    if not _ended(home, record.pid, END_S):
        raise LabelError(f"Process {record.pid} has not ended within {END_S:.0f} s; look at {log_of(home)}")
    show(Down(ended_pid=record.pid), as_json=as_json, drawn=f"The label (process {record.pid}) has ended.")


def stop(
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Allow spending again.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Halt all spending at once, until resumed."""

    async def switch(label: Label) -> LabelRow:
        desk = at_desk(label, who)
        return await (desk.house.go_on() if resume else desk.house.stop())

    row = with_label(switch)
    told = (
        f"Stopped since {moment(row.stopped_at)} by {row.stopped_by}: nothing is bought or published until "
        "`labelmate stop --resume`. What costs nothing goes on; `labelmate down` ends that too."
        if row.stopped_at
        else "Spending is allowed."
    )
    show(row, as_json=as_json, drawn=told)


def log_of(home: Path) -> Path:
    """Where a label in the background writes."""
    return home / "logs" / "label.log"


def _ended(home: Path, pid: int, patience_s: float) -> bool:
    """Whether the label lets go of its home in time, and its process, which still puts Ray away, is gone."""
    deadline_s = time.monotonic() + patience_s
    while time.monotonic() < deadline_s:
        if not is_held(home / RUN_FILE) and not _is_there(pid):
            return True
        time.sleep(LOOK_S)
    return False


def _is_there(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody has asked after yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # gone this moment, or a system without /proc, which tells no more
        return not Path("/proc").is_dir()
