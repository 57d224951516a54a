"""The tree: only its own code, all files or none, and back byte for byte."""

import os
from pathlib import Path

import pytest

from agents.mending.checkout import GUARDED, SIZE_MAX_BYTES, ChangedFile, Checkout, find_checkout
from storage.errors import ConfigurationError, PatchRefusedError
from tests.agents.mending.trees import BUG, PATH, small_checkout

CHANGE = ChangedFile(path=PATH, before=BUG, after=BUG.replace("tempo_bmp", "tempo_bpm"))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return small_checkout(tmp_path / "tree")


def test_a_patch_goes_in_and_back_byte_for_byte(checkout: Checkout):
    where = checkout.root / PATH
    where.chmod(0o640)
    raw = BUG.replace("\n", "\r\n").encode()
    where.write_bytes(raw)
    change = ChangedFile(path=PATH, before=raw.decode(), after="x = 1\r\n")
    before = checkout.sha256()
    checkout.put((change,))
    assert (where.read_bytes(), where.stat().st_mode & 0o777) == (b"x = 1\r\n", 0o640)
    assert checkout.sha256() != before
    checkout.take_back((change,))
    assert where.read_bytes() == raw
    assert checkout.sha256() == before
    assert not list(checkout.root.rglob("*.part"))


def test_all_files_or_none(checkout: Checkout):
    (checkout.root / "agents/other.py").write_text("changed since")
    other = ChangedFile(path="agents/other.py", before="as it was", after="new")
    before = checkout.sha256()
    with pytest.raises(PatchRefusedError, match=r"agents/other\.py has changed since"):
        checkout.put((CHANGE, other))
    assert checkout.sha256() == before
    assert not list(checkout.root.rglob("*.part"))


def test_what_was_changed_after_a_patch_is_not_undone(checkout: Checkout):
    checkout.put((CHANGE,))
    (checkout.root / PATH).write_text("a person's work")
    with pytest.raises(PatchRefusedError, match="undo it by hand"):
        checkout.take_back((CHANGE,))
    assert (checkout.root / PATH).read_text() == "a person's work"


def test_an_interrupted_change_is_seen_and_restored(checkout: Checkout):
    (checkout.root / "agents/other.py").write_text("old\n")
    both = (CHANGE, ChangedFile(path="agents/other.py", before="old\n", after="new\n"))
    assert checkout.holds(both) == "before"
    checkout.put((CHANGE,))
    assert checkout.holds(both) == "mixed"
    checkout.restore(both)
    assert checkout.holds(both) == "before"
    checkout.put(both)
    assert checkout.holds(both) == "after"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../secret.py",
        "agents/../../secret.py",
        "agents/./lengths.py",
        "agents\\lengths.py",
        "tests/agents/test_lengths.py",
        "pyproject.toml",
        "agents/none.py",
        "agents",
        "agents/way/secret.py",
        "agents/link.py",
        "agents/binary.py",
        "agents/large.py",
        "agents/lengths.pyc",
        "",
        *(f"{one}x.py" if one.endswith("/") else one for one in GUARDED),
    ],
)
def test_nothing_else_may_be_mended(checkout: Checkout, tmp_path: Path, path: str):
    (tmp_path / "secret.py").write_text("KEY = 1")
    (checkout.root / "agents/way").symlink_to(tmp_path)
    (checkout.root / "agents/link.py").symlink_to(tmp_path / "secret.py")
    (checkout.root / "agents/binary.py").write_bytes(b"\xff\xfe\x00")
    (checkout.root / "agents/large.py").write_bytes(b"#" * (SIZE_MAX_BYTES + 1))
    (checkout.root / "agents/lengths.pyc").write_bytes(b"x")
    for guarded in GUARDED:
        where = checkout.root / (f"{guarded}x.py" if guarded.endswith("/") else guarded)
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text("x = 1")
    assert not checkout.may_mend(path)
    with pytest.raises(PatchRefusedError):
        checkout.read(path)


def test_every_guarded_path_is_one_of_ours():
    root = find_checkout().root
    assert all((root / guarded).exists() for guarded in GUARDED)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_tree_that_cannot_be_written_is_left_alone(checkout: Checkout):
    (checkout.root / "agents").chmod(0o500)
    with pytest.raises(PatchRefusedError, match="cannot be written"):
        checkout.put((CHANGE,))


def test_a_wheel_has_no_tree_and_says_so_in_one_line(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="without its source tree") as told:
        find_checkout(tmp_path)
    assert "\n" not in str(told.value)
