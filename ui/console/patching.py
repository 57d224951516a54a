"""The patch of a fault, beside it: what is proposed, and the ways to say yes or no."""

from collections.abc import Awaitable, Callable
from typing import Literal

import gradio as gr

from storage import faults, patches
from storage.faults import GroupStatus
from storage.patches import Patch
from ui.console.cards import patch as cards
from ui.console.cards.artist import question
from ui.console.frame import QUIETLY, Frame, card
from ui.console.markup import Markup
from ui.console.notices import attempt, said
from ui.console.reception import Reception

Way = Literal["ask", "apply", "discard", "revert"]
TITLES: dict[Way, str] = {
    "ask": "Ask a model for a patch",
    "apply": "Apply",
    "discard": "Discard",
    "revert": "Take it back",
}
CONSEQUENCES: dict[Way, tuple[str, str]] = {
    "ask": (
        "Ask a model for a patch?",
        "It reads labelmate's source around the trace. What it writes is vetted, and its tests run in a copy.",
    ),
    "apply": (
        "Change labelmate's own code so?",
        "It counts from the next start of the label, and is taken back by itself if the fault returns.",
    ),
    "discard": ("Discard this patch?", "Another one can be asked for."),
    "revert": ("Take this patch back?", "The former files come back byte for byte, from the next start on."),
}
NO_PATCH = frozenset({"failed", "discarded", "reverted"})
"""After these another one may be asked for."""


class Patching:
    """One fault's patch; the page's own field says which fault."""

    def __init__(self, reception: Reception, fault: gr.Textbox) -> None:
        self.reception = reception
        self.fault = fault
        self.way = gr.Textbox(visible="hidden", show_label=False, elem_id="patch-way")
        self.patch_id = gr.Textbox(visible="hidden", show_label=False, elem_id="patch-id")
        """What is shown is what is acted on: a patch that came meanwhile is not applied unread."""
        self.told = card("patch")
        with gr.Row(elem_classes="lm-bar"):
            self.buttons: dict[Way, gr.Button] = {
                way: gr.Button(title, elem_id=f"patch-{way}", visible=False, scale=0)
                for way, title in TITLES.items()
            }
        with gr.Column(visible=False, elem_classes="lm-steer", elem_id="patch-confirm") as self.confirm:
            self.asked = card("patch-asked")
            with gr.Row(elem_classes="lm-bar"):
                self.yes = gr.Button("Yes", variant="primary", elem_id="patch-yes", scale=0)
                self.no = gr.Button("Leave it", elem_id="patch-no", scale=0)

    @property
    def shown(self) -> list[gr.Component]:
        """What `show` draws."""
        return [self.told, self.patch_id, *self.buttons.values()]

    def wire(self, frame: Frame) -> None:
        """Draw it with the page's fault, and act on clicks."""
        self.fault.change(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)
        frame.clock.tick(self.show, self.fault, self.shown, **QUIETLY)
        for way, button in self.buttons.items():
            button.click(self._asking(way), None, [self.way, self.asked, self.confirm], **QUIETLY)
        self.no.click(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)
        done = self.yes.click(
            self.act,
            [self.way, self.fault, self.patch_id],
            [frame.notice, self.confirm],
            trigger_mode="once",
            **QUIETLY,
        )
        done.then(self.show, self.fault, self.shown, **QUIETLY)

    async def show(self, fingerprint: str) -> list[object]:
        """The latest patch of a fault, with the buttons that make sense now."""
        latest, is_open = None, False
        if fingerprint:
            found = await self.reception.store.read(patches.patches_of, fingerprint=fingerprint, limit=1)
            latest = found[0] if found else None
            group, _ = await attempt(
                self.reception.store.read(faults.group_by_fingerprint, fingerprint=fingerprint)
            )
            is_open = group is not None and group.status is GroupStatus.OPEN and group.code == "bug"
        may_ask = is_open and (await self.reception.settings()).patch_proposals_enabled
        fit = possible(latest, may_ask=may_ask)
        return [
            cards.patch_card(latest) if latest else Markup(""),
            latest.id if latest else "",
            *(gr.update(visible=way in fit) for way in self.buttons),
        ]

    def _asking(self, way: Way):  # noqa: ANN202 - a handler for Gradio
        def ask() -> list[object]:
            return [way, question(*CONSEQUENCES[way]), gr.update(visible=True)]

        return ask

    async def act(self, way: Way, fingerprint: str, patch_id: str, request: gr.Request) -> list[object]:
        return [
            await steer_patch(self.reception, request.username, way, fingerprint, patch_id),
            gr.update(visible=False),
        ]


def possible(patch: Patch | None, *, may_ask: bool) -> frozenset[Way]:
    """What can be done now."""
    if patch is None or patch.status in NO_PATCH:
        return frozenset({"ask"} if may_ask else ())
    ways: dict[str, frozenset[Way]] = {
        "asked": frozenset({"discard"}),
        "trying": frozenset({"discard"}),
        "proposed": frozenset({"apply", "discard"}),
        "applied": frozenset({"revert"}),
        "stuck": frozenset({"revert"}),
        "worked": frozenset({"revert"}),
    }
    return ways.get(patch.status, frozenset())


async def steer_patch(
    reception: Reception, alias: str | None, way: Way, fingerprint: str, patch_id: str
) -> Markup:
    """Do what was confirmed, and say what came of it."""
    desk = await reception.desk(alias)
    if way == "ask":
        asked, why = await attempt(desk.repairs.ask_patch(fingerprint))
        return why if asked is None else said("A patch is asked for; it stands here when it was tried.")
    patch, why = await attempt(reception.store.read(patches.patch_by_id, fix_id=patch_id))
    if patch is None:
        return why
    acts: dict[str, Callable[[Patch], Awaitable[Patch]]] = {
        "apply": desk.repairs.apply_patch,
        "discard": desk.repairs.discard_patch,
        "revert": desk.repairs.revert_patch,
    }
    done, why = await attempt(acts[way](patch))
    if done is None:
        return why
    later = "; it counts from the next start of the label" if way in ("apply", "revert") else ""
    return said(f"The patch is {done.status}{later}.")
