"""One artist: everything about it, and the ways to steer it."""

import gradio as gr

from agents.planning.wishes import TITLE_MAX
from agents.transitions import Trigger
from storage.artist_overviews import ArtistOverview, artist_overview
from storage.types import Artist, AutopilotPolicy
from ui.console.calendar import Calendar
from ui.console.cards import artist as cards
from ui.console.cards import past
from ui.console.frame import QUIETLY, Frame, card
from ui.console.markup import Markup, empty
from ui.console.notices import attempt, failed
from ui.console.reception import Reception
from ui.console.searching import Searching
from ui.console.steering import CONSEQUENCES, PEOPLES, Steering, moves, policy_of
from ui.console.trying import Trying

POLICY = AutopilotPolicy()


class ArtistPage:
    """The page's parts, in the order in which they stand."""

    def __init__(self, reception: Reception, blocks: gr.Blocks) -> None:
        self.reception = reception
        self.steering = Steering(reception)
        self.frame = Frame(reception, blocks, "artists")
        self.name = gr.Textbox(visible="hidden", elem_id="artist-name", show_label=False)
        self.portrait = card("portrait")
        with gr.Row(elem_classes="lm-columns"):
            with gr.Column(scale=3):
                self.told = [card("work"), card("songs")]
                self.calendar = Calendar(reception, self.name)
                self.trying = Trying(reception, self.name)
                self.told += [*self.trying.cards, card("life"), card("versions")]
            with gr.Column(scale=2):
                self._moves()
                self.searching = Searching(reception, self.name)
                self._autopilot()
                self._song()
                self.told += [card("persona")]
        self._wire(blocks)
        self.calendar.wire(blocks, self.frame)

    def _moves(self) -> None:
        with gr.Column(elem_classes="lm-steer", elem_id="moves"):
            with gr.Row(elem_classes="lm-bar"):
                self.buttons = {
                    trigger: gr.Button(
                        trigger.capitalize(), elem_id=f"move-{trigger}", visible=False, scale=0
                    )
                    for trigger in PEOPLES
                }
            self.trigger = gr.Textbox(visible="hidden", show_label=False)
            with gr.Column(visible=False, elem_id="move-confirm") as self.confirm:
                self.asked = card("move-asked")
                self.reason = gr.Textbox(label="Why", elem_id="move-why", max_lines=3)
                with gr.Row(elem_classes="lm-bar"):
                    self.yes = gr.Button("Yes", variant="primary", elem_id="move-yes", scale=0)
                    self.no = gr.Button("Leave it", elem_id="move-no", scale=0)

    def _autopilot(self) -> None:
        with gr.Column(elem_classes="lm-steer", elem_id="autopilot"):
            gr.HTML("<h2>Autopilot</h2>", apply_default_css=False)
            self.pilot = card("pilot")
            with gr.Accordion("Policy", open=False):
                self.policy = [
                    gr.Slider(0, 1, POLICY.min_score, step=0.01, label="Approves from a score of"),
                    gr.Number(POLICY.releases_per_week, label="Songs a week", precision=0),
                    gr.Number(POLICY.stop_after_rejections, label="Off after rejections", precision=0),
                    gr.Number(POLICY.stop_after_errors, label="Off after failures", precision=0),
                    gr.Number(float(POLICY.stop_at_usd), label="Off at USD spent (0: never)"),
                ]
                self.pilot_why = gr.Textbox(label="Why", elem_id="pilot-why", max_lines=3)
                with gr.Row(elem_classes="lm-bar"):
                    self.on = gr.Button("Switch on", elem_id="pilot-on", variant="primary", scale=0)
                    self.off = gr.Button("Switch off", elem_id="pilot-off", scale=0)

    def _song(self) -> None:
        with gr.Column(elem_classes="lm-steer", elem_id="ask-song"):
            gr.HTML("<h2>Ask for a song</h2>", apply_default_css=False)
            self.theme = gr.Textbox(label="Theme", placeholder="the artist chooses", elem_id="song-theme")
            self.title = gr.Textbox(
                label="Title", placeholder="the artist chooses", elem_id="song-title", max_length=TITLE_MAX
            )
            with gr.Row():
                self.seconds = gr.Textbox(
                    label="Seconds", placeholder="as usual", elem_id="song-seconds", min_width=90
                )
                self.seed = gr.Textbox(label="Seed", placeholder="any", elem_id="song-seed", min_width=90)
            self.ask = gr.Button("Ask for it", variant="primary", elem_id="song-ask")

    def _wire(self, blocks: gr.Blocks) -> None:
        notice = self.frame.notice
        self.shown = [
            self.portrait, *self.told, self.pilot, *self.searching.shown, *self.buttons.values()
        ]  # fmt: skip
        arrived = blocks.load(self.arrive, None, [self.name, *self.policy], **QUIETLY)
        arrived.then(self.draw, self.name, self.shown, **QUIETLY)
        self.frame.clock.tick(self.draw, self.name, self.shown, **QUIETLY)
        for trigger, button in self.buttons.items():
            button.click(
                self._asking(trigger),
                self.name,
                [self.trigger, self.asked, self.confirm, self.yes, self.reason],
                **QUIETLY,
            )
        self.no.click(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)
        self.trying.wire()
        self.searching.wire()
        acts = (
            (self.yes, self.move, [self.name, self.trigger, self.reason], [notice, self.confirm]),
            (self.on, self.switch_on, [self.name, self.pilot_why, *self.policy], [notice]),
            (self.off, self.switch_off, [self.name, self.pilot_why], [notice]),
            (
                self.ask,
                self.ask_song,
                [self.name, self.theme, self.title, self.seconds, self.seed],
                [notice, self.theme, self.title],
            ),
        )
        parts = (*self.trying.acts, *self.searching.acts)
        extra = ((button, act, given, [notice, *more]) for button, act, given, more in parts)
        for button, act, given, answered in (*acts, *extra):
            done = button.click(act, given, answered, trigger_mode="once", **QUIETLY)
            done.then(self.draw, self.name, self.shown, **QUIETLY)

    async def overview(self, name: str) -> ArtistOverview | None:
        found, _ = await attempt(self.reception.store.read(artist_overview, name=name))
        return found

    async def arrive(self, request: gr.Request) -> list[object]:
        """Whom the address names, with the policy that is in force."""
        name = str(request.query_params.get("name", ""))
        told = await self.overview(name)
        policy = (told.artist.autopilot_policy if told else None) or POLICY
        values = policy.model_dump()
        return [name, *(float(values[field]) for field in AutopilotPolicy.model_fields)]

    async def draw(self, name: str) -> list[object]:
        told = await self.overview(name)
        if told is None:
            hidden = [gr.update(visible=False)] * len(self.buttons)
            return [
                empty(f"There is no artist {name!r}."),
                *[""] * (len(self.told) + 1),
                *self.searching.show(None),
                *hidden,
            ]
        artist, now = told.artist, told.at
        mp3 = told.latest.get("mp3")
        peaks = await self.reception.waveforms.of(mp3) if mp3 else ()
        return [
            cards.portrait(artist, told.latest, told.money, now),
            cards.latest_work(artist, told.latest, peaks),
            cards.songs(told.songs, told.scores, now),
            *self.trying.draw(told),
            past.lifecycle(told.changes, now),
            past.versions(told.versions, now),
            cards.persona_card(artist),
            cards.autopilot_card(artist, told.flight, told.throws, now),
            *self.searching.show(told),
            *self._possible(artist),
        ]

    def _possible(self, artist: Artist) -> list[object]:
        possible = moves(artist)
        return [gr.update(visible=trigger in possible) for trigger in self.buttons]

    def _asking(self, trigger: Trigger):  # noqa: ANN202 - a handler for Gradio
        async def ask(name: str) -> list[object]:
            told = await self.overview(name)
            who = told.artist.persona.name if told else name
            asked = cards.question(f"{trigger.capitalize()} {who}?", CONSEQUENCES[trigger])
            style = "stop" if trigger is Trigger.RETIRE else "primary"
            button = gr.update(value=f"{trigger.capitalize()} {who}", variant=style)
            return [str(trigger), asked, gr.update(visible=True), button, ""]

        return ask

    async def move(self, name: str, trigger: str, reason: str, request: gr.Request) -> list[object]:
        said = await self.steering.move(request.username, name, trigger, reason or "")
        return [said, gr.update(visible=failed(said))]

    async def switch_on(
        self, name: str, why: str, score: float, week: float, rejections: float, errors: float, usd: float,
        request: gr.Request,
    ) -> Markup:  # fmt: skip
        async def act() -> AutopilotPolicy:
            return policy_of(score, week, rejections, errors, usd)

        policy, complaint = await attempt(act())
        if policy is None:
            return complaint
        return await self.steering.set_autopilot(request.username, name, policy, why or "")

    async def switch_off(self, name: str, why: str, request: gr.Request) -> Markup:
        return await self.steering.set_autopilot(request.username, name, None, why or "")

    async def ask_song(
        self,
        name: str,
        theme: str,
        title: str,
        seconds: str,
        seed: str,
        request: gr.Request,
    ) -> list[object]:
        said = await self.steering.ask_song(
            request.username, name, theme or "", title or "", seconds or "", seed or ""
        )
        kept = failed(said)
        return [said, gr.skip() if kept else "", gr.skip() if kept else ""]


def build(reception: Reception, blocks: gr.Blocks) -> None:
    """Lay the page out and wire it."""
    ArtistPage(reception, blocks)
