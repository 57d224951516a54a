"""Approvals: one song at a time, decided with one press. Keys A R D L J K 1 2 U (look/keys.js).

No `gr.render` here: it hands what was typed for one song to the next. Every part stands still, and a song
is put into all of them at once.
"""

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
from ui.console.reviewing import Answer, Answered, Bound, Review, Typed, is_open
from ui.wording import usd

DECIDED_SHOWN = 60


class ApprovalsPage:
    """The list of what waits, the song, the answers, and what was decided."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.review = Review(reception)
        self.frame = Frame(reception, blocks, "approvals")
        self.bound = gr.Textbox(visible="hidden", elem_id="bound", show_label=False)
        self.undos = card("undos", acts=True)
        with gr.Tabs(elem_id="lm-tabs"):
            with gr.Tab("To decide"), gr.Row(elem_id="lm-review"):
                with gr.Column(elem_id="lm-side", scale=0, min_width=280):
                    self.waiting = card("waiting", acts=True)
                with gr.Column(elem_id="lm-main", scale=1):
                    self.overtaken, self.shown = card("overtaken"), card("card")
                    self._answers()
            with gr.Tab("Decided", elem_id="tab-decided") as self.decided_tab:
                self.decided = card("decided", acts=True)
        self._wire(blocks)

    def _answers(self) -> None:
        with gr.Column(visible=False, elem_id="lm-decide") as self.panel:
            with gr.Accordion("Change the title or the words", open=False, elem_id="lm-edit"):
                self.title = gr.Textbox(label="Title", elem_id="title", max_length=120)
                self.lines = gr.Textbox(
                    label="Words, a line for a line", elem_id="lines", lines=6, max_lines=24
                )
            self.take = gr.Radio([], label="Take", elem_id="take", visible=False)
            why = "Why? The artist learns from it."
            self.why = gr.Textbox(placeholder=why, show_label=False, elem_id="why", lines=1, max_lines=4)
            with gr.Row(elem_id="lm-answers", elem_classes="lm-bar"):
                self.approve = gr.Button("Approve", variant="primary", elem_id="approve")
                self.reject = gr.Button("Reject", elem_id="reject")
                self.redo = gr.Button("Redo", elem_id="redo")
                self.later = gr.Button("Later", elem_id="later")
            with gr.Row(visible=False, elem_id="lm-again", elem_classes="lm-bar") as self.again:
                self.part = gr.Radio([], label="Make anew", elem_id="part")
                self.send = gr.Button("Send back", elem_id="send", scale=0)

    def _wire(self, blocks: gr.Blocks) -> None:
        self.sheet = [
            self.bound, self.shown, self.overtaken, self.panel, self.again,
            self.title, self.lines, self.take, self.why, self.part,
        ]  # fmt: skip
        lists = [self.waiting, self.undos]
        typed = [self.why, self.take, self.title, self.lines, self.part]
        everything = [self.frame.notice, *self.sheet, *lists]
        blocks.load(self.arrive, None, [*self.sheet, *lists], **QUIETLY)
        self.frame.clock.tick(self.tick, self.bound, [*self.sheet, *lists], **QUIETLY)
        # Not "once": a pick may follow another so closely that it would be lost; not "always_last": it forgets what
        # was pressed. The page sends one at a time (look/review.js), for requests may overtake each other.
        self.waiting.click(self.pick, None, [*self.sheet, *lists], trigger_mode="multiple", **QUIETLY)
        answers: tuple[tuple[gr.Button, Answer], ...] = (
            (self.approve, "approve"), (self.reject, "reject"), (self.send, "redo"), (self.later, "later"),
        )  # fmt: skip
        for button, answer in answers:
            given = [self.bound, *typed]
            button.click(self._answering(answer), given, everything, trigger_mode="once", **QUIETLY)
        self.redo.click(lambda: gr.update(visible=True), None, self.again, **QUIETLY)
        for place in (self.undos, self.decided):
            undone = place.click(self.undo, self.bound, everything, trigger_mode="once", **QUIETLY)
            undone.then(self.past, None, self.decided, **QUIETLY)
        self.decided_tab.select(self.past, None, self.decided, **QUIETLY)

    async def arrive(self, request: gr.Request) -> list[object]:
        """The song that the address names, or the one that has waited longest."""
        queue = await self.review.queue()
        wanted = str(request.query_params.get("ask", "")) or queue.after(None)
        return [*await self.opened(wanted), *listed(queue)]

    async def pick(self, event: gr.EventData) -> list[object]:
        queue, wanted = await self.review.queue(), acted(event, "id")
        return [*await self.opened(wanted), *listed(queue)]

    async def tick(self, text: str) -> list[object]:
        """Lists and warnings alone; the sheet is a person's, unless it is empty and a song has come."""
        queue, now = await self.review.queue(), Bound.read(text)
        if now is None:
            wanted = queue.after(None)
            if wanted is not None:
                return [*await self.opened(wanted), *listed(queue)]
            return [*[gr.skip()] * len(self.sheet), *listed(queue)]
        asked = await self.review.approval(now.approval_id)
        values: list[object] = [gr.skip()] * len(self.sheet)
        values[self.sheet.index(self.overtaken)] = cards.told(asked) if asked else gr.skip()
        return [*values, *listed(queue)]

    async def opened(self, approval_id: str | None) -> list[object]:
        """Values of the sheet for one song: every field anew, so that nothing typed goes from one to another."""
        asked = None if approval_id is None else await self.review.approval(approval_id)
        if asked is None:
            hidden = gr.update(visible=False)
            take = gr.update(value=None, choices=[], visible=False)
            return [
                "",
                cards.nothing(),
                "",
                hidden,
                hidden,
                "",
                "",
                take,
                "",
                gr.update(value=None, choices=[]),
            ]
        takes = [(take.named().capitalize(), take.number) for take in asked.offered]
        return [
            str(Bound.of(asked)),
            cards.song_card(await song(self.reception, asked)),
            cards.told(asked),
            gr.update(visible=is_open(asked)),
            gr.update(visible=False),
            asked.wanted_title,
            "\n".join(asked.wanted_words),
            gr.update(choices=takes, value=1, visible=asked.takes > 1),
            "",
            gr.update(choices=part_choices(asked), value=None),
        ]

    def _answering(self, answer: Answer):  # noqa: ANN202 - a handler for Gradio
        async def give(
            text: str,
            why: str,
            take: int | None,
            title: str,
            lines: str,
            part: str | None,
            request: gr.Request,
        ) -> list[object]:
            typed = Typed(why=why or "", take=take or 1, title=title or "", lines=lines or "", part=part)
            return await self._settled(
                await self.review.answer(request.username, Bound.read(text), answer, typed), text
            )

        return give

    async def undo(self, event: gr.EventData, text: str, request: gr.Request) -> list[object]:
        return await self._settled(await self.review.undo(request.username, acted(event, "id")), text)

    async def _settled(self, done: Answered, text: str) -> list[object]:
        if not done.moved:
            return [done.notice, *await self.tick(text)]
        queue = await self.review.queue()
        return [done.notice, *await self.opened(done.next_id), *listed(queue)]

    async def past(self) -> Markup:
        rows = await self.reception.store.read(decided_approvals, limit=DECIDED_SHOWN)
        return decided_list(rows, await self.reception.now())


def listed(queue: ReviewQueue) -> list[object]:
    """What waits beside the song, and what can be undone."""
    waiting = cards.waiting_list(queue.waiting, queue.at)
    return [waiting, cards.undoable(queue.undoable, queue.at)]


def part_choices(asked: Approval) -> list[tuple[str, str]]:
    """What a song may be sent back for; only a whole song may cost something, and says what."""
    price = asked.facts.get("song_price_usd")
    told = "price unknown" if price is None else usd(Decimal(str(price)))
    return [
        (f"the whole song ({told})" if part is Redo.SONG else str(part), str(part)) for part in asked.redoable
    ]


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    ApprovalsPage(reception, blocks)
