"""Codes and people on the command line."""

from pathlib import Path

import pytest

from storage import people
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


def test_a_code_for_the_owner_says_what_to_type(call: Call, home: Path):
    told = call("telegram", "link", "--as", "ann")
    assert told.code == 0
    assert "as ann (owner)" in told.out
    assert "TELEGRAM_BOT_TOKEN is not set" in told.err
    code = told.out.split("/link ")[1].split()[0]
    with behind(home) as stage:
        assert stage.write(people.link_telegram, code=code, telegram_id=7).role == "owner"
    again = call("telegram", "link", "--json").data
    assert (again["alias"], again["role"]) == ("ann", "owner")
    assert call("telegram", "link", "--as", "bob").line == (
        "labelmate: ann is the owner; link as a reviewer, or remove the owner first"
    )


def test_reviewers_come_and_go(call: Call, home: Path):
    assert call("reviewer", "add", "bob", "--json").data["role"] == "reviewer"
    assert call("telegram", "link", "--reviewer", "cy", "--json").data["role"] == "reviewer"
    assert [row["alias"] for row in call("reviewer", "list", "--json").data["people"]] == ["bob"]
    assert "already" in call("reviewer", "add", "bob").line
    assert call("reviewer", "remove", "bob").out == "bob decides no more\n"
    assert call("reviewer", "list").out.startswith("Nobody is linked")
    assert call("reviewer", "forget", "bob", "--yes", "--json").data == {"pseudonym": "reviewer-1"}
    assert "There is no person 'bob'" in call("reviewer", "remove", "bob").line
