"""Releases: what is finished, heard, checked and taken along."""

import gradio as gr

from storage import releases
from ui.console.cards import releases as cards
from ui.console.cards.roster import pager
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.notices import attempt
from ui.console.readings.releases import bag, covers
from ui.console.reception import Reception
from ui.console.releasing import Releasing

PAGE = 24


class ReleasesPage:
    """Covers to choose from, and one release."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.frame = Frame(reception, blocks, "releases")
        self.number, self.chosen = (
            gr.State(0),
            gr.Textbox(visible="hidden", elem_id="release-id", show_label=False),
        )
        with gr.Row(elem_classes="lm-split"):
            with gr.Column(elem_classes="lm-list", scale=0, min_width=300):
                self.grid, self.turner = card("release-grid", acts=True), card("release-pager", acts=True)
            with gr.Column(elem_classes="lm-detail"):
                self.told = card("release")
                self.releasing = Releasing(reception, self.chosen)
                self.files = card("release-files")
        self.releasing.wire(self.frame)
        self.shown = [self.told, self.files, *self.releasing.shown]
        place, listed = [self.number, self.chosen], [self.grid, self.turner, self.number]
        arrived = blocks.load(self.arrive, None, self.chosen, **QUIETLY)
        arrived.then(self.draw, place, listed, **QUIETLY).then(self.show, self.chosen, self.shown, **QUIETLY)
        self.frame.clock.tick(self.draw, place, listed, **QUIETLY)
        self.grid.click(self.pick, None, self.chosen, **QUIETLY).then(
            self.show, self.chosen, self.shown, **QUIETLY
        ).then(self.draw, place, listed, **QUIETLY)
        self.releasing.done.then(self.show, self.chosen, self.shown, **QUIETLY)
        self.turner.click(self.turn, None, self.number, **QUIETLY).then(self.draw, place, listed, **QUIETLY)

    async def arrive(self, request: gr.Request) -> str:
        wanted = str(request.query_params.get("release", ""))
        newest = await self.reception.store.read(releases.list_releases, limit=1)
        return wanted or (newest[0].id if newest else "")

    def pick(self, event: gr.EventData) -> str:
        return acted(event, "id")

    def turn(self, event: gr.EventData) -> int:
        return int(acted(event, "to") or 0)

    async def draw(self, page: int, chosen: str) -> tuple[object, ...]:
        rows = await self.reception.store.read(
            releases.list_releases, limit=PAGE + 1, offset=max(0, page) * PAGE
        )
        pages = page + (2 if len(rows) > PAGE else 1)
        shown = rows[:PAGE]
        return (
            cards.release_grid(shown, await covers(self.reception, shown), chosen),
            pager(page, pages),
            page,
        )

    async def show(self, release_id: str) -> list[object]:
        """The check reads every file of the bag, so it happens when somebody looks, and not on the clock."""
        row, _ = await attempt(self.reception.store.read(releases.release_by_id, release_id=release_id))
        if row is None:
            return ["", "", *self.releasing.show(None)]
        packed = await bag(self.reception, row)
        told = cards.release_card(row, packed, await self.reception.now())
        return [told, cards.bag_card(row, packed), *self.releasing.show(row)]


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    ReleasesPage(reception, blocks)
