"""`labelmate approve`, `reject` and `approval …`: where people decide."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Group

from runtime.desk import Desk
from runtime.label import Label
from runtime.studio import StudioConfig
from storage import approval_rows, queries
from storage.approval_rows import WRITTEN_SHA256, Approval, Decision
from storage.errors import ConflictError, UsageError
from storage.types import Frozen, Redo, SongEdits
from ui.cli.options import Json, Limit, Who, at_desk
from ui.cli.output import Facts, show, show_rows, table
from ui.cli.session import shown_path, with_label
from ui.song_account import song_account
from ui.views import ApprovalRow
from ui.wording import age, moment

app = typer.Typer(no_args_is_help=True, help="Questions to you: list, show, redo, later, close, undo.")
Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="Id of an approval or the beginning of it, of its cycle, or the artist's slug."
    ),
]
WORDS_CHARS = 8
NOT_SHOWN = frozenset({"sections", "arm_id", "source"})
"""What other programs need and people do not."""


class Decided(Frozen):
    """A decision as it stands."""

    approval: Approval
    can_be_undone_until: datetime | None


class Question(Frozen):
    """Everything a person needs to decide."""

    approval: Approval
    cover: str | None
    mp3: str | None
    preview: str | None
    history: tuple[Decision, ...]


def approve(
    ref: Ref,
    *,
    take: Annotated[int, typer.Option(min=1, help="Which take, where a provider made several.")] = 1,
    title: Annotated[
        str | None, typer.Option(help="Release it under this title; the cover is painted anew.")
    ] = None,
    words: Annotated[
        str | None,
        typer.Option(
            metavar="HASH",
            help="Which words you saw, where people have changed them: `labelmate approval show` says it.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the artist learns from it.")] = "",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Approve a song; it takes effect a moment later."""

    async def give(desk: Desk, asked: Approval) -> Approval:
        _require_seen(asked, words)
        edits = asked.edits_under(SongEdits(title=title)) if title else None
        return await desk.decisions.approve(asked, take=take, reason=reason, edits=edits)

    _answer(ref, give, who, as_json=as_json)


def reject(
    ref: Ref,
    *,
    reason: Annotated[str, typer.Option(help="Why; the artist learns from it.")],
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Reject a song and say why; it takes effect a moment later."""
    _answer(ref, lambda desk, asked: desk.decisions.reject(asked, reason=reason), who, as_json=as_json)


@app.command()
def redo(
    ref: Ref,
    part: Annotated[Redo, typer.Argument(help="What is made anew; only `song` may buy music again.")],
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Send a song back for another title, lyrics, cover, video, or all of it; you are asked again."""
    _answer(
        ref, lambda desk, asked: desk.decisions.send_back(asked, part, reason=reason), who, as_json=as_json
    )


@app.command()
def later(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Put a question behind the others for a while."""

    async def put_off(label: Label) -> Approval:
        asked = await label.store.read(approval_rows.find_approval, ref=ref)
        return await at_desk(label, who).decisions.put_off(asked)

    approval = with_label(put_off)
    show(
        approval,
        as_json=as_json,
        drawn=f"{approval.title} comes after the others until {moment(approval.later_until)}",
    )


@app.command()
def close(
    ref: Ref,
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "nobody decided",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Give an undecided song up as expired: it is not released, and it teaches nothing."""

    async def give_up(label: Label) -> Approval:
        asked = await label.store.read(approval_rows.find_approval, ref=ref)
        return await at_desk(label, who).decisions.give_up(asked, reason=reason)

    approval = with_label(give_up)
    show(approval, as_json=as_json, drawn=f"{approval.artist_name}: {approval.told()}")


def _require_seen(asked: Approval, words: str | None) -> None:
    if words is not None and len(words) < WORDS_CHARS:
        raise UsageError(f"--words takes at least {WORDS_CHARS} characters of what `approval show` says")
    try:
        asked.require_words(words or WRITTEN_SHA256)
    except ConflictError as error:
        raise ConflictError(f"{error}: `labelmate approval show {asked.id}`") from None


def _answer(
    ref: str, give: Callable[[Desk, Approval], Awaitable[Approval]], who: str | None, *, as_json: bool
) -> None:
    async def answer(label: Label) -> tuple[Approval, bool]:
        asked = await label.store.read(approval_rows.find_approval, ref=ref)
        return await give(at_desk(label, who), asked), label.running is not None

    approval, is_running = with_label(answer)
    lines = [f"{approval.artist_name}: {approval.told()}"]
    lines.append(
        f"it can be undone until {moment(approval.effective_at)}: `labelmate approval undo {approval.id}`"
    )
    if not is_running:
        lines.append("the label is not running; its cycle goes on with the next `labelmate up`")
    show(
        Decided(approval=approval, can_be_undone_until=approval.effective_at),
        as_json=as_json,
        drawn="\n".join(lines),
    )


@app.command("list")
def list_approvals(*, limit: Limit = 50, as_json: Json = False) -> None:
    """Show what waits for a decision, oldest first."""
    now = datetime.now(UTC)
    open_questions = with_label(lambda label: label.store.read(approval_rows.pending_approvals, limit=limit))
    show_rows(
        "approvals",
        [ApprovalRow.of(approval, now) for approval in open_questions],
        {
            "approval": lambda row: row.id,
            "artist": lambda row: row.artist,
            "title": lambda row: row.title,
            "score": lambda row: "" if row.score is None else f"{row.score:.2f}",
            "waiting": lambda row: age(row.waiting_s),
            "": lambda row: "overdue" if row.is_overdue else "",
        },
        as_json=as_json,
        empty="Nothing waits for you.",
    )


@app.command("show")
def show_approval(ref: Ref, *, as_json: Json = False) -> None:
    """Show one question with its facts, its files and all that was decided."""

    async def read(label: Label) -> Question:
        approval = await label.store.read(approval_rows.find_approval, ref=ref)
        overview = await label.store.read(queries.cycle_overview, cycle_id=approval.cycle_id)
        config = StudioConfig.of(label.settings)
        account = song_account(overview, config.releases_dir, config.assets)
        history = await label.store.read(approval_rows.decisions_of, approval_id=approval.id)
        return Question(
            approval=approval,
            cover=account.cover,
            mp3=account.audio.mp3,
            preview=account.preview,
            history=tuple(history),
        )

    question = with_label(read)
    show(question, as_json=as_json, drawn=_drawn(question))


@app.command()
def undo(ref: Ref, *, who: Who = None, as_json: Json = False) -> None:
    """Take a decision back before it takes effect; the question is open again."""

    async def take_back(label: Label) -> Approval:
        decided = await label.store.read(approval_rows.find_approval, ref=ref)
        return await at_desk(label, who).decisions.undo(decided.id)

    approval = with_label(take_back)
    show(approval, as_json=as_json, drawn=approval.told())


def _drawn(question: Question) -> Group:
    approval = question.approval
    told = {
        name.removesuffix("_bpm").removesuffix("_s").replace("_", " "): _text(value)
        for name, value in approval.facts.items()
        if name not in NOT_SHOWN and not name.endswith("sha256") and value not in (None, "", [], False)
    }
    files = {"cover": question.cover, "listen": question.mp3, "preview": question.preview}
    return Group(
        Facts(
            {
                "song": f"{approval.wanted_title} by {approval.artist_name} ({approval.id})",
                "stands": approval.told() + (", overdue" if approval.is_overdue else ""),
                "asked": moment(approval.asked_at),
                "delivered": moment(approval.delivered_at) if approval.delivered_at else "to no chat yet",
                "time until": moment(approval.overdue_at),
                **told,
                **_reworded(approval),
                **{name: path and shown_path(path) for name, path in files.items()},
            }
        ),
        table(
            question.history,
            {
                "what": lambda row: f"{row.action} {row.outcome or row.redo or ''}",
                "who": lambda row: f"{row.who} ({row.surface})",
                "when": lambda row: moment(row.at),
                "why": lambda row: row.why,
            },
        )
        if question.history
        else "",
    )


def _reworded(approval: Approval) -> dict[str, str | None]:
    """What people have put in the place of the artist's words, and how it is approved."""
    edits = approval.edits
    if edits is None:
        return {}
    return {
        "title was": approval.title if edits.title else None,
        "lines": "\n".join(approval.wanted_words),
        "lines were": "\n".join(approval.words) if edits.lines else None,
        "approve with": f"--words {approval.words_sha256[:WORDS_CHARS]}",
    }


def _text(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
