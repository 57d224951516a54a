"""The playbook is complete and refuses tables that would never end."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from configs.playbook import Action, Playbook, load_playbook
from storage import errors

DEFAULTS = {"error", "bug"}


def codes(cls: type[errors.LabelError] = errors.LabelError) -> set[str]:
    return {cls.code}.union(*(codes(child) for child in cls.__subclasses__()))


def test_every_error_has_a_rule_of_its_own():
    named = {code for rule in load_playbook().rules for code in rule.codes}
    assert codes() - DEFAULTS <= named


def test_every_code_of_a_rule_is_the_code_of_an_error():
    root = Path(__file__).parents[2]
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("storage", "agents", "runtime")
        for path in (root / folder).rglob("*.py")
    )
    for rule in load_playbook().rules:
        for code in rule.codes:
            assert f'code = "{code}"' in sources


def table(**changes: object) -> dict[str, object]:
    rule = {"name": "any", "cause": "x", "ladder": [{"action": "give_up"}]}
    return {"attempts_per_step_max": 5, "long_wait_s": 60, "jitter": 0.1, "rules": [{**rule, **changes}]}


def test_a_ladder_that_retries_for_ever_is_refused():
    with pytest.raises(ValidationError, match="last rung must be give_up, park or defer"):
        Playbook.model_validate(table(ladder=[{"action": "retry"}]))


def test_a_playbook_with_a_gap_is_refused():
    with pytest.raises(ValidationError, match="last rule must cover every fault"):
        Playbook.model_validate(table(codes=["render"]))


def test_a_misspelt_field_is_refused():
    with pytest.raises(ValidationError, match="delay"):
        Playbook.model_validate(table(ladder=[{"action": "give_up", "delay": 3}]))


def test_an_action_is_what_the_table_says():
    assert {rung.action for rule in load_playbook().rules for rung in rule.ladder} == set(Action)
