"""`labelmate simulate`: the decisions of a whole roster, rehearsed without a song."""

import secrets
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group

from configs.lifecycle import load_profile
from runtime.simulation import Simulated, simulate_on
from ui.cli.options import Json
from ui.cli.output import Facts, show, table
from ui.cli.progress import Meter
from ui.cli.session import settings, shown_path
from ui.cli.studio.files import folder_made, keep_image
from ui.cli.wishes import Seed

ROWS_SHOWN = 10


class Profile(StrEnum):
    LABEL = "label"
    ORIGINAL = "original"


def simulate(
    *,
    artists: Annotated[int, typer.Option(min=1, max=1_000_000, help="Artists on the roster.")] = 30,
    cycles: Annotated[int, typer.Option(min=1, max=100_000, help="Slots for a song, of each artist.")] = 200,
    seed: Seed = None,
    profile: Annotated[
        Profile | None, typer.Option(help="Rules of lifecycle.yaml; without it, your settings.")
    ] = None,
    every_days: Annotated[
        int, typer.Option("--every", min=1, max=90, metavar="DAYS", help="From one slot to the next.")
    ] = 7,
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="A running Ray, or auto; without it, this machine."),
    ] = None,
    shards: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Parts of the roster; the report is the same for any."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A PNG with the plots, to write.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rehearse a roster's months: your rules and experiments against seeded listeners, without a song."""
    ours = settings()
    chosen = secrets.randbelow(2**31) if seed is None else seed
    with Meter() as meter, folder_made(picture.parent) if picture else nullcontext():
        made = simulate_on(
            ours,
            address=address,
            shards=shards,
            artists=artists,
            cycles=cycles,
            seed=chosen,
            profile=ours.lifecycle if profile is None else load_profile(profile),
            every_days=every_days,
            told=lambda share: meter.told("generations", share),
        )
        if picture is not None:
            from agents.simulation.picture import draw_report

            keep_image(picture, draw_report(made.report))
    show(made, as_json=as_json, drawn=_drawn(made, picture))


def _drawn(made: Simulated, picture: Path | None) -> Group:
    report = made.report
    shown = report.generations[:: max(1, -(-len(report.generations) // ROWS_SHOWN))]
    if shown[-1] is not report.generations[-1]:
        shown = (*shown, report.generations[-1])
    moves = ", ".join(f"{name} {count}" for name, count in report.moves.items() if count)
    return Group(
        table(
            shown,
            {
                "slots": lambda row: str(row.slots),
                "songs": lambda row: str(row.songs),
                "approved": lambda row: f"{row.approval_rate:.2f}",
                "listeners": lambda row: f"{row.listener_score:.2f}",
                "diversity": lambda row: f"{row.diversity:.3f}",
                "at work": lambda row: str(row.at_work),
            },
        ),
        "",
        Facts(
            {
                "songs": f"{report.songs}, {report.approval_rate:.1%} approved",
                "moves": moves or "none",
                "retirement": (
                    f"{report.proposals} proposed, {report.states['retired']} retired: "
                    f"{report.false_retirements} falsely, {report.missed_retirements} missed"
                ),
                "changes": f"{report.changes_kept} kept, {report.changes_rolled_back} rolled back",
                "regret": (
                    f"{report.regret.thompson:.0f} approvals below each artist's best variant; "
                    f"an even split would have lost {report.regret.even_split:.0f}"
                ),
                "time": f"{made.took_s:.1f} s in {made.shards} shards, {made.cycles_per_minute:.0f} cycles a minute",
                "picture": shown_path(picture) if picture else None,
                "again": f"--seed {report.seed} --profile {report.profile}",
            }
        ),
    )
