"""`labelmate config …`: the settings."""

import sys

import typer

from configs.example import example
from configs.names import variable
from configs.settings import Settings
from runtime.label import check_doors
from storage.types import Frozen
from ui.cli.options import Json
from ui.cli.output import show, show_rows
from ui.cli.session import settings

app = typer.Typer(no_args_is_help=True, help="Settings: show, check, example.")


class Setting(Frozen):
    """One setting as it stands; keys are hidden."""

    variable: str
    value: str
    group: str
    is_default: bool
    is_used: bool
    """False where this version stores it and does not use it yet."""


class Checked(Frozen):
    """Settings that are valid, by where they come from."""

    home: str
    changed: tuple[str, ...]
    """Variables that differ from their defaults."""


@app.command("show")
def show_settings(*, as_json: Json = False) -> None:
    """Show every setting with its value; keys are hidden."""
    show_rows(
        "settings",
        _rows(settings()),
        {
            "setting": lambda row: row.variable,
            "value": lambda row: row.value,
            "": lambda row: "" if row.is_default else "changed",
            "about": lambda row: row.group if row.is_used else f"{row.group} (stored, not used yet)",
        },
        as_json=as_json,
        empty="",
    )


@app.command()
def check(*, as_json: Json = False) -> None:
    """Check every setting; a wrong one is a line that says what is allowed."""
    chosen = settings()
    changed = tuple(row.variable for row in _rows(chosen) if not row.is_default)
    check_doors(chosen)
    told = f"All settings are valid; changed from their defaults: {', '.join(changed) or 'none'}"
    show(Checked(home=str(chosen.home), changed=changed), as_json=as_json, drawn=told)


@app.command("example")
def print_example() -> None:
    """Print every setting with its unit, bounds and default, as a .env to begin with."""
    sys.stdout.write(example())


def _rows(chosen: Settings) -> list[Setting]:
    shown = chosen.shown()
    return [
        Setting(
            variable=variable(chosen, name),
            value=shown[variable(chosen, name)],
            group=group.title,
            is_default=getattr(chosen, name) == field.default,
            is_used=group.is_used,
        )
        for group in Settings.groups
        for name, field in group.model_fields.items()
    ]
