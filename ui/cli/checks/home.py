"""Is this home sound, and what is it set up for?"""

import shutil
import socket
from collections.abc import Callable

from configs.settings import Settings
from runtime.label import check_doors, read_run
from storage import backup, migrations
from storage.errors import LabelError
from ui.cli.checks import Check, Grade
from ui.web.binding import check_binding, is_loopback

WORKER_PORTS = "10002 to 19999"


def check_home(settings: Settings) -> Check:
    home = settings.home
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        probe = there / f".labelmate-probe-{id(settings):x}"
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        return Check(
            name="home",
            grade=Grade.FATAL,
            text=f"{home} cannot be written: {error.strerror}",
            remedy="set LABELMATE_HOME to a folder of your own",
        )
    return Check(name="home", grade=Grade.GOOD, text=str(home) if home.exists() else f"{home}, not made yet")


def check_env_file(settings: Settings) -> Check:
    """The file with keys in it is for its owner alone."""
    file = settings.home / ".env"
    if file.exists() and file.stat().st_mode & 0o077:
        return Check(
            name="key file",
            grade=Grade.WARNING,
            text=f"{file} can be read by others",
            remedy=f"`chmod 600 {file}`",
        )
    return Check(name="key file", grade=Grade.GOOD, text="readable by you alone" if file.exists() else "none")


def check_disk(settings: Settings) -> Check:
    there = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    told = f"{free_mb} MB free, making waits below {settings.disk_floor_mb} (DISK_FLOOR_MB)"
    if free_mb < settings.disk_floor_mb:
        return Check(
            name="disk", grade=Grade.FATAL, text=told, remedy="free some space, or lower DISK_FLOOR_MB"
        )
    return Check(name="disk", grade=Grade.GOOD, text=told)


def check_database(settings: Settings) -> Check:
    """Revision and integrity of a SQLite home."""
    if settings.database_url is not None and not settings.database_url.startswith("sqlite"):
        return Check(name="database", grade=Grade.NOTE, text="PostgreSQL; its own tools check it")
    file = settings.home / "labelmate.db"
    if not file.exists():
        return Check(name="database", grade=Grade.NOTE, text="none yet", remedy="`labelmate init` makes it")
    try:
        revision = backup.check_backup(file)
    except LabelError as error:
        return Check(
            name="database",
            grade=Grade.FATAL,
            text=str(error),
            remedy="`labelmate db restore FROM` puts a backup in its place",
        )
    newest = migrations.revisions()[0]
    if revision != newest:
        return Check(
            name="database",
            grade=Grade.WARNING,
            text=f"sound, schema {revision} of {newest}",
            remedy="`labelmate db upgrade` brings it up to date, after a copy",
        )
    return Check(name="database", grade=Grade.GOOD, text=f"sound, schema {revision}")


def check_ports(settings: Settings) -> Check:
    """Where Ray will listen. Its own ports are open on every interface, so its token stays on."""
    port = settings.ray_dashboard_port
    told = (
        f"dashboard on 127.0.0.1:{port}; workers on {WORKER_PORTS} and the rest on random ports, on every "
        "interface, all of them behind Ray's token"
    )
    if settings.ray_address or read_run(settings.home) or not port or _is_free(port):
        return Check(name="ports", grade=Grade.GOOD, text=told)
    return Check(
        name="ports",
        grade=Grade.NOTE,
        text=f"{port} is taken by another program; Ray's dashboard will be on any free port",
        remedy="set RAY_DASHBOARD_PORT to a free one if you want it fixed",
    )


def check_console(settings: Settings) -> Check:
    """Where console and API will listen, and who may come in."""
    try:
        check_binding(settings)
    except LabelError as error:
        what, _, remedy = str(error).partition(": ")
        return Check(name="console", grade=Grade.FATAL, text=what, remedy=remedy)
    who = "whoever signs in" if settings.console_logins else "everybody on this machine"
    if not is_loopback(settings.console_host) and not settings.console_logins:
        who = "programs with API_TOKEN"
    told = f"{settings.console_host}:{settings.console_port}, for {who}"
    if read_run(settings.home) or not settings.console_port or _is_free(settings.console_port):
        return Check(name="console", grade=Grade.GOOD, text=told)
    return Check(
        name="console",
        grade=Grade.NOTE,
        text=f"{told}; the port is taken, the next free one will do",
        remedy="set CONSOLE_PORT to a free one if you want it fixed",
    )


def check_outside(settings: Settings) -> Check:
    """Whether what was named is installed: providers of music, the driver of ASSETS_URL."""
    try:
        check_doors(settings)
    except LabelError as error:
        return Check(
            name="plug-ins", grade=Grade.FATAL, text=str(error), remedy="install it, or change the setting"
        )
    return Check(name="plug-ins", grade=Grade.GOOD, text=", ".join(settings.music_providers) or "none")


OF_HOME: tuple[Callable[[Settings], Check], ...] = (
    check_home,
    check_disk,
    check_env_file,
    check_database,
    check_ports,
    check_console,
    check_outside,
)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
