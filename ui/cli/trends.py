"""`labelmate trends …`: what is in the air, and who says so."""

import typer

from runtime.label import Label
from runtime.trends import Told, refresh, trends_now
from storage.trends import SourceState, source_states
from storage.types import Trend
from ui.cli.options import Json, Limit
from ui.cli.output import show_rows
from ui.cli.session import with_label
from ui.wording import moment

app = typer.Typer(no_args_is_help=True, help="What is in the air: show, read the sources now.")


@app.command("show")
def show_trends(*, limit: Limit = 30, as_json: Json = False) -> None:
    """Show what all chosen sources say together, the strongest first, with the age of the newest reading."""

    async def read(label: Label) -> tuple[Trend, ...]:
        return await trends_now(label.store, await label.live.now())

    show_rows(
        "trends",
        with_label(read)[:limit],
        {
            "kind": lambda row: row.kind,
            "term": lambda row: row.term,
            "score": lambda row: f"{row.score:.2f}",
            "says": lambda row: ", ".join(row.sources),
            "age": lambda row: f"{row.age_h:.0f} h",
        },
        as_json=as_json,
        empty="Nothing is known: TREND_SOURCES names who is read, and `labelmate trends read` reads them now.",
    )


@app.command("sources")
def show_sources(*, as_json: Json = False) -> None:
    """Show how each source does that was ever read: when, how often today, and what went wrong."""

    async def read(label: Label) -> list[SourceState]:
        return await label.store.read(source_states)

    show_rows(
        "sources",
        with_label(read),
        {
            "source": lambda row: row.source,
            "country": lambda row: row.country or "world",
            "read": lambda row: moment(row.read_at) or "never",
            "calls": lambda row: f"{row.calls} on {row.day}",
            "left alone until": lambda row: moment(row.closed_until),
            "said": lambda row: row.error or "",
        },
        as_json=as_json,
        empty="No source was read yet: season asks nobody, and TREND_SOURCES names the others.",
    )


@app.command("read")
def read_now(*, as_json: Json = False) -> None:
    """Read what is due of the chosen sources now; what is fresh, failing or over its budget waits."""

    async def read(label: Label) -> list[Told]:
        return await refresh(label.store, await label.live.now())

    show_rows(
        "read",
        with_label(read),
        {
            "source": lambda row: row.source,
            "country": lambda row: row.country or "world",
            "terms": lambda row: str(row.terms),
            "why not": lambda row: row.why_not,
        },
        as_json=as_json,
        empty="Nobody outside is asked: TREND_SOURCES names none but the embedded table of seasons.",
    )
