"""A release on its way to listeners, beside it: what a person did with it elsewhere is kept here."""

from typing import Literal

import gradio as gr

from storage import releases
from storage.errors import UsageError
from storage.releases import MOVES, ReleaseRow, ReleaseState
from ui.console.cards.artist import question
from ui.console.frame import QUIETLY, Frame, card
from ui.console.markup import Markup
from ui.console.notices import attempt, failed, said
from ui.console.reception import Reception
from ui.typed import read_day, read_places

Way = Literal["published", "withdrawn"]
TITLES: dict[Way, str] = {"published": "It is out", "withdrawn": "I took it back"}
CONSEQUENCES: dict[Way, str] = {
    "published": "Its audience is compared from the day on which it came out. Say this again to add an address, to mend the day, or to take an address away: its line ends after the =.",
    "withdrawn": "For good: its listeners are no longer asked for or compared.",
}


class Releasing:
    """One release's way out; the page's own field says which release."""

    def __init__(self, reception: Reception, release: gr.Textbox) -> None:
        self.reception = reception
        self.release = release
        self.state = gr.Textbox(visible="hidden", show_label=False, elem_id="release-state")
        """What is shown is what is moved: one that was withdrawn meanwhile is not published."""
        self.wanted = gr.Textbox(visible="hidden", show_label=False, elem_id="release-wanted")
        """Way, release and state of the question: another release that is chosen meanwhile is not moved."""
        with gr.Row(elem_classes="lm-bar"):
            self.buttons: dict[Way, gr.Button] = {
                way: gr.Button(title, elem_id=f"release-{way}", visible=False, scale=0)
                for way, title in TITLES.items()
            }
        with gr.Column(visible=False, elem_classes="lm-steer", elem_id="release-confirm") as self.confirm:
            self.asked = card("release-asked")
            with gr.Column(visible=False) as self.out:
                self.places = gr.Textbox(
                    label="Where it can be heard, a line each", placeholder="bandcamp=https://…",
                    elem_id="release-places", lines=2, max_lines=6,
                )  # fmt: skip
                self.day = gr.Textbox(
                    label="The day it came out, in UTC", placeholder="today", elem_id="release-day"
                )
            with gr.Row(elem_classes="lm-bar"):
                self.yes = gr.Button("Keep it", variant="primary", elem_id="release-yes", scale=0)
                self.no = gr.Button("Leave it", elem_id="release-no", scale=0)

    @property
    def shown(self) -> list[gr.Component]:
        """What `show` draws."""
        return [self.state, *self.buttons.values()]

    def wire(self, frame: Frame) -> None:
        """Ask before acting, and act on what was shown."""
        self.release.change(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)
        for way, button in self.buttons.items():
            answered = [self.wanted, self.asked, self.out, self.yes, self.places, self.day, self.confirm]
            button.click(self.asking(way), [self.release, self.state], answered, **QUIETLY)
        self.no.click(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)
        self.done = self.yes.click(
            self.act,
            [self.wanted, self.places, self.day],
            [frame.notice, self.confirm],
            trigger_mode="once",
            **QUIETLY,
        )

    def show(self, row: ReleaseRow | None) -> list[object]:
        """The state that is shown, and what a person may say of it."""
        fit = () if row is None else tuple(after for after, before in MOVES.items() if row.state in before)
        return [row.state if row else "", *(gr.update(visible=way in fit) for way in self.buttons)]

    def asking(self, way: Way):  # noqa: ANN201 - a handler for Gradio
        """The question before one way, and an empty form: what is typed is added to what is on record."""

        async def ask(release_id: str, state: str) -> list[object]:
            row, _ = await attempt(self.reception.store.read(releases.release_by_id, release_id=release_id))
            title = row.title if row else release_id
            asked = f"{title} is out?" if way == "published" else f"Take {title} back for good?"
            button = ("Keep it", "primary") if way == "published" else ("Take it back", "stop")
            known = f"{row.published_at:%Y-%m-%d}" if row and row.published_at else "today"
            return [
                f"{way} {release_id} {state}",
                question(asked, CONSEQUENCES[way]),
                gr.update(visible=way == "published"),
                gr.update(value=button[0], variant=button[1]),
                "",
                gr.update(value="", placeholder=known),
                gr.update(visible=True),
            ]

        return ask

    async def act(self, wanted: str, places: str, day: str, request: gr.Request) -> list[object]:
        """Do what was confirmed; a form with a fault in it stays open."""
        done = await move_release(self.reception, request.username, wanted, places, day)
        return [done, gr.update(visible=failed(done))]


async def move_release(reception: Reception, alias: str | None, wanted: str, places: str, day: str) -> Markup:
    """Keep what a person did with the release as it was shown, and say what came of it."""
    way, release_id, state = [*wanted.split(" "), "", "", ""][:3]

    async def act() -> ReleaseRow:
        if way not in TITLES or state not in set(ReleaseState):
            raise UsageError("Choose a release first")
        row = await reception.store.read(releases.release_by_id, release_id=release_id)
        shown = row.model_copy(update={"state": ReleaseState(state)})
        desk = (await reception.desk(alias)).releases
        if way == "withdrawn":
            return await desk.withdraw(shown)
        urls = read_places(filter(str.strip, places.splitlines()))
        return await desk.mark_published(shown, urls, on=read_day(day.strip() or None))

    row, why = await attempt(act())
    return why if row is None else said(f"{row.title} is {row.state}.")
