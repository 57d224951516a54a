"""The calendar on an artist's page: what is planned, and the place to change it."""

from collections.abc import Awaitable
from datetime import date

import gradio as gr

from agents.planning.wishes import THEME_MAX
from runtime.content_plan import day_of
from storage import content_plan
from storage.artists import artist_by_name
from storage.content_plan import PlanChange, PlanEntry
from storage.types import Artist, PieceKind
from ui.console.cards import plan as cards
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup
from ui.console.notices import attempt, said
from ui.console.reception import Reception
from ui.typed import read_day


class Calendar:
    """One artist's plan; the page's own name field says whose."""

    def __init__(self, reception: Reception, name: gr.Textbox) -> None:
        self.reception = reception
        self.name = name
        self.chosen = gr.Textbox(visible="hidden", elem_id="plan-entry", show_label=False)
        self.drawn = card("calendar", acts=True)
        self.accept = gr.Button("Accept", elem_id="artist-accept", variant="primary", visible=False, scale=0)
        with gr.Column(elem_classes="lm-steer", elem_id="plan-edit", visible=False) as self.place:
            self.told = card("plan-told")
            with gr.Row():
                self.day = gr.Textbox(
                    label="Day", placeholder="2026-08-31", elem_id="plan-day", min_width=120
                )
                self.theme = gr.Textbox(
                    label="Theme", elem_id="plan-theme", max_length=THEME_MAX, min_width=120
                )
            self.text = gr.Textbox(label="Words", elem_id="plan-text", lines=2, max_lines=8, max_length=5000)
            self.call = gr.Textbox(label="Call to action", elem_id="plan-call", max_length=240)
            with gr.Row(elem_classes="lm-bar"):
                self.save = gr.Button("Save", variant="primary", elem_id="plan-save", scale=0)
                self.skip = gr.Button("Leave it out", elem_id="plan-skip", scale=0)
                self.done = gr.Button("Posted", elem_id="plan-done", scale=0)

    def wire(self, blocks: gr.Blocks, frame: Frame) -> None:
        """Draw it with the page, and act on clicks."""
        whole = [self.drawn, self.accept]
        edited = [self.place, self.told, self.day, self.theme, self.text, self.call, self.done]
        given = [self.name, self.chosen]
        self.name.change(self.draw, given, whole, **QUIETLY)
        frame.clock.tick(self.draw, given, whole, **QUIETLY)
        self.drawn.click(self.pick, None, self.chosen, **QUIETLY).then(
            self.show, self.chosen, edited, **QUIETLY
        ).then(self.draw, given, whole, **QUIETLY)
        acts = (
            (self.save, self.saved, [self.chosen, self.day, self.theme, self.text, self.call]),
            (self.skip, self.left_out, [self.chosen]),
            (self.done, self.posted, [self.chosen]),
            (self.accept, self.taken_on, [self.name]),
        )
        for button, act, values in acts:
            button.click(act, values, frame.notice, trigger_mode="once", **QUIETLY).then(
                self.show, self.chosen, edited, **QUIETLY
            ).then(self.draw, given, whole, **QUIETLY)

    async def draw(self, name: str, chosen: str) -> list[object]:
        """The weeks from this one on."""
        artist, _ = await attempt(self.reception.store.read(artist_by_name, name=name))
        if artist is None:
            return ["", gr.update(visible=False)]
        today = await self._today()
        first, last = cards.weeks_from(today)
        entries = await self.reception.store.read(
            content_plan.plan_of, first=first, last=last, artist_id=artist.id
        )
        accepted = artist.accepted_at is not None
        drawn = cards.calendar(entries, today, accepted=accepted, chosen=chosen)
        return [drawn, gr.update(visible=not accepted)]

    def pick(self, event: gr.EventData) -> str:
        return acted(event, "id")

    async def show(self, chosen: str) -> list[object]:
        """The picked entry with its words, to be changed."""
        entry, _ = await attempt(self.reception.store.read(content_plan.entry_by_id, entry_id=chosen))
        if entry is None:
            return [gr.update(visible=False), "", "", "", "", "", gr.update()]
        is_song = entry.kind is PieceKind.SONG
        return [
            gr.update(visible=True),
            cards.entry_line(entry),
            entry.day.isoformat(),
            gr.update(value=entry.theme or "", visible=is_song),
            gr.update(value=entry.text, visible=not is_song),
            gr.update(value=entry.call_to_action, visible=not is_song),
            gr.update(visible=not is_song),
        ]

    async def saved(
        self, chosen: str, day: str, theme: str, text: str, call: str, request: gr.Request
    ) -> Markup:
        """Keep what was typed."""

        async def act() -> PlanEntry:
            wanted = read_day(day)
            entry = await self.reception.store.read(content_plan.entry_by_id, entry_id=chosen)
            words = (
                {"theme": theme.strip()}
                if entry.kind is PieceKind.SONG
                else {"text": text.strip(), "call_to_action": call.strip()}
            )
            moved = {"day": wanted} if wanted != entry.day else {}
            change = PlanChange.model_validate({**words, **moved})
            return await (await self.reception.desk(request.username)).plan.change(chosen, change)

        return await self._answer(act(), "is changed.")

    async def left_out(self, chosen: str, request: gr.Request) -> Markup:
        """Skip it."""
        desk = await self.reception.desk(request.username)
        return await self._answer(desk.plan.change(chosen, PlanChange(status="skipped")), "is left out.")

    async def posted(self, chosen: str, request: gr.Request) -> Markup:
        """A person has posted it."""
        desk = await self.reception.desk(request.username)
        return await self._answer(desk.plan.change(chosen, PlanChange(status="done")), "is posted.")

    async def taken_on(self, name: str, request: gr.Request) -> Markup:
        """The artist is accepted."""

        async def act() -> Artist:
            artist = await self.reception.store.read(artist_by_name, name=name)
            return await (await self.reception.desk(request.username)).artists.accept(artist)

        artist, why = await attempt(act())
        return why if artist is None else said(f"{artist.persona.name} is taken on.")

    async def _answer(self, act: Awaitable[PlanEntry], told: str) -> Markup:
        entry, why = await attempt(act)
        return why if entry is None else said(f"{entry.day}: {entry.kind} {told}")

    async def _today(self) -> date:
        return day_of(await self.reception.settings(), await self.reception.now())
