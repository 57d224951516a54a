"""Wrong settings in words: the variable, what was given, what is allowed; a secret is never repeated."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from configs.bounds import bounds
from configs.names import aliases, variable


class SettingsError(Exception):
    """One or more settings are wrong; each of `lines` names one and says what is allowed."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[str, ...]]]:
        return type(self), (self.lines,)


def misspelt(env_file: Path, known: frozenset[str]) -> list[str]:
    """One line for each entry of a `.env` that nobody will read although it looks like one of ours.

    Names that resemble none of ours belong to other programs and pass.
    """
    if not env_file.exists():
        return []
    try:
        with env_file.open(encoding="utf-8") as text:
            bindings = list(parse_stream(text))
    except (OSError, UnicodeDecodeError) as error:
        return [f"{env_file} cannot be read as text: {error}"]
    lines = []
    for entry in bindings:
        name, line = entry.key, f"{env_file}:{entry.original.line}"
        if entry.error or (name and entry.value is None):
            # The line itself may hold a pasted key, so it is not repeated.
            lines.append(f"{line}: not a line of the form NAME=value")
        elif name == "LABELMATE_HOME":
            lines.append(
                f"{line}: LABELMATE_HOME says where this file is, so set it in the environment instead"
            )
        elif name and name not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.85)
            lines += [f"{line}: {name} is no setting; {near[0]} is one"] if near else []
    return lines


def complaints(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One line for each wrong value."""
    return [_complaint(detail, model) for detail in error.errors(include_url=False)]


def _complaint(detail: ErrorDetails, model: type[BaseModel]) -> str:
    if not detail["loc"]:
        return detail["msg"].removeprefix("Value error, ")
    given_name = str(detail["loc"][0])
    field = next(name for name in model.model_fields if given_name in (name, *aliases(model, name)))
    info = model.model_fields[field]
    given, allowed = _given(detail["input"], info), _allowed(detail, bounds(model, field))
    return f"{variable(model, field)}={given} is wrong: it must be {allowed}"


def _given(value: object, info: FieldInfo) -> str:
    if isinstance(value, SecretStr) or "SecretStr" in str(info.annotation) or not info.repr:
        return "(hidden)"
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _allowed(detail: ErrorDetails, bounds: str) -> str:
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return bounds or detail["msg"].removeprefix("Input should be ")
