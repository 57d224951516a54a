"""`labelmate reviewer …`: who may decide, from where, and who was forgotten."""

from typing import Annotated

import typer

from runtime.label import Label
from storage import people
from storage.people import Person, Role
from storage.types import Frozen
from ui.cli.options import Json, Who, person
from ui.cli.output import show, show_rows
from ui.cli.session import with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="People who may decide: list, add, remove, forget.")
Alias = Annotated[str, typer.Argument(metavar="ALIAS", help="What the audit trail says.")]


class Forgotten(Frozen):
    """What stands in place of an alias from now on."""

    pseudonym: str


@app.command("list")
def list_people(
    *,
    everybody: Annotated[bool, typer.Option("--all", help="Those who left, too.")] = False,
    as_json: Json = False,
) -> None:
    """Show who may decide, the owner first."""
    rows = with_label(lambda label: label.store.read(people.list_people, with_former=everybody))
    show_rows(
        "people",
        rows,
        {
            "person": lambda row: row.alias,
            "role": lambda row: row.role,
            "Telegram": lambda row: "" if row.telegram_id is None else "linked",
            "since": lambda row: moment(row.created_at),
            "left": lambda row: moment(row.left_at),
        },
        as_json=as_json,
        empty="Nobody is linked; `labelmate telegram link` makes the first code.",
    )


@app.command()
def add(alias: Alias, *, who: Who = None, as_json: Json = False) -> None:
    """Put a reviewer on the list; `labelmate telegram link --reviewer` gives the code for Telegram."""

    async def put(label: Label) -> Person:
        return await label.store.write(people.add_person, alias=alias, role=Role.REVIEWER, who=person(who))

    added = with_label(put)
    show(
        added,
        as_json=as_json,
        drawn=f"{added.alias} is a reviewer; for Telegram: `labelmate telegram link --reviewer {added.alias}`",
    )


@app.command()
def remove(alias: Alias, *, who: Who = None, as_json: Json = False) -> None:
    """Take somebody's right to decide; what was decided stays under the alias."""
    removed = with_label(lambda label: label.store.write(people.remove_person, alias=alias, who=person(who)))
    show(removed, as_json=as_json, drawn=f"{removed.alias} decides no more")


@app.command()
def forget(
    alias: Alias,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Remove somebody and put a pseudonym in place of the alias everywhere, also in the audit trail."""
    if not yes:
        typer.confirm(f"Forget {alias} for ever?", abort=True, err=True)
    pseudonym = with_label(
        lambda label: label.store.write(people.forget_person, alias=alias, who=person(who))
    )
    show(
        Forgotten(pseudonym=pseudonym),
        as_json=as_json,
        drawn=f"{alias} is {pseudonym} now; a number in TELEGRAM_REVIEWERS is yours to take out",
    )
