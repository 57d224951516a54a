"""What every page stands in: the head with its badges, a line for notices, and the clock that keeps both fresh."""

from typing import Literal, TypedDict

import gradio as gr
from gradio.components import Navbar

from ui.console.cards.header import header
from ui.console.markup import Markup
from ui.console.readings.standing import standing
from ui.console.reception import Reception

REFRESH_S = 1.5


class Quietly(TypedDict):
    """How every event of the console is wired."""

    show_progress: Literal["hidden"]
    api_visibility: Literal["private"]


QUIETLY: Quietly = {"show_progress": "hidden", "api_visibility": "private"}
"""No spinner over what is there, and no public name."""
ACTS = """
element.addEventListener('click', (event) => {
  const target = event.target.closest('[data-act]');
  if (!target || target.disabled) return;
  event.preventDefault();
  trigger('click', {...target.dataset});
});
"""
"""Whatever carries `data-act` tells the server when it is clicked, with all of its data."""


def card(elem_id: str, *, acts: bool = False, scale: int | None = None) -> gr.HTML:
    """A place for markup. Gradio changes in it only what differs, so that nothing flickers."""
    return gr.HTML(elem_id=elem_id, js_on_load=ACTS if acts else None, apply_default_css=False, scale=scale)


def acted(event: gr.EventData, name: str) -> str:
    """One of the data of what was clicked; empty where it has none."""
    return str((event._data or {}).get(name, ""))


class Frame:
    """The head of one page."""

    def __init__(self, reception: Reception, blocks: gr.Blocks, page: str) -> None:
        self._reception = reception
        self._page = page
        Navbar(visible=False, main_page_name="Now")
        self.head = card("lm-head")
        self.notice = card("lm-notice")
        self.clock = gr.Timer(REFRESH_S)
        blocks.load(self._drawn, None, self.head, **QUIETLY)
        self.clock.tick(self._drawn, None, self.head, **QUIETLY)

    async def _drawn(self, request: gr.Request) -> Markup:
        return header(self._page, await standing(self._reception, request.username))
