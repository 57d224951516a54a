"""Inbox: songs that are made by hand, with everything to paste, and recordings that are brought."""

import asyncio
from pathlib import Path

import gradio as gr

from agents.planning.wishes import TITLE_MAX
from runtime.desk import Desk
from runtime.desk.cycles import Bringing
from runtime.inbox import held_upload
from storage import inbox
from storage.artists import artist_by_name, list_artists
from storage.cycles import Cycle
from storage.inbox import InboxRequest, InboxStatus
from storage.types import LifecycleState
from ui.console.cards import inbox as cards
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup, el
from ui.console.notices import attempt, said
from ui.console.reception import Reception
from ui.wishes import wish

MADE_BY = (("a person", "human"), ("a person with a model's help", "assisted"), ("a model", "generated"))
LICENCE = "made by hand: as the maker's plan grants"


class InboxPage:
    """What waits, what to paste, and two places to bring recordings."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.frame = Frame(reception, blocks, "inbox")
        self.chosen = gr.Textbox(visible="hidden", elem_id="request-id", show_label=False)
        with gr.Tabs(elem_id="lm-tabs"):
            with gr.Tab("To make"), gr.Row(elem_classes="lm-split"):
                with gr.Column(elem_classes="lm-list", scale=0, min_width=300):
                    self.waiting = card("to-make", acts=True)
                with gr.Column(elem_classes="lm-detail"):
                    self._sheet()
            with gr.Tab("Bring a song", elem_id="tab-bring") as self.bring_tab:
                self._bring()
        self._wire(blocks)

    def _sheet(self) -> None:
        self.told = card("request")
        with gr.Column(visible=False, elem_classes="lm-paste") as self.paste:
            self.title = gr.Textbox(label="Title", buttons=["copy"], interactive=False, elem_id="paste-title")
            self.style = gr.Textbox(
                label="Style", buttons=["copy"], interactive=False, lines=2, elem_id="paste-style"
            )
            self.lyrics = gr.Textbox(
                label="Lyrics",
                buttons=["copy"],
                interactive=False,
                lines=12,
                max_lines=24,
                elem_id="paste-lyrics",
            )
            self.terms = gr.Textbox(
                LICENCE, label="On what terms you have it", elem_id="terms", max_length=300
            )
            self.deliver = card("deliver", acts=True)

    def _bring(self) -> None:
        with gr.Column(elem_classes="lm-paste"):
            self.artist = gr.Dropdown([], label="Whose song", elem_id="bring-artist")
            self.name = gr.Textbox(
                label="Title", placeholder="the file's name", elem_id="bring-title", max_length=TITLE_MAX
            )
            self.words = gr.Textbox(
                label="Words, a line each, [Chorus] above each part; none for an instrumental", lines=6, max_lines=24,
                elem_id="bring-words",
            )  # fmt: skip
            self.made_by = gr.Radio(
                list(MADE_BY), value="generated", label="Made by", elem_id="bring-made-by"
            )
            self.bring_terms = gr.Textbox(
                Bringing().licence, label="On what terms you have it", elem_id="bring-terms", max_length=300
            )
            self.bring = card("bring", acts=True)

    def _wire(self, blocks: gr.Blocks) -> None:
        shown = [self.told, self.paste, self.title, self.style, self.lyrics, self.deliver]
        arrived = blocks.load(self.arrive, None, self.chosen, **QUIETLY)
        arrived.then(self.show, self.chosen, shown, **QUIETLY).then(
            self.listed, self.chosen, self.waiting, **QUIETLY
        )
        self.frame.clock.tick(self.listed, self.chosen, self.waiting, **QUIETLY)
        self.waiting.click(self.pick, None, self.chosen, **QUIETLY).then(
            self.show, self.chosen, shown, **QUIETLY
        ).then(self.listed, self.chosen, self.waiting, **QUIETLY)
        self.deliver.click(
            self.delivered, self.terms, self.frame.notice, trigger_mode="once", **QUIETLY
        ).then(self.show, self.chosen, shown, **QUIETLY).then(
            self.listed, self.chosen, self.waiting, **QUIETLY
        )
        self.bring_tab.select(self.artists, None, [self.artist, self.bring], **QUIETLY)
        self.bring.click(
            self.brought, [self.artist, self.name, self.words, self.made_by, self.bring_terms], self.frame.notice,
            trigger_mode="once", **QUIETLY,
        )  # fmt: skip

    async def arrive(self, request: gr.Request) -> str:
        wanted = str(request.query_params.get("request", ""))
        waiting = await self._waiting()
        return wanted or (waiting[0].id if waiting else "")

    def pick(self, event: gr.EventData) -> str:
        return acted(event, "id")

    async def listed(self, chosen: str) -> Markup:
        return cards.request_list(await self._waiting(), await self.reception.now(), chosen)

    async def show(self, request_id: str) -> list[object]:
        """The sheet of one request; the place for recordings only while it waits."""
        asked, _ = await attempt(self.reception.store.read(inbox.request_by_id, request_id=request_id))
        if asked is None:
            return ["", gr.update(visible=False), "", "", "", ""]
        waits = asked.status is InboxStatus.WAITING
        place = cards.uploader("deliver", "Deliver", about=asked.id, several=True) if waits else ""
        sheet = asked.sheet
        return [
            cards.request_card(asked),
            gr.update(visible=waits),
            sheet.title,
            sheet.style,
            sheet.lyrics,
            place,
        ]

    async def delivered(self, licence: str, event: gr.EventData, request: gr.Request) -> Markup:
        desk = await self.reception.desk(request.username)
        done, why = await attempt(self._deliver(desk, event, licence))
        return why if done is None else said(f"{done.sheet.title} is delivered; its cycle goes on.")

    async def artists(self) -> tuple[object, Markup]:
        found = await self.reception.store.read(list_artists)
        names = [each.persona.name for each in found if each.state is not LifecycleState.RETIRED]
        return gr.update(choices=names), cards.uploader("bring", "Bring the song")

    async def brought(
        self, artist: str | None, title: str, words: str, made_by: str, licence: str,
        event: gr.EventData, request: gr.Request,
    ) -> Markup:  # fmt: skip
        if not artist:
            return said("Choose an artist first.", "bad")
        desk = await self.reception.desk(request.username)
        settings = await self.reception.settings()
        name = title.strip() or Path(acted(event, "name")).stem.replace("_", " ")[:60]

        async def bring() -> Cycle:
            found = await self.reception.store.read(artist_by_name, name=artist)
            (path,) = await self._files(event)
            wanted = wish(title=name, formats=settings.video_aspects)
            said_of_it = {"licence": licence.strip() or LICENCE, "ai_role": made_by}
            bringing = Bringing.model_validate(said_of_it)
            return await desk.cycles.import_song(found.id, path, wanted, bringing, words=words)

        cycle, why = await attempt(bring())
        if cycle is None:
            return why
        return said(el("span", f"{cycle.request.title} is brought: cycle {cycle.id[-8:]}"))

    async def _deliver(self, desk: Desk, event: gr.EventData, licence: str) -> InboxRequest:
        asked = await self.reception.store.read(inbox.request_by_id, request_id=acted(event, "id"))
        return await desk.cycles.deliver(asked, await self._files(event), licence=licence.strip() or LICENCE)

    async def _files(self, event: gr.EventData) -> tuple[Path, ...]:
        """What was uploaded a moment ago, by its addresses."""
        config = self.reception.studio
        sha256s = [sha256 for sha256 in acted(event, "sha256s").split(",") if sha256]
        return tuple([await asyncio.to_thread(held_upload, config, sha256) for sha256 in sha256s])

    async def _waiting(self) -> list[InboxRequest]:
        return await self.reception.store.read(inbox.requests, status=InboxStatus.WAITING)


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    InboxPage(reception, blocks)
