"""`labelmate doctor`: is this machine fit, and is this home sound."""

from typing import Annotated

import typer

from configs.settings import Settings, SettingsError
from storage.types import Frozen
from ui.cli.checks import Check, Grade, home, machine
from ui.cli.checks.keys import check_keys
from ui.cli.checks.models import check_models
from ui.cli.checks.vendors import check_footage, check_listeners, check_music, check_trends
from ui.cli.options import Json
from ui.cli.output import show, table


class Examination(Frozen):
    """All answers."""

    is_fit: bool
    checks: tuple[Check, ...]


def doctor(
    *,
    online: Annotated[
        bool,
        typer.Option(
            "--online", help="Also try the keys and addresses that are set, where that costs nothing."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check this machine and this home, with a remedy for each fault."""
    answers = [check() for check in machine.OF_MACHINE]
    answers += _of_home(online=online)
    examined = Examination(
        is_fit=all(answer.grade is not Grade.FATAL for answer in answers), checks=tuple(answers)
    )
    show(
        examined,
        as_json=as_json,
        drawn=table(
            examined.checks,
            {
                "": lambda check: "" if check.grade is Grade.GOOD else check.grade.upper(),
                "what": lambda check: check.name,
                "is": lambda check: check.text,
                "do": lambda check: check.remedy,
            },
        ),
    )
    if not examined.is_fit:
        raise typer.Exit(1)


def _of_home(*, online: bool) -> list[Check]:
    try:
        settings = Settings.load()
    except SettingsError as error:
        return [
            Check(
                name="settings",
                grade=Grade.FATAL,
                text=line,
                remedy="correct it there; `labelmate config check`",
            )
            for line in error.lines
        ]
    answers = [Check(name="settings", grade=Grade.GOOD, text="valid")]
    answers += [check(settings) for check in home.OF_HOME]
    answers += check_keys(settings, online=online)
    if online:
        answers += check_models(settings)
        answers += check_music(settings)
        answers += check_footage(settings)
        answers += check_trends(settings)
        answers += check_listeners(settings)
    return answers
