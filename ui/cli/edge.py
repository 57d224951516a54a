"""The edge to people: every failure becomes one line that says what to do, and an exit code."""

import errno
import json
import re
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

import typer
from typer.exceptions import TyperException

from agents.redaction import redact
from configs.settings import Settings, SettingsError
from storage.errors import LabelError

FAILED, CONFIGURATION, INTERRUPTED = 1, 3, 130
KEPT = "every finished step is kept; `labelmate cycle list` shows where each song stands"


class Interrupted(Exception):  # noqa: N818 - a person's wish, not an error
    """Ctrl-C; the text says what is kept."""


def tell(error: BaseException, *, as_json: bool) -> int:
    """Say what went wrong on stderr, and as data on stdout under --json; returns the exit code."""
    code, exit_code, told = _account(error)
    lines = [_one_line(text) for text in told]
    for line in lines:
        sys.stderr.write(f"labelmate: {line}\n")
    if as_json:
        sys.stdout.write(json.dumps({"error": {"code": code, "message": "; ".join(lines)}}) + "\n")
    return exit_code


def _account(error: BaseException) -> tuple[str, int, list[str]]:
    match error:
        case SettingsError():
            told = "settings", CONFIGURATION, list(error.lines)
        case LabelError():
            told = error.code, error.exit_code, [str(error)]
        case TyperException():
            told = "usage", error.exit_code, [_usage(error)]
        case Interrupted() | KeyboardInterrupt():
            told = "interrupted", INTERRUPTED, [f"interrupted: {str(error) or KEPT}"]
        case typer.Abort():
            told = "aborted", FAILED, ["nothing was changed"]
        case OSError(errno=errno.ENOSPC):
            told = "disk_full", FAILED, [f"the disk is full{_at(error)}; free some space and try again"]
        case _:
            told = "internal", FAILED, [_unexpected(error)]
    return told


def _at(error: OSError) -> str:
    return f" at {error.filename}" if error.filename else ""


def _one_line(text: str) -> str:
    """The text on one line and without colours: Ray's own words come with both."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "labelmate"
    return f"{' '.join(error.format_message().split()).rstrip('.')}; see `{path} --help`"


def _unexpected(error: BaseException) -> str:
    """Keep the whole story in a log, without secrets, and point to it."""
    story = redact("".join(traceback.format_exception(error)))
    settings = _settings()
    if settings is not None and settings.log_level == "DEBUG":
        sys.stderr.write(story)
    # No home is made for a log's sake: a demo or a studio that fails leaves none behind.
    logs = settings.home / "logs" if settings and settings.home.is_dir() else Path(tempfile.gettempdir())
    try:
        log = _append(logs, story)
    except OSError:
        log = _append(Path(tempfile.gettempdir()), story)
    words = redact(" ".join(str(error).split()))[:200]
    return f"unexpected {type(error).__name__}: {words}; the details are in {log}"


def _settings() -> Settings | None:
    try:
        return Settings.load()
    except SettingsError:
        return None


def _append(folder: Path, story: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "labelmate-errors.log"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n{story}\n")
    return log
