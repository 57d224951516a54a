"""`labelmate error mend|diff|apply|revert|discard`: patches of labelmate's own code."""

from typing import Annotated

import typer
from rich.console import Group
from rich.text import Text

from runtime.label import Label
from storage import patches
from storage.patches import Patch
from ui.cli.options import Json, Who, at_desk
from ui.cli.output import Facts, show, sideline
from ui.cli.session import with_label
from ui.wording import moment, printable, usd

FaultRef = Annotated[
    str, typer.Argument(metavar="FAULT", help="Fingerprint of a fault, or the beginning of it.")
]
Ref = Annotated[
    str,
    typer.Argument(metavar="ID", help="Id of a patch, or fingerprint of its fault, or the beginning of it."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def mend(ref: FaultRef, *, who: Who = None, as_json: Json = False) -> None:
    """Have a model asked for a patch of a bug (PATCH_PROPOSALS_ENABLED); the running label tries it in a copy."""
    patch = with_label(lambda label: at_desk(label, who).repairs.ask_patch(ref))
    show(patch, as_json=as_json, drawn=f"Asked for as {patch.id}; `labelmate error diff {patch.id}` shows it")


def diff(ref: Ref, *, as_json: Json = False) -> None:
    """Show a patch: its cause, its lines, and what its tests said."""
    patch = with_label(lambda label: label.store.read(patches.find_patch, ref=ref))
    show(patch, as_json=as_json, drawn=_drawn(patch))


def apply(ref: Ref, *, yes: Yes = False, who: Who = None, as_json: Json = False) -> None:
    """Put a proposed patch in place; it counts from the next start and is taken back if its fault returns."""
    patch = with_label(lambda label: label.store.read(patches.find_patch, ref=ref))
    if not yes and patch.status == "proposed":
        sideline().print(_drawn(patch))
        typer.confirm("Change labelmate's own code so?", abort=True, err=True)
    patch = with_label(lambda label: at_desk(label, who).repairs.apply_patch(patch))
    again = "; `labelmate down` and `labelmate up` load it"
    show(patch, as_json=as_json, drawn=f"{_files(patch)} changed by {patch.id}{again}")


def revert(ref: Ref, *, yes: Yes = False, who: Who = None, as_json: Json = False) -> None:
    """Put the code from before a patch back, byte for byte."""
    patch = with_label(lambda label: label.store.read(patches.find_patch, ref=ref))
    if not yes:
        typer.confirm(f"Take {patch.id} back from {_files(patch)}?", abort=True, err=True)
    patch = with_label(lambda label: at_desk(label, who).repairs.revert_patch(patch))
    show(patch, as_json=as_json, drawn=f"{_files(patch)} as before {patch.id}; `labelmate up` loads it")


def discard(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Say no to a proposed patch."""

    async def turn_down(label: Label) -> Patch:
        return await at_desk(label, who).repairs.discard_patch(
            await label.store.read(patches.find_patch, ref=ref)
        )

    patch = with_label(turn_down)
    show(patch, as_json=as_json, drawn=f"{patch.id} is {patch.status}")


def _files(patch: Patch) -> str:
    return ", ".join(file.path for file in patch.files or ()) or "no file"


def _drawn(patch: Patch) -> Group:
    by = None
    if patch.source:
        by = f"{patch.source}, {'price unknown' if patch.cost_usd is None else usd(patch.cost_usd)}"
    tests = None
    if patch.result:
        tests = f"{patch.result} in {patch.took_s or 0:.0f} s: {', '.join(patch.tests or ()) or 'none'}"
    return Group(
        Facts(
            {
                "patch": f"{patch.id} of fault {patch.fingerprint}",
                "state": f"{patch.status}: {printable(patch.reason)}",
                "cause": patch.cause and printable(patch.cause),
                "by": by,
                "tests": tests,
                "applied": patch.applied_at and f"by {patch.applied_by}, {moment(patch.applied_at)}",
                "reverted": patch.reverted_at and f"by {patch.reverted_by}, {moment(patch.reverted_at)}",
            }
        ),
        "",
        # As plain text: what models write must not be read as the terminal's own markup.
        *(Text(line, style=_style(line)) for line in printable(patch.diff or "").split("\n")),
        *([Text(printable(patch.output), style="dim")] if patch.output and patch.result != "passed" else []),
    )


def _style(line: str) -> str:
    return "bold" if line.startswith(("+++", "---")) else COLOURS.get(line[:1], "")
