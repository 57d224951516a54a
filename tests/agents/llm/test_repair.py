from decimal import Decimal

import pytest

from agents.llm.protocol import Completion, Request
from agents.llm.repair import ATTEMPTS, ask
from agents.llm.tasks import BriefDraft, BriefInputs
from storage.errors import ProviderRefusedError

REQUEST = Request(
    task="brief",
    prompt="brief",
    inputs=BriefInputs(artist_name="A", genre="indie", themes=("x",), moods=("y",)),
    answer=BriefDraft,
    seed=5,
)


class PaidWriter:
    """A writer outside: it costs, counts tokens, and gives the titles it was built with."""

    def __init__(self, *titles: str) -> None:
        self.titles = list(titles)
        self.asked: list[Request] = []

    async def complete(self, request):
        self.asked.append(request)
        return Completion(
            value=BriefDraft(title=self.titles.pop(0), theme="x", mood="y"),
            source="vendor:model",
            provider="vendor",
            model="model",
            prompt_sha256="p",
            request_sha256="r",
            tokens_in=100,
            tokens_out=10,
            cost_usd=Decimal("0.01"),
            latency_s=0.5,
        )


def faults_of(draft: BriefDraft) -> tuple[str, ...]:
    return ("the title is taken",) if draft.title == "Taken" else ()


async def test_a_good_draft_is_asked_for_once():
    completion = await ask(PaidWriter("Free"), REQUEST, faults_of)
    assert (completion.value.title, completion.attempts, completion.cost_usd) == ("Free", 1, Decimal("0.01"))


async def test_a_faulty_draft_goes_back_with_its_faults_and_all_costs_count():
    writer = PaidWriter("Taken", "Free")
    completion = await ask(writer, REQUEST, faults_of)
    assert completion.value.title == "Free"
    assert writer.asked[1].inputs.faults == ("the title is taken",)
    assert writer.asked[1].seed != writer.asked[0].seed
    assert (completion.attempts, completion.cost_usd, completion.tokens_in) == (2, Decimal("0.02"), 200)
    assert completion.latency_s == 1.0


async def test_it_gives_up_after_some_drafts():
    writer = PaidWriter(*["Taken"] * 9)
    with pytest.raises(ProviderRefusedError, match="the title is taken"):
        await ask(writer, REQUEST, faults_of)
    assert len(writer.asked) == ATTEMPTS


async def test_a_hosted_model_gets_one_repair_turn_and_then_others_are_asked():
    writer = PaidWriter("Taken", "Taken", "Free")
    await ask(writer, REQUEST, faults_of)
    assert [one.avoid for one in writer.asked] == [(), (), ("vendor:model",)]
    assert [one.draft is None for one in writer.asked] == [True, False, True]
