"""Writing into a home's `.env` without touching the lines of others."""

import os
import re
from collections.abc import Mapping
from pathlib import Path


def set_lines(path: Path, values: Mapping[str, str]) -> None:
    """Set variables in a `.env`, whole or not at all, readable by its owner alone (0600).

    A line that sets one of them is replaced where it stands; new ones come last; all others stay as they are.
    """
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    left = dict(values)
    kept = []
    for line in lines:
        name = _name_in(line)
        if name not in values:
            kept.append(line)
        elif name in left:
            kept.append(f"{name}={_quoted(left.pop(name))}\n")
        # A second line for the same variable would win over the one just written: it goes.
    if left and kept and not kept[-1].endswith("\n"):
        kept[-1] += "\n"
    kept += [f"{name}={_quoted(value)}\n" for name, value in left.items()]
    _replace(path, "".join(kept))


def _name_in(line: str) -> str | None:
    match = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", line)
    return match[1] if match else None


def _quoted(value: str) -> str:
    if re.fullmatch(r"[\w./:@%+,=-]*", value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    # Created with its mode, because a key must not be readable for a moment either.
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
