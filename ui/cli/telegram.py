"""`labelmate telegram …`: how a person and a chat come to the bot."""

from typing import Annotated

import typer

from runtime.label import Label
from storage import people
from storage.people import LinkCode, Role
from ui.cli.options import Json, at_desk, person
from ui.cli.output import remark, show
from ui.cli.session import settings, with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="Telegram: link a person and a chat.")


@app.callback()
def telegram() -> None:
    """Telegram: link a person and a chat."""


@app.command()
def link(
    *,
    alias: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="ALIAS", help="Who you are; without it, the owner there is, or your login name."
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option("--reviewer", metavar="ALIAS", help="A code for somebody who decides on songs."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a one-time code with which you, or a reviewer, join from Telegram."""

    async def make(label: Label) -> LinkCode:
        if reviewer is not None:
            return await at_desk(label, alias).house.invite(reviewer, Role.REVIEWER)
        owner = await label.store.read(people.owner)
        mine = alias or (owner.alias if owner else person(None))
        return await at_desk(label, mine).house.invite(mine, Role.OWNER)

    made = with_label(make)
    if settings().telegram_bot_token is None:
        remark("TELEGRAM_BOT_TOKEN is not set yet: @BotFather gives one, `labelmate init` keeps it")
    drawn = (
        f"In Telegram, to the label's bot or in a group that it is in, as {made.alias} ({made.role}):\n"
        f"  /link {made.code}\n"
        f"Once, until {moment(made.expires_at)}."
    )
    show(made, as_json=as_json, drawn=drawn)
