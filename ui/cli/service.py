"""`labelmate up`, `down` and `stop`: the label as something that stays."""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from configs.settings import Settings
from runtime.label import RUN_FILE, Label, RunRecord, read_run, running_label
from storage.errors import ClusterError, ConfigurationError, HomeLockedError, LabelError
from storage.label import Label as LabelRow
from storage.lock import is_held
from storage.types import Frozen
from ui.cli.edge import Interrupted
from ui.cli.options import Json, Who, at_desk
from ui.cli.output import Facts, remark, show
from ui.cli.session import run_interruptibly, settings, shown_path, with_label
from ui.wording import moment

START_S = 300.0
"""Longest wait for a label to become healthy: a loaded machine starts Ray in minutes."""
END_S = 90.0
LOOK_S = 0.2


class Up(Frozen):
    """A label that runs, and how to look at it."""

    pid: int
    address: str
    dashboard_url: str | None
    token_file: str
    """Holds what Ray's dashboard asks for."""
    log: str


class Down(Frozen):
    """What `down` found and did."""

    ended_pid: int | None


def up(
    *,
    foreground: Annotated[
        bool,
        typer.Option("--foreground", help="Stay here until Ctrl-C or SIGTERM, for systemd and containers."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Start the label; it makes the songs that are asked for."""
    chosen = settings()
    record = read_run(chosen.home)
    if record is not None:
        raise HomeLockedError(
            f"This home's label is running already (process {record.pid}, Ray at {record.address}); "
            "`labelmate status` shows it, `labelmate down` ends it"
        )
    if foreground:
        logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        run_interruptibly(_stay(chosen, as_json=as_json))
        return
    _tell_up(_start(chosen), log_of(chosen.home), as_json=as_json)


def down(*, as_json: Json = False) -> None:
    """End the label that `up` started; nothing is lost."""
    home = settings().home
    record = read_run(home)
    if record is None:
        show(Down(ended_pid=None), as_json=as_json, drawn=f"No label runs in {shown_path(home)}.")
        return
    os.kill(record.pid, signal.SIGTERM)
    remark(f"ending process {record.pid}; steps under way are kept as far as they are")
    if not _ended(home, END_S):
        raise LabelError(f"Process {record.pid} has not ended within {END_S:.0f} s; look at {log_of(home)}")
    show(Down(ended_pid=record.pid), as_json=as_json, drawn=f"The label (process {record.pid}) has ended.")


def stop(
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Allow spending and publishing again.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Halt all spending and publishing at once, until resumed."""

    async def switch(label: Label) -> LabelRow:
        desk = at_desk(label, who)
        return await (desk.go_on() if resume else desk.stop())

    row = with_label(switch)
    told = (
        f"Stopped since {moment(row.stopped_at)} by {row.stopped_by}: nothing is bought or published until "
        "`labelmate stop --resume`. What costs nothing goes on; `labelmate down` ends that too."
        if row.stopped_at
        else "Spending and publishing are allowed."
    )
    show(row, as_json=as_json, drawn=told)


def log_of(home: Path) -> Path:
    """Where a label in the background writes."""
    return home / "logs" / "label.log"


async def _stay(chosen: Settings, *, as_json: bool) -> None:
    wanted = asyncio.Event()
    async with running_label(chosen) as label:
        # After Ray's start, because Ray installs a handler of its own that would end us in disorder.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, wanted.set)
        assert label.running is not None
        _tell_up(label.running, log_of(chosen.home), as_json=as_json)
        await wanted.wait()
        remark("ending the label; steps under way are kept as far as they are")


def _start(chosen: Settings) -> RunRecord:
    """A detached process that runs the label, once it is healthy. Raises what it said when it is not."""
    log = log_of(chosen.home)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"LABELMATE_HOME {chosen.home} cannot be written: {error.strerror}; choose a folder of your own"
        ) from error
    with log.open("ab") as output:
        begins = output.tell()
        child = subprocess.Popen(
            [sys.executable, "-m", "ui.cli.main", "up", "--foreground"],
            env={**os.environ, "LABELMATE_HOME": str(chosen.home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    remark("starting Ray, the store and the supervisor")
    try:
        return _healthy(child, chosen.home, log, begins)
    except BaseException as error:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(END_S)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted("the label was not started; nothing runs") from None
        raise


def _healthy(child: "subprocess.Popen[bytes]", home: Path, log: Path, begins: int) -> RunRecord:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        code = child.poll()
        if code is not None:
            raise _why(code, log, begins)
        record = read_run(home)
        if record is not None and record.pid == child.pid:
            return record
        time.sleep(LOOK_S)
    raise ClusterError(f"The label was not healthy within {START_S:.0f} s; look at {log}")


def _why(code: int, log: Path, begins: int) -> LabelError:
    """What a label that ended at its start said last."""
    with log.open("rb") as file:
        file.seek(begins)
        lines = file.read().decode(errors="replace").splitlines()
    said = [line.removeprefix("labelmate: ") for line in lines if line.startswith("labelmate: ")]
    message = said[-1] if said else f"The label ended at its start with code {code}; look at {log}"
    return ConfigurationError(message) if code == ConfigurationError.exit_code else LabelError(message)


def _tell_up(record: RunRecord, log: Path, *, as_json: bool) -> None:
    from runtime.cluster import auth_token_path

    token = auth_token_path()
    told = Up(
        pid=record.pid,
        address=record.address,
        dashboard_url=record.dashboard_url,
        token_file=str(token),
        log=str(log),
    )
    sign_in = f"{record.dashboard_url}, which asks for the token in {token}" if record.dashboard_url else None
    drawn = Facts(
        {
            "label": f"running, process {record.pid}",
            "Ray": record.address,
            "dashboard": sign_in,
            "log": shown_path(log),
            "next": "`labelmate status`, `labelmate song make --artist NAME`, `labelmate down`",
        }
    )
    show(told, as_json=as_json, drawn=drawn)


def _ended(home: Path, patience_s: float) -> bool:
    """Whether the label lets go of its home in time."""
    deadline_s = time.monotonic() + patience_s
    while time.monotonic() < deadline_s:
        if not is_held(home / RUN_FILE):
            return True
        time.sleep(LOOK_S)
    return False
