"""Acts on what an artist tries: begin, stop and promote experiments, and take a change back."""

import gradio as gr

from agents.planning.variants import COVER, GENES, PREFIX
from storage import artists, experiments
from storage.artist_overviews import ArtistOverview
from storage.errors import NotFoundError, UsageError
from storage.experiments import ExperimentRow
from ui.console.cards import trying as cards
from ui.console.cards.artist import question
from ui.console.frame import QUIETLY, acted, card
from ui.console.markup import Markup
from ui.console.notices import attempt, failed, said
from ui.console.reception import Reception

PARAMETERS = (*GENES, COVER, PREFIX)
ACTS = ("promote", "stop", "withdraw")
"""What can be done to an experiment."""
OFF = " Songs take part once AB_TESTING_ENABLED is on: Settings has it."


class Trying:
    """Two cards of an artist's page with what can be done in them; whatever changes much is asked about once more."""

    def __init__(self, reception: Reception, name: gr.Textbox) -> None:
        self.reception = reception
        self.name = name
        self.cards = [card("changes", acts=True), card("experiments", acts=True)]
        self.wanted = gr.Textbox(visible="hidden", elem_id="trying-wanted", show_label=False)
        with gr.Column(elem_classes="lm-steer", elem_id="trying-confirm", visible=False) as self.confirm:
            self.asked = card("trying-asked")
            self.why = gr.Textbox(label="Why", elem_id="trying-why", max_lines=3)
            with gr.Row(elem_classes="lm-bar"):
                self.yes = gr.Button("Yes", variant="primary", elem_id="trying-yes", scale=0)
                self.no = gr.Button("Leave it", elem_id="trying-no", scale=0)
        with gr.Accordion("Try variants", open=False, elem_id="trying-new"):
            self.parameter = gr.Dropdown(
                list(PARAMETERS), value="hook_density", label="What", elem_id="trying-parameter"
            )
            self.variants = gr.Textbox(
                "control\n+0.2",
                label="Variants, a line each",
                lines=3,
                max_lines=6,
                elem_id="trying-variants",
            )
            self.even = gr.Checkbox(
                label="The same number of songs each, and no learning", elem_id="trying-even"
            )
            self.begin = gr.Button("Begin", variant="primary", elem_id="trying-begin", scale=0)

    @property
    def acts(self):  # noqa: ANN201 - a button, what it does, what it is given and what it answers
        """What the page wires beside its own acts; each redraws the page."""
        return (
            (self.yes, self.act, [self.name, self.wanted, self.why], [self.confirm]),
            (self.begin, self.begun, [self.parameter, self.variants, self.even], []),
        )

    def wire(self) -> None:
        """Ask before anything is done."""
        shown = [self.wanted, self.asked, self.confirm, self.yes, self.why]
        for place in self.cards:
            place.click(self.ask, None, shown, **QUIETLY)
        self.no.click(lambda: gr.update(visible=False), None, self.confirm, **QUIETLY)

    def draw(self, told: ArtistOverview) -> list[Markup]:
        """The cards as they are now."""
        return [cards.changes(told.evolutions, told.at), cards.experiments(told.experiments)]

    async def ask(self, event: gr.EventData) -> list[object]:
        """What a press in a card would do."""
        act, row_id, arm_id = acted(event, "act"), acted(event, "id"), acted(event, "arm")
        if act == "roll_back":
            asked = question(
                "Take this change back?", "Genes, notes and sound are again what they were before it."
            )
            label = "Roll back"
        else:
            row, why = await attempt(self._experiment(act, row_id))
            if row is None:
                return ["", why, gr.update(visible=True), gr.update(visible=False), ""]
            what = row.parameter.replace("_", " ")
            value = next((arm.value for arm in row.arms if arm.arm_id == arm_id), "")
            if act == "promote":
                label = f"Promote {value}"[:60]
                asked = question(
                    f"Promote {value}?", f"The {what} is this in every song of every artist from now on."
                )
            else:
                label = act.capitalize()
                asked = question(f"{label} the experiment on {what}?", "It is each artist's own again.")
        return [
            f"{act} {row_id} {arm_id}",
            asked,
            gr.update(visible=True),
            gr.update(value=label, visible=True),
            "",
        ]

    async def act(self, name: str, wanted: str, why: str, request: gr.Request) -> list[object]:
        """Do what was asked about."""
        notice = await self.carry_out(request.username, name, wanted, why or "")
        return [notice, gr.update(visible=failed(notice))]

    async def carry_out(self, alias: str | None, name: str, wanted: str, why: str) -> Markup:
        """One act by its words, for whoever presses."""
        act, row_id, arm_id = [*wanted.split(" "), "", "", ""][:3]

        async def done() -> str:
            desk = await self.reception.desk(alias)
            if act == "roll_back":
                if not why.strip():
                    raise UsageError("Say why: it is kept with the change")
                artist = await self.reception.store.read(artists.artist_by_name, name=name)
                back = await desk.artists.roll_back(artist, row_id, reason=why.strip())
                return f"{artist.persona.name} is again as in version {back.parent_version}."
            row = await self._experiment(act, row_id)
            what = row.parameter.replace("_", " ")
            if act == "promote":
                value = next((arm.value for arm in row.arms if arm.arm_id == arm_id), None)
                if value is None:
                    raise NotFoundError("This experiment has no such variant; look again")
                await desk.experiments.promote(row, arm_id, reason=why.strip() or "by a person")
                return f"The {what} is {value} in every song from now on."
            await (desk.experiments.withdraw_winner(row) if act == "withdraw" else desk.experiments.stop(row))
            return f"The {what} is the artists' own again."

        words, complaint = await attempt(done())
        return complaint if words is None else said(words)

    async def _experiment(self, act: str, row_id: str) -> ExperimentRow:
        """What one of the acts is to be done to. Raises NotFoundError, also for another act."""
        if act not in ACTS:
            raise NotFoundError("This button is none of mine; load the page again")
        return await self.reception.store.read(experiments.experiment_by_id, experiment_id=row_id)

    async def begun(self, parameter: str, variants: str, even: bool, request: gr.Request) -> list[object]:
        """Begin an experiment."""
        return [await self.begin_experiment(request.username, parameter, variants, even=even)]

    async def begin_experiment(
        self, alias: str | None, parameter: str, variants: str, *, even: bool
    ) -> Markup:
        """A variant a line; whoever presses."""
        values = tuple(line.strip() for line in (variants or "").splitlines() if line.strip())
        desk = await self.reception.desk(alias)
        row, why = await attempt(desk.experiments.begin(parameter or "", values, even=even))
        if row is None:
            return why
        is_on = (await self.reception.settings()).ab_testing_enabled
        return said(f"Tried from the next song on: {', '.join(values)}.{'' if is_on else OFF}")
