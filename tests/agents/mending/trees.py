"""A small checkout with a bug of its own, its test, and the diff that mends it."""

from pathlib import Path

from agents.mending.checkout import Checkout

BUG = '''"""How long songs are."""


def bar_s(tempo_bpm: float) -> float:
    """Length of one bar of four beats."""
    return 240.0 / tempo_bpm


def bars(duration_s: float, tempo_bpm: float) -> int:
    """Whole bars in a song."""
    token = "a long word"
    return round(duration_s / bar_s(tempo_bmp))


def title(words: str) -> str:
    """A title of words."""
    return words.title()
'''
TEST = """from agents.lengths import bars


def test_bars_are_counted():
    assert bars(60.0, 120.0) == 30
"""
DIFF = """--- a/agents/lengths.py
+++ b/agents/lengths.py
@@ -9,5 +9,5 @@
 def bars(duration_s: float, tempo_bpm: float) -> int:
     \"\"\"Whole bars in a song.\"\"\"
     token = "a long word"
-    return round(duration_s / bar_s(tempo_bmp))
+    return round(duration_s / bar_s(tempo_bpm))
"""
PATH = "agents/lengths.py"


def small_checkout(root: Path, *, code: str = BUG, test: str | None = TEST) -> Checkout:
    """Written anew below a folder."""
    for package in ("agents", "configs", "runtime", "storage", "ui", "tests/agents"):
        (root / package).mkdir(parents=True)
        if not package.startswith("tests"):
            (root / package / "__init__.py").write_text("")
    (root / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\npythonpath = ["."]\nasyncio_default_fixture_loop_scope = "function"\n'
        'markers = ["walk: long", "cluster: Ray"]\n'
    )
    (root / PATH).write_bytes(code.encode())
    if test is not None:
        (root / "tests/agents/test_lengths.py").write_text(test)
    return Checkout(root)
