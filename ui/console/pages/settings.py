"""Settings: turned while the label runs, one at a time, with who did it and a way back."""

import gradio as gr

from storage import knobs
from storage.errors import LabelError
from ui.console.cards import settings as cards
from ui.console.frame import QUIETLY, Frame, acted, card
from ui.console.markup import Markup, empty
from ui.console.notices import said
from ui.console.readings.settings import choices, find, groups, provider_lines
from ui.console.reception import Reception

AUDIT_LINES = 40


class SettingsPage:
    """Every setting at one side, the one that is being changed at the other."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.frame = Frame(reception, blocks, "settings")
        self.name = gr.Textbox(visible="hidden", elem_id="setting-name", show_label=False)
        with gr.Row(elem_classes="lm-split"):
            with gr.Column(elem_classes="lm-detail"):
                self.rows = card("settings", acts=True)
                self.others = [card("providers"), card("audit"), card("fixed")]
            with gr.Column(elem_classes="lm-panel", scale=0, min_width=300):
                self.about = card("setting")
                self.typed = gr.Textbox(label="New value", elem_id="setting-value", visible=False)
                self.listed = gr.Dropdown([], label="New value", elem_id="setting-choice", visible=False)
                with gr.Row(visible=False, elem_classes="lm-bar") as self.bar:
                    self.save = gr.Button("Change", variant="primary", elem_id="setting-save", scale=0)
                    self.back = gr.Button("Give back", elem_id="setting-back", scale=0)
        self._wire(blocks)

    def _wire(self, blocks: gr.Blocks) -> None:
        shown, panel = [self.rows, *self.others], [self.about, self.typed, self.listed, self.bar]
        blocks.load(self.arrive, None, self.about, **QUIETLY).then(self.draw, self.name, shown, **QUIETLY)
        self.rows.click(self.pick, None, [self.name, *panel], **QUIETLY).then(
            self.draw, self.name, shown, **QUIETLY
        )
        given, answered = [self.name, self.typed, self.listed], [self.frame.notice, self.about]
        for button, act in ((self.save, self.change), (self.back, self.give_back)):
            done = button.click(act, given, answered, trigger_mode="once", **QUIETLY)
            done.then(self.draw, self.name, shown, **QUIETLY)

    def arrive(self) -> Markup:
        return empty("Choose a setting to change it. It takes effect with the next piece of work.")

    async def draw(self, name: str) -> list[object]:
        every, now = await groups(self.reception), await self.reception.now()
        changes = await self.reception.store.read(knobs.knob_changes, limit=AUDIT_LINES)
        return [
            cards.setting_groups([each for each in every if each.is_live], name, now),
            cards.provider_list(provider_lines(await self.reception.settings())),
            cards.audit(changes, now),
            cards.fixed_groups([each for each in every if not each.is_live]),
        ]

    async def pick(self, event: gr.EventData) -> list[object]:
        name = acted(event, "id")
        setting = find(await groups(self.reception), name)
        if setting is None:
            return ["", self.arrive(), *[gr.update(visible=False)] * 3]
        words = choices(setting)
        return [
            name,
            cards.setting_card(setting),
            gr.update(value=setting.value, visible=not words),
            gr.update(
                choices=words, value=setting.value if setting.value in words else None, visible=bool(words)
            ),
            gr.update(visible=True),
        ]

    async def change(self, name: str, typed: str, listed: str | None, request: gr.Request) -> list[object]:
        setting = find(await groups(self.reception), name)
        value = (listed or "") if setting and choices(setting) else (typed or "").strip()
        return await self.turn(request.username, name, value)

    async def give_back(
        self, name: str, _typed: str, _listed: str | None, request: gr.Request
    ) -> list[object]:
        return await self.turn(request.username, name, None)

    async def turn(self, alias: str | None, name: str, value: str | None) -> list[object]:
        """Turn one, or give it back; what is wrong with a value is said at its field."""
        desk = await self.reception.desk(alias)
        complaint = ""
        try:
            await desk.house.change_setting(name, value)
        except LabelError as error:
            complaint = str(error)
        setting = find(await groups(self.reception), name)
        about = cards.setting_card(setting, complaint) if setting else empty(complaint or "Choose a setting.")
        if complaint:
            return [said("Nothing was changed.", "bad"), about]
        return [said(f"{name} is {setting.value if setting else value}."), about]


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    SettingsPage(reception, blocks)
