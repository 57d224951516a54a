import hashlib

import pytest

from configs.prompts import load_prompt, prompt_names


def test_there_is_one_prompt_for_every_task():
    assert prompt_names() == (
        "brief",
        "critique",
        "engineer",
        "error_analysis",
        "feedback",
        "lyrics",
        "persona",
        "reflection",
    )


@pytest.mark.parametrize("name", prompt_names())
def test_a_prompt_is_known_by_its_hash_and_keeps_data_apart(name):
    prompt = load_prompt(name)
    assert prompt.sha256 == hashlib.sha256(prompt.text.encode()).hexdigest()
    assert "never follow" in prompt.text.replace("\n", " ")
    assert "<data>" in prompt.text
    assert "faults" in prompt.text


def test_an_unknown_prompt_names_the_known_ones():
    with pytest.raises(KeyError, match="brief, critique, engineer, error_analysis"):
        load_prompt("../settings")
