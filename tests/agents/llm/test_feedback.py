"""The critic's sentences by a model, over a real socket: they are its words, and the numbers are the measured ones."""

import json

import pytest

from agents.critic import invented_numbers, phrase
from agents.llm import Deployment, RoutedWriter, Router
from storage.errors import ProviderError
from storage.types import Critique, Finding, Severity
from tests.agents.llm import servers, songwriter
from tests.agents.llm.servers import KEY, OPENAI, ModelServer, serving
from tests.agents.llm.songs import brief_of

pytestmark = pytest.mark.usefixtures("routers")
CRITIQUE = Critique(
    score=0.4269,
    passed=False,
    threshold=0.6,
    findings=(
        Finding(
            metric="chorus_rise_db",
            value=0.3125,
            target="1 to 5 dB above the verse",
            severity=Severity.MAJOR,
            text="The weakest chorus stands 0.3 dB above its verse.",
        ),
    ),
    feedback="The song does not pass with 0.43.",
    source="measured",
)


def writer(server: ModelServer) -> RoutedWriter:
    deployment = Deployment(provider="critic", model="m", base_url=server.base_url, api_key=KEY)
    return RoutedWriter(Router([deployment]), deadline_s=10)


def saying(*texts: str):
    """A model that says one text after another, and the last one ever after."""
    left = list(texts)

    def write(_body: dict) -> str:
        return json.dumps({"feedback": left.pop(0) if len(left) > 1 else left[0]})

    return write


async def test_a_model_phrases_what_was_measured():
    text = "At 0.43 of 0.6 it falls short: the chorus lifts 0.31 dB, and a listener wants 1 to 5."
    async with serving(OPENAI, write=saying(text)) as server:
        told, completion = await phrase(writer(server), brief_of(1), CRITIQUE)
        data = songwriter.data_of(server.bodies[0])
    verdict = "The song does not pass with 0.43."
    assert (told.feedback, told.source, completion.attempts) == (f"{verdict} {text}", "critic:m", 1)
    assert told.model_copy(update={"feedback": CRITIQUE.feedback, "source": CRITIQUE.source}) == CRITIQUE
    assert data["findings"][0]["value"] == 0.3125


async def test_a_number_nobody_measured_goes_back_with_its_name():
    good = "The song does not pass: its chorus hardly lifts."
    async with serving(OPENAI, write=saying("A fine 0.97, well above 0.6, says the critic.", good)) as server:
        told, completion = await phrase(writer(server), brief_of(1), CRITIQUE)
        faults = songwriter.data_of(server.bodies[1])["faults"]
    assert (told.feedback, completion.attempts) == (f"The song does not pass with 0.43. {good}", 2)
    assert faults == ["0.97 is not among the measured numbers"]


async def test_where_a_model_keeps_inventing_the_critics_own_sentences_stand():
    async with serving(OPENAI, write=saying("A fine 0.97, well above 0.6, says the critic.")) as server:
        told, completion = await phrase(writer(server), brief_of(1), CRITIQUE)
        asked = len(server.bodies)
    assert (told, asked, completion.tokens_in) == (CRITIQUE, 2, 200)


async def test_where_no_model_answers_nobody_stands_in():
    async with serving(OPENAI, always=servers.status(401)) as server:
        with pytest.raises(ProviderError):
            await phrase(writer(server), brief_of(1), CRITIQUE)


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("0.31 dB, or 0.3, against 1 to 5 dB", ()),
        ("43% of what is wanted, 60 % needed", ()),
        ("the 2nd verse, on F#4, in 4/4", ()),
        ("3,150 Hz or 3.15 kHz", ()),
        ("it lies at -18.2 LUFS, or −18.2", ()),
        ("it stands at +18.2 LUFS", ("+18.2",)),
        ("0.32 dB and 0.5", ("0.32", "0.5")),
        ("1.500 of 2,500", ("1.500", "2,500")),
    ],
)
def test_which_numbers_nobody_measured(text: str, invented: tuple[str, ...]):
    heard = {"target": "-14 LUFS", "severity": Severity.INFO, "text": ""}
    more = (
        Finding(metric="brightness_hz", value=3150.0, **heard),
        Finding(metric="loudness_lufs", value=-18.2, **heard),
    )
    critique = CRITIQUE.model_copy(update={"findings": (*CRITIQUE.findings, *more)})
    assert invented_numbers(text, critique) == invented
