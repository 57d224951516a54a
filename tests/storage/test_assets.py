"""Files by content: whole or not at all, checked on the way out, never outside their folder."""

import hashlib
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path
from uuid import uuid4

import pytest

from storage.assets import AssetStore, hash_file
from storage.errors import (
    AssetCorruptError,
    ConfigurationError,
    DiskFullError,
    NotFoundError,
    StorageError,
    UsageError,
)

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture(params=["folder", "file", "memory"])
def assets(request: pytest.FixtureRequest, tmp_path: Path) -> AssetStore:
    root = {
        "folder": str(tmp_path / "assets"),
        "file": f"file://{tmp_path}/assets",
        "memory": f"memory://{uuid4().hex}/assets",
    }[request.param]
    return AssetStore(root, cache=tmp_path / "cache")


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.wav"
    path.write_bytes(b"hello")
    return path


def put(assets: AssetStore, path: Path):
    return assets.put(
        path, kind="wav", media_type="audio/wav", tool="test/1", seed=7, facts={"duration_s": 1.5}
    )


def test_what_is_put_is_fetched_and_known_by_its_content(assets: AssetStore, hello: Path):
    asset = put(assets, hello)
    assert (asset.sha256, asset.size_bytes, asset.seed, asset.facts) == (HELLO, 5, 7, {"duration_s": 1.5})
    assert asset.clearance == "needs_person", "nothing is cleared by default"
    assert assets.exists(HELLO)
    assert assets.fetch(HELLO).read_bytes() == b"hello"
    assert hello.read_bytes() == b"hello", "the source stays"
    assert put(assets, hello) == asset
    assets.verify(HELLO)


def test_a_fetched_copy_is_the_callers_own(assets: AssetStore, hello: Path, tmp_path: Path):
    put(assets, hello)
    copy = assets.fetch(HELLO, tmp_path / "new" / "copy.wav")
    copy.write_bytes(b"changed")
    assert assets.fetch(HELLO).read_bytes() == b"hello"


def test_what_is_deleted_is_gone_and_says_so(assets: AssetStore, hello: Path, tmp_path: Path):
    put(assets, hello)
    assets.delete(HELLO)
    assets.delete(HELLO)
    assert not assets.exists(HELLO)
    with pytest.raises(NotFoundError, match="deleted or never stored"):
        assets.fetch(HELLO, tmp_path / "copy")
    with pytest.raises(NotFoundError):
        assets.fetch(HELLO)


@pytest.mark.parametrize(
    "address", ["../../etc/passwd", "", "a" * 63, "A" * 64, f"{'a' * 63}/", "a" * 64 + "\n"]
)
def test_no_address_leads_out_of_the_folder(assets: AssetStore, address: str, tmp_path: Path):
    for use in (assets.fetch, assets.exists, assets.delete, lambda it: assets.fetch(it, tmp_path / "copy")):
        with pytest.raises(UsageError, match="no address"):
            use(address)


def test_a_local_file_lies_where_design_says(tmp_path: Path, hello: Path):
    assets = AssetStore(str(tmp_path / "assets"))
    put(assets, hello)
    assert (tmp_path / "assets" / HELLO[:2] / HELLO).read_bytes() == b"hello"
    assert list((tmp_path / "assets" / ".part").iterdir()) == []


def test_damage_is_found(tmp_path: Path, hello: Path):
    assets = AssetStore(str(tmp_path / "assets"))
    put(assets, hello)
    (tmp_path / "assets" / HELLO[:2] / HELLO).write_bytes(b"hellO")
    with pytest.raises(AssetCorruptError, match="damaged"):
        assets.verify(HELLO)
    with pytest.raises(AssetCorruptError):
        assets.fetch(HELLO, tmp_path / "copy")
    assert [path.name for path in tmp_path.glob("copy*")] == [], "nothing half-copied stays"


def test_damage_in_an_object_store_and_in_the_cache_is_found(tmp_path: Path, hello: Path):
    import fsspec

    assets = AssetStore(f"memory://{uuid4().hex}", cache=tmp_path / "cache")
    put(assets, hello)
    assets.fetch(HELLO).write_bytes(b"broken cache")
    assert assets.fetch(HELLO).read_bytes() == b"hello", "a bad cache is fetched anew"
    fs, base = fsspec.url_to_fs(assets.root)
    fs.pipe_file(f"{base}/{HELLO[:2]}/{HELLO}", b"hellO")
    with pytest.raises(AssetCorruptError):
        assets.verify(HELLO)


def test_the_cache_of_an_object_store_is_private(
    tmp_path: Path, hello: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assets = AssetStore(f"memory://{uuid4().hex}")
    put(assets, hello)
    folder = assets.fetch(HELLO).parent
    assert folder == tmp_path / f"labelmate-assets-{os.getuid()}"
    assert folder.stat().st_mode & 0o077 == 0
    os.chown(folder, 12345, 12345)
    with pytest.raises(ConfigurationError, match="another user"):
        AssetStore(assets.root).fetch(HELLO)


def test_making_waits_below_the_floor(assets: AssetStore):
    free_mb = assets.free_mb()
    assert free_mb > 0
    assets.require_space(0)
    with pytest.raises(DiskFullError, match="DISK_FLOOR_MB is") as failure:
        assets.require_space(free_mb * 10)
    assert failure.value.transient


@pytest.mark.parametrize("url", ["nosuch://bucket/x", "s3nope://"])
def test_an_unknown_kind_of_store_is_a_wrong_setting(url: str, hello: Path):
    with pytest.raises(ConfigurationError, match="ASSETS_URL"):
        put(AssetStore(url), hello)


def test_a_source_that_is_missing_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(StorageError, match="No such file"):
        put(AssetStore(str(tmp_path / "assets")), tmp_path / "nothing.wav")


FULL = """
import resource, signal, sys
from pathlib import Path
from storage.assets import AssetStore
from storage.errors import DiskFullError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    AssetStore(sys.argv[1]).put(Path(sys.argv[2]), kind="wav", media_type="audio/wav", tool="t")
except DiskFullError as error:
    print(error)
"""


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path):
    big = tmp_path / "big.wav"
    big.write_bytes(b"x" * 200_000)
    root = tmp_path / "assets"
    told = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(root), str(big)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("No room to keep big.wav (wav)")
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_what_a_killed_writer_left_is_swept_and_a_running_ones_is_not(tmp_path: Path, hello: Path):
    assets = AssetStore(str(tmp_path / "assets"))
    put(assets, hello)
    stale, running = (tmp_path / "assets" / ".part" / name for name in ("stale", "running"))
    for part in (stale, running):
        part.write_bytes(b"half")
    os.utime(stale, (1, 1))
    assert assets.discard_parts() == 1
    assert (stale.exists(), running.exists(), assets.exists(HELLO)) == (False, True, True)


def test_hashes_are_streamed(tmp_path: Path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    zeros = "3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351"  # pragma: allowlist secret
    assert hash_file(path) == zeros  # pragma: allowlist secret
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32_000, (
        "in KiB: never the whole file"
    )
