"""Errors: faults by kind, what was tried, the ways to be done with one, and patches of labelmate's own code."""

from datetime import timedelta
from typing import Literal

import gradio as gr

from storage import faults
from storage.faults import GroupStatus
from ui.console.cards import faults as cards
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup, empty
from ui.console.notices import attempt, said
from ui.console.patching import Patching
from ui.console.reception import Reception

Way = Literal["resolve", "dismiss"]
ALL = "all"
PATCHES = (("any or none", ""), *((word, word) for word in ("proposed", "applied", "failed", "reverted")))
"""Shown and asked for: groups with a patch in that state."""
LIMITS = (10, 500, 10)
"""Least, most and step of how many are shown."""
SHOWN = 50


class ErrorsPage:
    """A list at the side, and one kind of fault."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.frame = Frame(reception, blocks, "errors")
        self.chosen = gr.Textbox(visible="hidden", elem_id="fault-id", show_label=False)
        self.counts = card("fault-counts")
        with gr.Row(elem_classes="lm-bar"):
            states = [*map(str, GroupStatus), ALL]
            self.status = gr.Radio(
                states, value=str(GroupStatus.OPEN), show_label=False, elem_id="fault-status", scale=3
            )
            self.patched = gr.Dropdown(
                [*PATCHES], value="", label="Patch", elem_id="fault-patch", scale=1, min_width=130
            )
            least, most, step = LIMITS
            self.limit = gr.Slider(
                least, most, SHOWN, step=step, label="Show at most", elem_id="fault-limit", scale=1
            )
        with gr.Row(elem_classes="lm-split"):
            with gr.Column(elem_classes="lm-list wide", scale=0, min_width=300):
                self.rows, self.days = card("fault-rows", acts=True), card("fault-days")
            with gr.Column(elem_classes="lm-detail"):
                self.told = card("fault")
                with gr.Row(visible=False, elem_classes="lm-bar") as self.bar:
                    self.resolve = gr.Button(
                        "It is mended", variant="primary", elem_id="fault-resolve", scale=0
                    )
                    self.dismiss = gr.Button("Hear no more of it", elem_id="fault-dismiss", scale=0)
                self.patching = Patching(reception, self.chosen)
                self.story = card("fault-story")
        self._wire(blocks)

    def _wire(self, blocks: gr.Blocks) -> None:
        place = [self.status, self.patched, self.limit, self.chosen]
        rows, detail = (
            [self.rows, self.counts, self.days],
            [self.told, self.story, self.bar, *self.patching.shown],
        )
        arrived = blocks.load(self.arrive, None, [self.chosen, self.status], **QUIETLY)
        arrived.then(self.draw, place, rows, **QUIETLY).then(self.show, self.chosen, detail, **QUIETLY)
        self.frame.clock.tick(self.draw, place, rows, **QUIETLY)
        self.rows.click(self.pick, None, self.chosen, **QUIETLY).then(self.draw, place, rows, **QUIETLY).then(
            self.show, self.chosen, detail, **QUIETLY
        )
        self.patching.wire(self.frame)
        self.status.input(self.draw, place, rows, **QUIETLY)
        self.patched.input(self.draw, place, rows, **QUIETLY)
        self.limit.release(self.draw, place, rows, **QUIETLY)
        ways: tuple[tuple[gr.Button, Way], ...] = ((self.resolve, "resolve"), (self.dismiss, "dismiss"))
        for button, way in ways:
            done = button.click(
                self._closing(way), self.chosen, self.frame.notice, trigger_mode="once", **QUIETLY
            )
            done.then(self.show, self.chosen, detail, **QUIETLY).then(self.draw, place, rows, **QUIETLY)

    async def arrive(self, request: gr.Request) -> tuple[str, object]:
        wanted = str(request.query_params.get("fault", ""))
        if wanted:
            return wanted, ALL
        newest = await self.reception.store.read(faults.list_groups, limit=1)
        return (newest[0].fingerprint if newest else ""), gr.skip()

    def pick(self, event: gr.EventData) -> str:
        return acted(event, "id")

    async def draw(self, status: str, patched: str, limit: float, chosen: str) -> list[Markup]:
        wanted = GroupStatus(status) if status in {*GroupStatus} else None
        groups = await self.reception.store.read(
            faults.list_groups, status=wanted, patch=patched or None, limit=int(limit)
        )
        counts = await self.reception.store.read(faults.counts_by_status)
        now = await self.reception.now()
        born = await self.reception.store.read(faults.new_groups, since=now - timedelta(days=cards.DAYS - 1))
        return [
            cards.fault_list(groups, chosen, now),
            cards.fault_counts(counts),
            cards.fault_days(born, now),
        ]

    async def show(self, fingerprint: str) -> list[object]:
        report = None
        if fingerprint:
            report, _ = await attempt(self.reception.store.read(faults.show_group, fingerprint=fingerprint))
        if report is None:
            nothing = empty("Nothing is broken that anybody knows of.")
            return [nothing, "", gr.update(visible=False), *await self.patching.show("")]
        is_open = report.group.status is GroupStatus.OPEN
        return [
            cards.fault_card(report),
            cards.fault_story(report, await self.reception.now()),
            gr.update(visible=is_open),
            *await self.patching.show(report.group.fingerprint),
        ]

    def _closing(self, way: Way):  # noqa: ANN202 - a handler for Gradio
        async def close(fingerprint: str, request: gr.Request) -> Markup:
            return await close_fault(self.reception, request.username, fingerprint, way)

        return close


async def close_fault(reception: Reception, alias: str | None, fingerprint: str, way: Way) -> Markup:
    """Call a fault mended, or want to hear no more of it."""
    desk = await reception.desk(alias)
    act = desk.repairs.resolve_fault if way == "resolve" else desk.repairs.dismiss_fault
    group, why = await attempt(act(fingerprint))
    return why if group is None else said(f"{group.title} is {group.status}.")


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    ErrorsPage(reception, blocks)
