"""Approvals: one song at a time, decided with one press. Keys A R D L J K 1 2 U (look/keys.js)."""

from decimal import Decimal

import gradio as gr

from storage.approval_rows import Approval, decided_approvals
from storage.overviews import ReviewQueue
from storage.types import Redo
from ui.console.cards import review as cards
from ui.console.cards.decided import decided_list
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup
from ui.console.readings.review import song
from ui.console.reception import Reception
from ui.console.reviewing import Answer, Answered, Bound, Review, Typed, is_open, words
from ui.wording import usd

DECIDED_SHOWN = 60


def part_choices(asked: Approval | None) -> list[tuple[str, str]]:
    """What a song may be sent back for; only a whole song may cost something, and says what."""
    price = None if asked is None else asked.facts.get("song_price_usd")
    told = "price unknown" if price is None else usd(Decimal(str(price)))
    named = {Redo.SONG: f"the whole song ({told})"}
    return [(named.get(part, str(part)), str(part)) for part in Redo]


def build(reception: Reception, blocks: gr.Blocks) -> None:  # noqa: PLR0915 - one page, laid out and wired in one place
    """Lay the page out and wire it. No `gr.render` here: it hands what was typed for one song to the next."""
    review, frame = Review(reception), Frame(reception, blocks, "approvals")
    bound = gr.Textbox(visible="hidden", elem_id="bound", show_label=False)
    undos = card("undos", acts=True)
    with gr.Tabs(elem_id="lm-tabs"):
        with gr.Tab("To decide"), gr.Row(elem_id="lm-review"):
            with gr.Column(elem_id="lm-side", scale=0, min_width=280):
                waiting = card("waiting", acts=True)
            with gr.Column(elem_id="lm-main", scale=1):
                overtaken, shown = card("overtaken"), card("card")
                with gr.Column(visible=False, elem_id="lm-decide") as panel:
                    with gr.Accordion("Change the title or the words", open=False, elem_id="lm-edit"):
                        title = gr.Textbox(label="Title", elem_id="title", max_length=120)
                        lines = gr.Textbox(
                            label="Words, a line for a line", elem_id="lines", lines=6, max_lines=30
                        )
                    take = gr.Radio([], label="Take", elem_id="take", visible=False)
                    why = gr.Textbox(
                        placeholder="Why? The artist learns from it.",
                        show_label=False,
                        elem_id="why",
                        lines=1,
                        max_lines=4,
                    )
                    with gr.Row(elem_id="lm-answers", elem_classes="lm-bar"):
                        approve = gr.Button("Approve", variant="primary", elem_id="approve")
                        reject = gr.Button("Reject", elem_id="reject")
                        redo = gr.Button("Redo", elem_id="redo")
                        later = gr.Button("Later", elem_id="later")
                    with gr.Row(visible=False, elem_id="lm-again", elem_classes="lm-bar") as again:
                        part = gr.Radio([], label="Make anew", elem_id="part")
                        send = gr.Button("Send back", elem_id="send", scale=0)
        with gr.Tab("Decided", elem_id="tab-decided") as decided_tab:
            decided = card("decided", acts=True)

    sheet = [bound, shown, overtaken, panel, again, title, lines, take, why, part]
    lists = [waiting, undos]
    typed = [why, take, title, lines, part]

    async def opened(approval_id: str | None) -> list[object]:
        """Values of the sheet for one song: every field anew, so that nothing typed goes from one to another."""
        asked = None if approval_id is None else await review.approval(approval_id)
        if asked is None:
            blank = [
                gr.update(value=""),
                gr.update(value=""),
                gr.update(value=None, choices=[], visible=False),
            ]
            nothing = ["", cards.nothing(), "", gr.update(visible=False), gr.update(visible=False)]
            return [*nothing, *blank, "", gr.update(value=None, choices=[])]
        takes = [(f"Take {number}", number) for number in range(1, asked.takes + 1)]
        return [
            str(Bound.of(asked)),
            cards.song_card(await song(reception, asked)),
            cards.told(asked),
            gr.update(visible=is_open(asked)),
            gr.update(visible=False),
            asked.title,
            "\n".join(words(asked)),
            gr.update(choices=takes, value=1, visible=asked.takes > 1),
            "",
            gr.update(choices=part_choices(asked), value=None),
        ]

    def listed(queue: ReviewQueue, approval_id: str | None) -> list[object]:
        return [
            cards.waiting_list(queue.waiting, approval_id, queue.at),
            cards.undoable(queue.undoable, queue.at),
        ]

    async def arrive(request: gr.Request) -> list[object]:
        queue = await review.queue()
        wanted = str(request.query_params.get("ask", "")) or queue.after(None)
        return [*await opened(wanted), *listed(queue, wanted)]

    async def tick(text: str) -> list[object]:
        """Lists and warnings alone; the sheet is a person's, unless it is empty and a song has come."""
        queue, now = await review.queue(), Bound.read(text)
        if now is None:
            wanted = queue.after(None)
            values = [gr.skip()] * len(sheet) if wanted is None else await opened(wanted)
            return [*values, *listed(queue, wanted)]
        asked = await review.approval(now.approval_id)
        values: list[object] = [gr.skip()] * len(sheet)
        values[sheet.index(overtaken)] = cards.told(asked) if asked else gr.skip()
        return [*values, *listed(queue, now.approval_id)]

    async def settled(done: Answered, text: str) -> list[object]:
        queue = await review.queue()
        if done.moved:
            return [done.notice, *await opened(done.next_id), *listed(queue, done.next_id)]
        return [done.notice, *(await tick(text))]

    def answering(answer: Answer):  # noqa: ANN202 - a handler for Gradio
        async def give(
            text: str,
            why: str,
            take: int | None,
            title: str,
            lines: str,
            part: str | None,
            request: gr.Request,
        ) -> list[object]:
            put_in = Typed(why=why or "", take=take or 1, title=title or "", lines=lines or "", part=part)
            return await settled(
                await review.answer(request.username, Bound.read(text), answer, put_in), text
            )

        return give

    async def pick(event: gr.EventData) -> list[object]:
        queue, wanted = await review.queue(), acted(event, "id")
        return [*await opened(wanted), *listed(queue, wanted)]

    async def undo(event: gr.EventData, text: str, request: gr.Request) -> list[object]:
        return await settled(await review.undo(request.username, acted(event, "id")), text)

    async def past() -> Markup:
        rows = await reception.store.read(decided_approvals, limit=DECIDED_SHOWN)
        return decided_list(rows, await reception.now())

    blocks.load(arrive, None, [*sheet, *lists], **QUIETLY)
    frame.clock.tick(tick, bound, [*sheet, *lists], **QUIETLY)
    waiting.click(pick, None, [*sheet, *lists], trigger_mode="once", **QUIETLY)
    everything = [frame.notice, *sheet, *lists]
    for button, answer in ((approve, "approve"), (reject, "reject"), (send, "redo"), (later, "later")):
        button.click(answering(answer), [bound, *typed], everything, trigger_mode="once", **QUIETLY)
    redo.click(lambda: gr.update(visible=True), None, again, **QUIETLY)
    for place in (undos, decided):
        place.click(undo, bound, everything, trigger_mode="once", **QUIETLY).then(
            past, None, decided, **QUIETLY
        )
    decided_tab.select(past, None, decided, **QUIETLY)
