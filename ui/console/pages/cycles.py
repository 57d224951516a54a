"""Cycles: every song's life, step by step, with its log."""

import gradio as gr

from storage import artists, cycles, events, model_calls, queries, timelines
from storage.types import ArtistId, Brief, CycleId, CycleState, CycleStep, Reflection
from ui.console.cards import cycles as cards
from ui.console.cards.roster import pager
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup, empty
from ui.console.notices import attempt, said
from ui.console.reception import Reception
from ui.song_account import last_output

PAGE = 30
LOG_LINES = 2_000
FILTERS = {
    "all": (),
    "under way": (CycleState.RUNNING, CycleState.QUEUED, CycleState.DEFERRED),
    "waiting": (CycleState.WAITING,),
    "parked": (CycleState.PARKED,),
    "ended": (CycleState.ENDED,),
}


class CyclesPage:
    """A list at the side, and one cycle."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.frame = Frame(reception, blocks, "cycles")
        self.number, self.chosen = (
            gr.State(0),
            gr.Textbox(visible="hidden", elem_id="cycle-id", show_label=False),
        )
        with gr.Row(elem_classes="lm-bar"):
            self.state = gr.Radio(
                list(FILTERS), value="all", show_label=False, elem_id="cycle-state", scale=3
            )
            self.artist = gr.Textbox(placeholder="Artist", show_label=False, elem_id="cycle-artist", scale=1)
        with gr.Row(elem_classes="lm-split"):
            with gr.Column(elem_classes="lm-list", scale=0, min_width=300):
                self.rows, self.turner = card("cycle-rows", acts=True), card("cycle-pager", acts=True)
            with gr.Column(elem_classes="lm-detail"):
                self.told = card("cycle")
                self.cancel = gr.Button("Cancel this cycle", elem_id="cycle-cancel", visible=False, scale=0)
                with gr.Accordion("Prompts", open=False, elem_id="cycle-prompts"):
                    self.prompts = card("prompts")
                with gr.Accordion("Log", open=False, elem_id="cycle-log"):
                    self.log = card("log")
        self._wire(blocks)

    def _wire(self, blocks: gr.Blocks) -> None:
        place = [self.state, self.artist, self.number, self.chosen]
        listed, detail = (
            [self.rows, self.turner, self.number],
            [self.told, self.prompts, self.log, self.cancel],
        )
        arrived = blocks.load(self.arrive, None, self.chosen, **QUIETLY)
        arrived.then(self.draw, place, listed, **QUIETLY).then(self.show, self.chosen, detail, **QUIETLY)
        self.frame.clock.tick(self.draw, place, listed, **QUIETLY)
        self.frame.clock.tick(self.show, self.chosen, detail, **QUIETLY)
        self.rows.click(self.pick, None, self.chosen, **QUIETLY).then(
            self.draw, place, listed, **QUIETLY
        ).then(self.show, self.chosen, detail, **QUIETLY)
        self.turner.click(self.turn, None, self.number, **QUIETLY).then(self.draw, place, listed, **QUIETLY)
        for field in (self.state.input, self.artist.input):
            field(lambda: 0, None, self.number, trigger_mode="always_last", **QUIETLY).then(
                self.draw, place, listed, **QUIETLY
            )
        self.cancel.click(self.end, self.chosen, self.frame.notice, trigger_mode="once", **QUIETLY)

    async def arrive(self, request: gr.Request) -> str:
        wanted = str(request.query_params.get("cycle", ""))
        if wanted:
            return wanted
        newest = await self.reception.store.read(queries.list_cycles, limit=1)
        return newest[0].cycle.id if newest else ""

    def pick(self, event: gr.EventData) -> str:
        return acted(event, "id")

    def turn(self, event: gr.EventData) -> int:
        return int(acted(event, "to") or 0)

    async def draw(self, state: str, artist: str, page: int, chosen: str) -> tuple[object, ...]:
        """One more than a page is read: whether there are more is all that turning needs."""
        artist_id: ArtistId | None = None
        if artist and artist.strip():
            found, _ = await attempt(self.reception.store.read(artists.artist_by_name, name=artist))
            if found is None:
                return empty(f"No artist is called {artist!r}."), "", 0
            artist_id = found.id
        lines = await self.reception.store.read(
            queries.list_cycles,
            artist_id=artist_id,
            states=FILTERS.get(state, ()),
            limit=PAGE + 1,
            offset=max(0, page) * PAGE,
        )
        pages = page + (2 if len(lines) > PAGE else 1)
        now = await self.reception.now()
        return cards.cycle_list(lines[:PAGE], chosen, now), pager(page, pages), page

    async def show(self, cycle_id: str) -> tuple[object, ...]:
        store = self.reception.store
        told, _ = await attempt(store.read(queries.cycle_overview, cycle_id=cycle_id))
        if told is None:
            return empty("Choose a cycle."), "", "", gr.update(visible=False)
        cycle = told.cycle
        marks = await store.read(timelines.timelines, cycle_ids=(cycle.id,))
        title = await store.read(queries.title_of, cycle_id=cycle.id)
        calls = await store.read(model_calls.calls_of, cycle_id=cycle.id)
        shown = cards.cycle_card(
            told,
            title or cycle.request.title or "untitled yet",
            marks[cycle.id],
            last_output(told, CycleStep.PLAN, Brief),
            last_output(told, CycleStep.REFLECT, Reflection),
            calls,
            await self.reception.now(),
        )
        log = await store.read(events.events_since, seq=0, cycle_id=cycle.id, limit=LOG_LINES)
        can_end = cycle.state is not CycleState.ENDED and cycle.cancel_requested_by is None
        return shown, cards.prompts(calls), cards.log(log), gr.update(visible=can_end)

    async def end(self, cycle_id: str, request: gr.Request) -> Markup:
        desk = await self.reception.desk(request.username)
        cycle: cycles.Cycle | None
        cycle, why = await attempt(desk.cycles.cancel(CycleId(cycle_id)))
        return why if cycle is None else said("It ends at its next step.")


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    CyclesPage(reception, blocks)
