"""`labelmate experiment …`: what is tried on songs, and which variant people approve."""

from typing import Annotated

import typer
from rich.console import Group

from runtime.experiments import ExperimentReport, report_of
from runtime.label import Label
from storage import experiments
from storage.errors import UsageError
from storage.experiments import ExperimentRow
from storage.types import Frozen
from ui.cli.options import Json, Who, at_desk
from ui.cli.output import Facts, remark, show, show_rows, table
from ui.cli.session import find_artist, with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="Experiments: create, list, report, promote, stop, withdraw.")
Ref = Annotated[
    str, typer.Argument(metavar="EXPERIMENT", help="Id of an experiment, or the beginning of it.")
]


class ExperimentLine(Frozen):
    """An experiment in a list."""

    id: str
    parameter: str
    status: str
    method: str
    variants: tuple[str, ...]
    decided: int
    """Songs that persons decided on."""
    winner: str | None
    outlook: str


@app.command()
def create(
    parameter: Annotated[
        str,
        typer.Argument(
            help="A gene such as tempo_bias or hook_density, music_prompt_prefix, or cover_composition."
        ),
    ],
    *,
    variants: Annotated[
        list[str] | None,
        typer.Option(
            "--variant",
            metavar="VALUE",
            help="control, a number, a step such as +0.1, or a text; give two or more.",
        ),
    ] = None,
    even: Annotated[
        bool, typer.Option("--even", help="The same number of songs for each variant, and no learning.")
    ] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Try variants of one parameter on the next songs, and learn from people's verdicts which is best."""

    async def begin(label: Label) -> tuple[ExperimentRow, bool]:
        row = await at_desk(label, who).experiments.begin(parameter, tuple(variants or ()), even=even)
        return row, (await label.live.now()).ab_testing_enabled

    row, is_on = with_label(begin)
    show(report_of(row), as_json=as_json, drawn=f"{row.id} tries {row.parameter}: {_values(row)}")
    if not is_on:
        remark("Songs take part once it is switched on: labelmate config set AB_TESTING_ENABLED true")


@app.command("list")
def list_experiments(*, as_json: Json = False) -> None:
    """Show experiments, the newest first."""
    rows = with_label(lambda label: label.store.read(experiments.list_experiments))
    show_rows(
        "experiments",
        [_line(report_of(row)) for row in rows],
        {
            "experiment": lambda row: row.id,
            "parameter": lambda row: row.parameter,
            "state": lambda row: f"promoted {row.winner}" if row.winner else row.status,
            "variants": lambda row: ", ".join(row.variants),
            "decided": lambda row: str(row.decided),
            "outlook": lambda row: row.outlook,
        },
        as_json=as_json,
        empty="Nothing is being tried; `labelmate experiment create hook_density --variant control --variant +0.2` begins.",
    )


@app.command()
def report(
    ref: Ref,
    *,
    artist: Annotated[str | None, typer.Option("--artist", help="Of this artist's songs only.")] = None,
    as_json: Json = False,
) -> None:
    """Show one experiment: samples, believed approval rate, probability of being best, and the stop rule."""

    async def read(label: Label) -> ExperimentReport:
        row = await _find(label, ref)
        if artist is not None:
            artist_id = (await find_artist(label, artist)).id
            row = await label.store.read(
                experiments.experiment_by_id, experiment_id=row.id, artist_id=artist_id
            )
        return report_of(row)

    told = with_label(read)
    show(told, as_json=as_json, drawn=_drawn(told))


@app.command()
def promote(
    ref: Ref,
    *,
    variant: Annotated[
        str | None, typer.Option("--variant", metavar="VALUE", help="Not the one that leads, but this one.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.")] = "by a person",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """End an experiment with a winner: every song from now on is made with it."""

    async def end(label: Label) -> ExperimentReport:
        told = report_of(await _find(label, ref))
        chosen = told.outlook.best.value if variant is None else variant
        arm = next((each for each in told.arms if each.value == chosen), None)
        if arm is None:
            raise UsageError(f"{told.experiment.id} has no variant {chosen!r}: {_values(told.experiment)}")
        row = await at_desk(label, who).experiments.promote(told.experiment, arm.arm_id, reason=reason)
        return report_of(row)

    told = with_label(end)
    line = f"{told.experiment.parameter} is {told.winner} in every song from now on"
    show(told, as_json=as_json, drawn=line)


@app.command()
def stop(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """End an experiment without a winner."""

    async def end(label: Label) -> ExperimentReport:
        return report_of(await at_desk(label, who).experiments.stop(await _find(label, ref)))

    told = with_label(end)
    show(told, as_json=as_json, drawn=f"{told.experiment.parameter} is the artists' own again")


@app.command()
def withdraw(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Take back the winner of an experiment that has ended."""

    async def end(label: Label) -> ExperimentReport:
        return report_of(await at_desk(label, who).experiments.withdraw_winner(await _find(label, ref)))

    told = with_label(end)
    show(told, as_json=as_json, drawn=f"{told.experiment.parameter} is the artists' own again")


async def _find(label: Label, ref: str) -> ExperimentRow:
    return await label.store.read(experiments.find_experiment, ref=ref)


def _line(told: ExperimentReport) -> ExperimentLine:
    row = told.experiment
    return ExperimentLine(
        id=row.id,
        parameter=row.parameter,
        status=row.status,
        method=row.method,
        variants=tuple(arm.value for arm in told.arms),
        decided=sum(arm.decided for arm in told.arms),
        winner=told.winner,
        outlook=told.outlook.text if row.status == "running" else "",
    )


def _values(row: ExperimentRow) -> str:
    return ", ".join(arm.value for arm in row.arms)


def _drawn(told: ExperimentReport) -> Group:
    row = told.experiment
    return Group(
        Facts(
            {
                "experiment": row.id,
                "parameter": row.parameter,
                "assigned": "the same number of songs each"
                if row.method == "even"
                else "by Thompson sampling",
                "state": f"promoted {told.winner}" if told.winner else row.status,
                "since": moment(row.created_at),
                "stop rule": told.outlook.text if row.status == "running" else None,
            }
        ),
        "",
        table(
            told.arms,
            {
                "variant": lambda arm: arm.value,
                "songs": lambda arm: str(arm.assigned),
                "approved": lambda arm: f"{arm.approved} of {arm.decided}",
                "believed": lambda arm: (
                    f"{arm.approval_mean:.2f} ({arm.approval_low:.2f}–{arm.approval_high:.2f})"
                ),
                "best with": lambda arm: f"{arm.probability_best:.2f}",
            },
        ),
    )
