"""A model's diff: laid where its lines stand, or refused with what is wrong."""

import pytest

from agents.mending.diff import CHANGED_LINES_MAX, drawn, patched
from storage.errors import PatchRefusedError
from tests.agents.mending.trees import BUG, DIFF, PATH

MENDED = BUG.replace("tempo_bmp", "tempo_bpm")


def read(text: str = BUG):
    return lambda _path: text


def diff(body: str, path: str = PATH) -> str:
    return f"--- a/{path}\n+++ b/{path}\n{body}"


@pytest.mark.parametrize(
    "written",
    [
        DIFF,
        DIFF.replace("@@ -9,5 +9,5 @@", "@@ -400,5 +400,5 @@ def bars"),
        f"```diff\n{DIFF}```",
        f"diff --git a/{PATH} b/{PATH}\nindex 1..2 100644\n{DIFF}",
        DIFF.rstrip("\n "),
        DIFF.replace("--- a/", "--- ").replace("+++ b/", "+++ "),
    ],
    ids=["exact", "wrong line", "fenced", "git", "no last line", "no prefixes"],
)
def test_it_is_laid_by_its_lines(written: str):
    (file,) = patched(written, read())
    assert (file.path, file.after) == (PATH, MENDED)
    assert "-    return round(duration_s / bar_s(tempo_bmp))\n+    return round" in drawn((file,))


def test_a_line_that_the_model_saw_redacted_fits_and_stays_as_it_is():
    code = BUG.replace('token = "a long word"', 'api_key = "abcdefghijkl"')  # pragma: allowlist secret
    seen = DIFF.replace('token = "a long word"', 'api_key = "[redacted]"')
    (file,) = patched(seen, read(code))
    assert file.after == code.replace("tempo_bmp", "tempo_bpm")
    with pytest.raises(PatchRefusedError, match="not shown"):
        patched(seen.replace('     api_key = "[redacted]"', '+    api_key = "[redacted]"'), read(code))


def test_line_ends_stay_as_they_are():
    (file,) = patched(DIFF, read(BUG.replace("\n", "\r\n")))
    assert file.after == MENDED.replace("\n", "\r\n")


def test_of_two_places_the_nearer_one_is_meant():
    twice = "a = 1\n\nb = 2\n" * 3
    (file,) = patched(diff("@@ -7,1 +7,1 @@\n-a = 1\n+a = 3\n"), read(twice))
    assert file.after == "a = 1\n\nb = 2\n" * 2 + "a = 3\n\nb = 2\n"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("I would rename the variable.", "no unified diff"),
        ("", "no unified diff"),
        (diff(""), "no hunk"),
        (diff("@@ -1,1 +1,1 @@\n-nothing like it\n+x\n"), "fits nowhere"),
        (diff("@@ -1,0 +1,1 @@\n+import os\n"), "no line by which"),
        (diff("@@ -9,1 +9,1 @@\n*what\n"), "means nothing"),
        (diff("@@ -1,1 +1,1 @@\n \"\"\"How long songs are.\"\"\"\n"), "as it is"),
        (f"--- /dev/null\n+++ b/{PATH}\n@@ -0,0 +1,1 @@\n+x\n", "neither adds"),
        (f"--- a/{PATH}\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n", "neither adds"),
        (f"--- a/{PATH}\n+++ b/agents/other.py\n@@ -1 +1 @@\n-x\n+y\n", "neither adds"),
        ("".join(diff("@@ -1 +1 @@\n-a\n+b\n", f"agents/a{number}.py") for number in range(5)), "5 files"),
        (diff("@@ -1,1 +1,1 @@\n-a\n" + "+b\n" * CHANGED_LINES_MAX), "121 lines"),
    ],
)  # fmt: skip
def test_what_is_no_patch_is_refused(written: str, why: str):
    with pytest.raises(PatchRefusedError, match=why):
        patched(written, read())
