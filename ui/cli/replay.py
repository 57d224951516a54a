"""`labelmate cycle replay`: a song made again from what is on record, beside what was recorded."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from runtime.label import Label
from runtime.replay import StepReplay, replay
from storage import queries, records
from storage.errors import UsageError
from storage.records import CycleRecord
from ui.cli.options import Json
from ui.cli.output import show, sideline
from ui.cli.session import settings, with_label

Videos = Annotated[bool, typer.Option("--videos", help="Make the full films again too, which takes minutes.")]


def replay_cycle(
    ref: Annotated[str, typer.Argument(metavar="CYCLE", help="Id of a cycle, or the beginning of it.")],
    *,
    videos: Videos = False,
    as_json: Json = False,
) -> None:
    """Make a cycle's steps again from what is on record and compare: one line a step; exit code 1 if one differs."""

    async def read(label: Label) -> CycleRecord:
        cycle = await label.store.read(queries.find_cycle, ref=ref)
        return await label.store.read(records.cycle_record, cycle_id=cycle.id)

    record = with_label(read)
    if not record.steps:
        raise UsageError(
            f"{record.cycle.id} has no finished step yet; `labelmate cycle show` tells where it is"
        )
    told = sideline()

    def tell(step: StepReplay) -> None:
        if as_json:
            told.print(_line(step), markup=False)

    with tempfile.TemporaryDirectory(prefix="labelmate-replay-") as folder:
        made = asyncio.run(replay(record, settings(), Path(folder), videos=videos, tell=tell))
    show(made, as_json=as_json, drawn="\n".join(map(_line, made.steps)))
    if not made.is_same:
        raise typer.Exit(1)


def _line(step: StepReplay) -> str:
    name = step.name + (f" (revision {step.revision})" if step.revision else "")
    return f"{name:<10}  {step.likeness}{f': {step.what}' if step.what else ''}"
