"""`labelmate config …`: the settings."""

import sys
from typing import Annotated

import typer

from configs.example import example
from configs.names import variable
from configs.settings import Settings
from runtime.label import Label, check_doors
from storage.errors import LabelError
from storage.home import DATABASE_FILE
from storage.types import Frozen
from ui.cli.options import Json, Who, at_desk
from ui.cli.output import remark, show, show_rows
from ui.cli.session import settings, with_label

Name = Annotated[str, typer.Argument(metavar="SETTING", help="Its name, such as BUDGET_DAILY_USD.")]
app = typer.Typer(no_args_is_help=True, help="Settings: show, set, unset, check, example.")


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
        _rows(_in_force(settings())),
        {
            "setting": lambda row: row.variable,
            "value": lambda row: row.value,
            "": lambda row: "" if row.is_default else "changed",
            "about": lambda row: row.group if row.is_used else f"{row.group} (stored, not used yet)",
        },
        as_json=as_json,
        empty="",
    )


@app.command("set")
def set_setting(
    name: Name,
    value: Annotated[str, typer.Argument(help="What it is to be, as it would stand in .env.")],
    *,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Change a setting while the label runs; songs begun before keep the old one. `.env` stays as it is."""
    _turn(name, value, who, as_json=as_json)


@app.command("unset")
def unset_setting(name: Name, *, who: Who = None, as_json: Json = False) -> None:
    """Give a setting back to `.env` and the defaults."""
    _turn(name, None, who, as_json=as_json)


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


def _turn(name: str, value: str | None, who: str | None, *, as_json: bool) -> None:
    variable_name = name.upper()

    async def turn(label: Label) -> Settings:
        await at_desk(label, who).house.change_setting(variable_name, value)
        return label.live.last

    row = next(row for row in _rows(with_label(turn)) if row.variable == variable_name)
    show(row, as_json=as_json, drawn=f"{row.variable} is {row.value or 'unset'}")


def _in_force(chosen: Settings) -> Settings:
    """With what people turned; a home without a label is not made for looking at it."""
    if chosen.database_url is None and not (chosen.home / DATABASE_FILE).exists():
        return chosen
    try:
        return with_label(lambda label: label.live.now())
    except LabelError as error:
        remark(f"without what was changed while the label ran: {error}")
        return chosen


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
