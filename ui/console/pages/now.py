"""Now: what waits, what is being made, what it costs; and the switch that stops it all."""

from time import monotonic

import gradio as gr

from runtime.desk.cycles import ParkedAnswer
from storage.errors import LabelError
from storage.label import is_stopped
from storage.overviews import LabelOverview, Makers, label_overview
from storage.timelines import ParkedCycle
from storage.types import CycleId
from ui.console.cards import now as cards
from ui.console.frame import QUIETLY, Frame, card
from ui.console.markup import Markup
from ui.console.notices import attempt, said
from ui.console.readings.standing import makers
from ui.console.reception import Reception
from ui.wording import usd

MADE_KEPT_S = 10.0


class NowPage:
    """The page's acts, apart from how they are shown."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._made: Makers | None = None
        self._scan_again_s = 0.0

    async def overview(self) -> LabelOverview:
        """The label now; who made what lately is shared by all open tabs for some seconds."""
        caps = await self._reception.caps()
        known = self._made if monotonic() < self._scan_again_s else None
        told = await self._reception.store.read(label_overview, caps=caps, made=known)
        if known is None:
            self._made, self._scan_again_s = told.made, monotonic() + MADE_KEPT_S
        return told

    async def stop(self, alias: str | None) -> Markup:
        desk = await self._reception.desk(alias)
        stopped, why = await attempt(desk.house.stop())
        return why if stopped is None else said("Stopped: nothing is bought until you resume.")

    async def go_on(self, alias: str | None) -> Markup:
        desk = await self._reception.desk(alias)
        label, why = await attempt(desk.house.go_on())
        return why if label is None else said("It goes on.")

    async def resolve(
        self, alias: str | None, chosen: list[str], choice: ParkedAnswer, job_id: str
    ) -> Markup:
        """One answer for all that are chosen, each as it was seen; only a job id belongs to a single one."""
        if not chosen:
            return said("Choose the songs it is about.", "bad")
        if choice == "paste" and len(chosen) > 1:
            return said("A job id belongs to one purchase: choose a single one.", "bad")
        desk = await self._reception.desk(alias)
        failed: list[str] = []
        for cycle_id, _, purchase_key in (each.partition(" ") for each in chosen):
            answer = desk.cycles.resolve(
                CycleId(cycle_id), choice, job_id=job_id.strip() or None, purchase_key=purchase_key
            )
            try:
                await answer
            except LabelError as error:
                failed.append(str(error))
        done = len(chosen) - len(failed)
        told = f"{done} answered: {'it goes' if done == 1 else 'they go'} on by themselves."
        if not failed:
            return said(told)
        return said(f"{told if done else 'None answered.'} {len(failed)} not: {failed[0]}", "bad")


def parked_choices(parked: tuple[ParkedCycle, ...]) -> list[tuple[str, str]]:
    """A line for each, and what is answered for: the cycle, and the purchase that is in doubt."""
    return [(_told(each), f"{each.cycle_id} {each.purchase_key or ''}".strip()) for each in parked]


def _told(each: ParkedCycle) -> str:
    if each.purchase_key is None:
        return f"{each.artist_name}: {each.reason}"
    return f"{each.artist_name}: {each.step} at {each.provider}, {usd(each.reserved_usd)}. {each.reason}"


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    page, frame = NowPage(reception), Frame(reception, blocks, "")
    with gr.Row(elem_id="lm-stop", elem_classes="lm-bar"):
        headline = card("headline")
        stop = gr.Button("Stop all", elem_id="stop", variant="secondary", scale=0)
        resume = gr.Button("Resume", elem_id="resume", variant="primary", visible=False, scale=0)
        with gr.Row(visible=False, elem_classes="lm-confirm") as confirm:
            gr.HTML("Stop all spending at once?", apply_default_css=False)
            yes = gr.Button("Stop everything", elem_id="stop-yes", variant="stop", scale=0)
            no = gr.Button("Leave it", scale=0)
    shown = [headline, card("figures"), card("stopped")]
    with gr.Column(visible=False, elem_id="lm-parked") as parking:
        shown_parked = card("parked")
        chosen = gr.CheckboxGroup([], label="These songs", elem_id="parked-which")
        with gr.Row(elem_classes="lm-bar"):
            job_id = gr.Textbox(placeholder="job id from the vendor", show_label=False, elem_id="parked-job")
            paste = gr.Button("Paste id", elem_id="parked-paste", scale=0)
            onward = gr.Button("Go on", elem_id="parked-on", scale=0)
            again = gr.Button("Buy again", elem_id="parked-again", scale=0)
            cancel = gr.Button("Cancel", elem_id="parked-cancel", scale=0)
    with gr.Row(elem_classes="lm-columns"):
        with gr.Column(scale=3):
            shown += [card("waiting"), card("artists-waiting"), card("making")]
        with gr.Column(scale=2):
            shown += [card("spend"), card("providers"), card("faults")]
    parked_known = gr.State(None)

    async def fresh(known: list[tuple[str, str]] | None):  # noqa: ANN202 - Gradio's updates have no common type
        now = await page.overview()
        settings = await reception.settings()
        oldest = now.approvals[0] if now.approvals else None
        choices = parked_choices(now.parked)
        is_new = choices != known
        stopped = now.status.is_stopped
        return (
            cards.headline(now.status, now.at),
            cards.figures(now.status, oldest, now.at),
            cards.stopped(now.status),
            cards.waiting(now.approvals, now.status.undecided, now.at),
            cards.artists_waiting(now.status),
            cards.making(now.lines, now.marks, now.at),
            cards.spend(now.spend, now.status.spent.day, now.status.spent.caps.daily_usd),
            cards.providers(makers(settings, now.made.uses), now.made.models),
            cards.faults(now.groups, now.at),
            cards.parked(len(now.parked)),
            # What somebody has ticked or typed is theirs: these change only when what is parked does.
            gr.update(choices=choices, value=[]) if is_new else gr.skip(),
            gr.update(visible=bool(choices)) if is_new else gr.skip(),
            choices,
            gr.update(visible=not stopped),
            gr.update(visible=stopped),
        )

    outputs = [*shown, shown_parked, chosen, parking, parked_known, stop, resume]
    blocks.load(fresh, parked_known, outputs, **QUIETLY)
    frame.clock.tick(fresh, parked_known, outputs, **QUIETLY)

    async def ask() -> object:
        if await reception.store.read(is_stopped):
            return gr.update(visible=False)
        return gr.update(visible=True)

    async def stop_all(request: gr.Request):  # noqa: ANN202
        return await page.stop(request.username), gr.update(visible=False)

    async def go_on(request: gr.Request) -> Markup:
        return await page.go_on(request.username)

    stop.click(ask, None, confirm, **QUIETLY)
    no.click(lambda: gr.update(visible=False), None, confirm, **QUIETLY)
    yes.click(stop_all, None, [frame.notice, confirm], trigger_mode="once", **QUIETLY).then(
        fresh, parked_known, outputs, **QUIETLY
    )
    resume.click(go_on, None, frame.notice, trigger_mode="once", **QUIETLY).then(
        fresh, parked_known, outputs, **QUIETLY
    )

    def resolving(choice: ParkedAnswer):  # noqa: ANN202
        async def resolve(which: list[str], typed: str, request: gr.Request) -> Markup:
            return await page.resolve(request.username, which, choice, typed)

        return resolve

    answers: tuple[tuple[gr.Button, ParkedAnswer], ...] = (
        (paste, "paste"), (onward, "go_on"), (again, "buy_again"), (cancel, "cancel"),
    )  # fmt: skip
    for button, choice in answers:
        answer = button.click(
            resolving(choice), [chosen, job_id], frame.notice, trigger_mode="once", **QUIETLY
        )
        answer.then(fresh, parked_known, outputs, **QUIETLY)
