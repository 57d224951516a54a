"""Artists: the roster a page at a time, by state and by name."""

import gradio as gr

from storage.artist_overviews import RosterPage, roster_page
from storage.types import LifecycleState
from ui.console.cards import roster as cards
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.reception import Reception


def state_of(word: str | None) -> LifecycleState | None:
    """The state a filter names; None for all."""
    return LifecycleState(word) if word in {*LifecycleState} else None


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    frame = Frame(reception, blocks, "artists")
    state, number = gr.State(""), gr.State(0)
    with gr.Row(elem_classes="lm-bar"):
        filters = card("filters", acts=True, scale=3)
        search = gr.Textbox(placeholder="Search name or genre", show_label=False, elem_id="search", scale=1)
    rows, pager = card("roster"), card("pager", acts=True)
    place, shown = [state, search, number], [filters, rows, pager, number]

    async def read(state: str, text: str, page: int) -> RosterPage:
        wanted = state_of(state)
        return await reception.store.read(roster_page, state=wanted, text=text or "", page=page)

    async def draw(state: str, text: str, page: int) -> tuple[object, ...]:
        found = await read(state, text, page)
        return (
            cards.state_counts(found.sizes, state_of(state)),
            cards.roster_list(found.rows, found.pictures, found.at),
            cards.pager(found.page, found.pages),
            found.page,
        )

    async def choose(event: gr.EventData, text: str) -> tuple[object, ...]:
        wanted = acted(event, "to")
        return (wanted, *await draw(wanted, text, 0))

    async def turn(event: gr.EventData, state: str, text: str) -> tuple[object, ...]:
        return await draw(state, text, int(acted(event, "to") or 0))

    async def find(state: str, text: str) -> tuple[object, ...]:
        return await draw(state, text, 0)

    blocks.load(draw, place, shown, **QUIETLY)
    frame.clock.tick(draw, place, shown, **QUIETLY)
    filters.click(choose, search, [state, *shown], **QUIETLY)
    pager.click(turn, [state, search], shown, **QUIETLY)
    search.input(find, [state, search], shown, trigger_mode="always_last", **QUIETLY)
