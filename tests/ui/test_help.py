"""Help is light and true; what it costs is benchmarks/help_cost.py."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup

from tests.ui.conftest import Call
from ui.cli.main import ENTRIES, FIRST, load
from ui.cli.reference import reference

HEAVY = (
    "ray",
    "gradio",
    "telegram",
    "numpy",
    "scipy",
    "sqlalchemy",
    "pydantic",
    "yaml",
    "storage",
    "runtime",
)
ROOT = Path(__file__).parents[2]


def test_help_imports_nothing_heavy():
    script = f"""
import sys, json
from ui.cli.main import run
run(["--help"])
sys.stderr.write(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stderr) == []
    assert "doctor" in done.stdout


def test_first_things_come_first(call: Call):
    told = call("--help").out
    assert [name for name, entry in ENTRIES.items() if entry.panel == FIRST] == [
        "demo", "init", "up", "status", "approve", "reject", "stop", "doctor",
    ]  # fmt: skip
    assert re.search(r"Commands.*demo .*doctor .*More.*artist .*down ", told, flags=re.DOTALL)


@pytest.mark.parametrize("name", ENTRIES)
def test_what_the_first_page_says_is_what_the_command_says(name: str):
    assert (load(name).help or "").splitlines()[0] == ENTRIES[name].text


def test_the_reference_is_fresh():
    text = (ROOT / "docs/cli.md").read_text(encoding="utf-8")
    assert text == reference(), "run `make docs`"


def test_every_command_can_answer_in_json():
    silent = []
    for name in ENTRIES:
        command = load(name)
        leaves = command.commands.values() if isinstance(command, TyperGroup) else [command]
        silent += [
            f"{name} {leaf.name}" for leaf in leaves if "as_json" not in {param.name for param in leaf.params}
        ]
    # Its answer is a file's text: that of .env.example.
    assert silent == ["config example"]


def test_an_unknown_command_is_one_line_with_a_guess(call: Call):
    told = call("artst")
    assert told.code == 2
    assert told.line == "labelmate: No such command 'artst'. Did you mean 'artist'?; see `labelmate --help`"


def test_no_command_shows_help_and_a_version_is_told(call: Call):
    assert "Commands" in call().out
    assert re.fullmatch(r"labelmate \d+\.\d+\.\d+\S*\n", call("--version").out)


def test_no_command_loads_ray_before_it_knows_whose():
    """Ray reads its token's mode as it is imported: a command that did so first could not join the label."""
    told = (
        "import importlib, pkgutil, sys, ui.cli\n"
        "for found in pkgutil.walk_packages(ui.cli.__path__, 'ui.cli.'): importlib.import_module(found.name)\n"
        "print('ray' in sys.modules)"
    )
    heard = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert heard.stdout.strip() == "False"
