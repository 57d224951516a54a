"""Whether somebody else goes by an artist's name, on its page: what a person found is kept, or taken back."""

import gradio as gr

from storage import artists
from storage.artist_overviews import ArtistOverview
from ui.console.cards import artist as cards
from ui.console.frame import QUIETLY, card
from ui.console.markup import Markup
from ui.console.notices import attempt, failed
from ui.console.reception import Reception
from ui.console.steering import Steering
from ui.wording import moment

GONE = "No search for this name is on record any more."


class Searching:
    """The form while nobody has searched, and the way back until something has come out under the name."""

    def __init__(self, reception: Reception, name: gr.Textbox) -> None:
        self.reception = reception
        self.steering = Steering(reception)
        self.name = name
        self.version = gr.Textbox(visible="hidden", show_label=False, elem_id="name-version")
        """The artist as it is shown: what somebody else did to it meanwhile is not written over."""
        self.wanted = gr.Textbox(visible="hidden", show_label=False, elem_id="name-wanted")
        """The version whose search the question shows: another one is not taken back unseen."""
        with gr.Column(elem_classes="lm-steer", elem_id="name-search", visible=False) as self.form:
            gr.HTML("<h2>Before the first release</h2>", apply_default_css=False)
            gr.HTML(cards.NAME_SEARCH, apply_default_css=False)
            self.found = gr.Textbox(
                label="Where you looked, and what you found", elem_id="name-found", max_length=300
            )
            self.searched = gr.Button("Keep it", variant="primary", elem_id="name-searched", scale=0)
        with (
            gr.Column(elem_classes="lm-steer", elem_id="name-search-kept", visible=False) as self.kept,
            gr.Accordion("The search for its name", open=False),
        ):
            gr.HTML(cards.NAME_SEARCH_KEPT, apply_default_css=False)
            self.unsearched = gr.Button("Nobody searched after all…", elem_id="name-unsearched", scale=0)
            with gr.Column(visible=False, elem_id="name-confirm") as self.confirm:
                self.asked = card("name-asked")
                with gr.Row(elem_classes="lm-bar"):
                    self.yes = gr.Button("Take it back", variant="stop", elem_id="name-yes", scale=0)
                    self.no = gr.Button("Leave it", elem_id="name-no", scale=0)

    @property
    def shown(self) -> list[gr.Component | gr.Column]:
        """What `show` draws."""
        return [self.version, self.form, self.kept]

    @property
    def acts(self):  # noqa: ANN201 - a button, what it does, what it is given and what it answers
        """What the page wires beside its own acts; each redraws the page."""
        return (
            (self.searched, self.record, [self.name, self.version, self.found], []),
            (self.yes, self.take_back, [self.name, self.wanted], [self.confirm]),
        )

    def wire(self) -> None:
        """Ask before anything is taken back."""
        self.unsearched.click(
            self.ask, self.name, [self.wanted, self.asked, self.yes, self.confirm], **QUIETLY
        )
        self.no.click(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)

    def show(self, told: ArtistOverview | None) -> list[object]:
        """The version that is shown, and which of the two fits it."""
        if told is None:
            return ["", gr.update(visible=False), gr.update(visible=False)]
        is_searched = told.artist.persona.name_search is not None
        return [
            str(told.artist.version),
            gr.update(visible=not is_searched),
            gr.update(visible=is_searched and told.first_out is None),
        ]

    async def ask(self, name: str) -> list[object]:
        """The question, with the search that it is about."""
        artist, why = await attempt(self.reception.store.read(artists.artist_by_name, name=name))
        search = artist.persona.name_search if artist else None
        if artist is None or search is None:
            return ["", why or cards.question(GONE, ""), gr.update(visible=False), gr.update(visible=True)]
        asked = cards.question(
            f"Did nobody search for the name {artist.persona.name}?",
            f"On record: {search.by}, {moment(search.at)}: {search.found}. Without it releases that are ready wait again.",
        )
        return [str(artist.version), asked, gr.update(visible=True), gr.update(visible=True)]

    async def record(self, name: str, version: str, found: str, request: gr.Request) -> list[Markup]:
        """Keep what was found, of the artist as it was shown."""
        return [await self.steering.record_name_search(request.username, name, version, found or "")]

    async def take_back(self, name: str, wanted: str, request: gr.Request) -> list[object]:
        """Take back the search that the question showed."""
        done = await self.steering.take_back_name_search(request.username, name, wanted)
        return [done, gr.update(visible=failed(done))]
