"""A patch meets its tests: in a copy, within bounds, and without what is ours."""

import time
from pathlib import Path

import pytest

from agents.mending.checkout import ChangedFile, Checkout
from agents.mending.trial import Limits, Trial, TrialResult, mirror_tests, run_trial
from storage.errors import PatchRefusedError
from tests.agents.mending.trees import BUG, PATH, TEST, small_checkout

pytestmark = pytest.mark.slow
MENDED = (ChangedFile(path=PATH, before=BUG, after=BUG.replace("tempo_bmp", "tempo_bpm")),)
LIMITS = Limits(time_s=60, memory_mb=1024)


def tried(tmp_path: Path, *, test: str | None = TEST, files=MENDED, limits=LIMITS, tests=()) -> Trial:
    checkout = small_checkout(tmp_path / "tree", test=test)
    before = checkout.sha256()
    trial = run_trial(files, checkout, tests=tests, limits=limits, scratch=tmp_path / "scratch")
    assert checkout.sha256() == before, "the tree itself is never touched"
    assert list((tmp_path / "scratch").glob("*")) == [] or trial.result is TrialResult.UNTESTED
    return trial


HOSTILE = """
import os, socket, pathlib, time
import pytest
from agents.lengths import bars

def test_it():
    assert bars(60.0, 120.0) == 30
    with pytest.raises(PermissionError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    for way in (lambda: open(OUTSIDE, "w"), lambda: os.remove(VICTIM), lambda: os.rename(VICTIM, "x")):
        with pytest.raises(PermissionError):
            way()
    assert "CANARY" not in " ".join(os.environ.values())
    with pytest.raises(MemoryError):
        bytearray(2 << 30)
"""


def test_a_good_patch_passes_without_network_keys_and_the_rest_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    monkeypatch.setenv("OPENAI_API_KEY", "CANARY")
    test = HOSTILE.replace("OUTSIDE", repr(str(tmp_path / "new.txt"))).replace("VICTIM", repr(str(victim)))
    trial = tried(tmp_path, test=test)
    assert (trial.result, trial.tests) == (TrialResult.PASSED, ("tests/agents/test_lengths.py",)), (
        trial.output
    )
    assert victim.read_text() == "mine"


def test_what_never_ends_is_ended_with_all_its_children(tmp_path: Path):
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(4); open({str(mark)!r}, 'w')"
    test = (
        "import subprocess, sys, time\n\ndef test_it():\n"
        f"    subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "    time.sleep(600)\n"
    )
    trial = tried(tmp_path, test=test, limits=Limits(time_s=3, memory_mb=1024))
    assert trial.result is TrialResult.TIMED_OUT
    assert "Ended after 3 s" in trial.output
    assert trial.took_s < 30
    time.sleep(2)  # it would have written by now
    assert not mark.exists()


def test_without_a_test_it_says_so(tmp_path: Path):
    assert tried(tmp_path, test=None).result is TrialResult.UNTESTED


def test_a_bad_patch_fails_the_tests_that_are_named(tmp_path: Path):
    wrong = (MENDED[0].model_copy(update={"after": BUG.replace("tempo_bmp", "duration_s")}),)
    trial = tried(tmp_path, files=wrong, tests=("tests/agents/test_lengths.py",))
    assert (trial.result, trial.tests) == (TrialResult.FAILED, ("tests/agents/test_lengths.py",))
    assert "assert 15 == 30" in trial.output


def test_a_tree_that_moved_on_is_not_tried(tmp_path: Path):
    stale = (MENDED[0].model_copy(update={"before": "another text"}),)
    with pytest.raises(PatchRefusedError, match="has changed since"):
        tried(tmp_path, files=stale)


def test_the_mirror_is_the_files_own_test_or_the_nearest(tmp_path: Path):
    def mirror(*paths: str) -> tuple[str, ...]:
        root = Path(__file__).parents[3]
        return mirror_tests(
            tuple(ChangedFile(path=path, before="", after="") for path in paths), Checkout(root)
        )

    assert mirror("agents/music/dna.py") == ("tests/agents/music/test_dna.py",)
    assert mirror("agents/critic.py", "agents/music/dna.py") == (
        "tests/agents/test_critic.py",
        "tests/agents/music/test_dna.py",
    )
    assert "tests/agents/test_planner.py" in mirror("agents/planning/memory.py")
