"""What a patch may not bring in, although its tests would pass."""

import pytest

from agents.mending.checkout import ChangedFile
from agents.mending.vetting import objections

CODE = "import os\n\n\ndef name():\n    return os.sep\n"


def vetted(after: str, before: str = CODE, path: str = "agents/x.py") -> tuple[str, ...]:
    return objections((ChangedFile(path=path, before=before, after=after),))


@pytest.mark.parametrize(
    "added",
    [
        "import subprocess",
        "import socket as quiet",
        "from subprocess import run",
        "from urllib.request import urlopen",
        "import urllib.request",
        "x = os.system('true')",
        "x = os.environ",
        "x = eval('1')",
        "x = __import__('os')",
        "x = open('/etc/passwd')",
        "x = getattr(name, 'x')",
        "x = ().__class__.__base__",
        "e = exec",
        "b = __builtins__",
        "x = path.unlink()",
        "from agents.visuals.encode import subprocess as quiet",
        "from agents.visuals.encode import *",
        "import agents.visuals.encode as e\nx = e.subprocess.run([])",
        "from . import os as quiet",
        "from agents.vendors.download import fetch",
    ],
)
def test_a_new_way_out_is_refused(added: str):
    (why,) = dict.fromkeys(each.split(" newly uses ")[0] for each in vetted(f"{CODE}\n{added}\n"))
    assert why == "agents/x.py"


@pytest.mark.parametrize(
    "added", ["import math", "x = os.sep", "from agents.music import form", "x = [1, 2]", "def f(): return 1"]
)
def test_plain_code_and_what_was_there_already_pass(added: str):
    assert vetted(f"{CODE}\n{added}\n") == ()


def test_what_does_not_parse_goes_back():
    assert "no Python any more" in vetted("def x(:\n")[0]
    assert "no YAML any more" in vetted("a: [1", "a: 1", "configs/x.yaml")[0]
    assert vetted("a: 2", "a: 1", "configs/x.yaml") == ()
