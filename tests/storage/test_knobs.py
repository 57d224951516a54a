"""Settings turned while the label runs: the last value stands, every change is one line."""

from storage import knobs
from tests.storage.stage import Stage


def test_a_knob_is_turned_and_given_back_with_a_trail(stage: Stage):
    turn = {"name": "BUDGET_DAILY_USD", "who": "ann"}
    assert stage.write(knobs.turn_knob, value="8", **turn)
    assert not stage.write(knobs.turn_knob, value="8", **turn)
    assert stage.write(knobs.turn_knob, value="9", **turn)
    assert [(knob.name, knob.value) for knob in stage.read(knobs.knobs)] == [("BUDGET_DAILY_USD", "9")]
    assert stage.write(knobs.turn_knob, value=None, **turn)
    assert stage.read(knobs.knobs) == []
    assert [(line.before, line.after, line.who) for line in stage.read(knobs.knob_changes)] == [
        ("9", None, "ann"),
        ("8", "9", "ann"),
        (None, "8", "ann"),
    ]
