"""`labelmate up`: the label as something that stays, with the processes that people talk to."""

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
from urllib.parse import urlsplit

import typer

from configs.settings import Settings
from runtime.label import RunRecord, Surface, read_run, running_label, runs_already, write_run
from storage.errors import ClusterError, ConfigurationError, LabelError
from storage.types import Frozen
from ui.cli.children import kept_running
from ui.cli.edge import Interrupted
from ui.cli.options import Json
from ui.cli.output import Facts, remark, show
from ui.cli.service import END_S, LOOK_S, log_of
from ui.cli.session import run_interruptibly, settings, shown_path
from ui.cli.surfaces import plans
from ui.web.binding import check_binding

START_S = 600.0
"""Longest wait for label and console: a loaded machine starts Ray in minutes, and loads the pages in minutes."""


class Up(Frozen):
    """A label that runs, and how to look at it."""

    pid: int
    address: str
    console_url: str | None
    dashboard_url: str | None
    token_file: str
    """Holds what Ray's dashboard asks for."""
    bot: str | None
    """Where the Telegram bot is found."""
    troubles: tuple[str, ...]
    """What was to run beside the label and does not."""
    log: str


def up(
    *,
    foreground: Annotated[
        bool,
        typer.Option("--foreground", help="Stay here until Ctrl-C or SIGTERM, for systemd and containers."),
    ] = False,
    without_console: Annotated[
        bool, typer.Option("--no-console", help="Leave the console and the HTTP API out.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start the label, its console and its bot; it makes the songs that are asked for."""
    chosen = settings()
    record = read_run(chosen.home)
    if record is not None:
        raise runs_already(record)
    if not without_console:
        check_binding(chosen)
    if foreground:
        logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        logging.getLogger("alembic").setLevel(logging.WARNING)
        run_interruptibly(_stay(chosen, with_console=not without_console, as_json=as_json))
        return
    record = _start(chosen, ["--no-console"] if without_console else [])
    _tell_up(record, chosen, as_json=as_json)


async def _stay(chosen: Settings, *, with_console: bool, as_json: bool) -> None:
    wanted = asyncio.Event()
    async with running_label(chosen) as label:
        # After Ray's start, because Ray installs a handler of its own that would end us in disorder.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, wanted.set)
        assert label.running is not None
        record = label.running

        def told(surfaces: tuple[Surface, ...]) -> None:
            nonlocal record
            record = record.model_copy(update={"surfaces": surfaces})
            write_run(chosen.home, record)

        async with kept_running(plans(label, with_console=with_console), chosen.home, wanted, told):
            if not wanted.is_set():
                _tell_up(record, chosen, as_json=as_json)
            await wanted.wait()
            remark("ending the label; steps under way are kept as far as they are")


def _start(chosen: Settings, options: list[str]) -> RunRecord:
    """A detached process that runs the label, once everything answers. Raises what it said when it does not."""
    log = log_of(chosen.home)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"LABELMATE_HOME {chosen.home} cannot be written: {error.strerror}; choose a folder of your own"
        ) from error
    with log.open("ab") as output:
        begins = output.tell()
        child = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "ui.cli.main", "up", "--foreground", *options],
            env={**os.environ, "LABELMATE_HOME": str(chosen.home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    remark("starting Ray, the store, the supervisor and what people talk to")
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
        if record is not None and record.pid == child.pid and record.surfaces is not None:
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


def _tell_up(record: RunRecord, chosen: Settings, *, as_json: bool) -> None:
    from runtime.cluster import auth_token_path

    token, log = auth_token_path(), log_of(chosen.home)
    console, bot = record.surface("console"), record.surface("telegram")
    told = Up(
        pid=record.pid,
        address=record.address,
        console_url=console and console.address,
        dashboard_url=record.dashboard_url,
        token_file=str(token),
        bot=bot and bot.address,
        troubles=tuple(f"{each.name} {each.trouble}" for each in record.surfaces or () if each.trouble),
        log=str(log),
    )
    sign_in = f"{record.dashboard_url}, which asks for the token in {token}" if record.dashboard_url else None
    drawn = Facts(
        {
            "console": console and _console_line(console, chosen),
            "dashboard": sign_in,
            "Telegram": bot and (bot.address or bot.trouble or "does not answer yet"),
            "label": f"running, process {record.pid}, Ray at {record.address}",
            "log": shown_path(log),
            "next": "`labelmate status`, `labelmate song make --artist NAME`, `labelmate down`",
        }
    )
    show(told, as_json=as_json, drawn=drawn)


def _console_line(console: Surface, chosen: Settings) -> str:
    if console.address is None:
        return console.trouble or "does not answer yet; `labelmate status` shows it"
    port = urlsplit(console.address).port
    taken = f"; {chosen.console_port} is taken" if chosen.console_port not in (0, port) else ""
    sign_in = ", which asks for a login of CONSOLE_LOGINS" if chosen.console_logins else ""
    return f"{console.address}{sign_in}{taken}"
