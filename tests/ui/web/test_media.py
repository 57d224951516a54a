"""Songs, pictures and releases as they are handed out, and everything that is not."""

import hashlib
import io
import os
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from storage import releases
from storage.types import Asset, Release
from tests.ui.conftest import behind
from tests.ui.web.conftest import LOGINS, Site

SOUND = bytes(range(256)) * 40


class Shelf(NamedTuple):
    mp3: str
    plan: str
    page: str
    release: str


def stored(home: Path, content: bytes, kind: str, media_type: str) -> Asset:
    sha256 = hashlib.sha256(content).hexdigest()
    file = home / "assets" / sha256[:2] / sha256
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return Asset(sha256=sha256, kind=kind, media_type=media_type, size_bytes=len(content), tool="test")


@pytest.fixture
def shelf(home: Path) -> Shelf:
    """A home with a song, a plan, a page that calls itself a cover, and a release."""
    with behind(home) as stage:
        fence, cycle = stage.song()
        made = (
            stored(home, SOUND, "mp3", "audio/mpeg"),
            stored(home, b"{}", "plan", "application/json"),
            stored(home, b"<script>", "cover", "text/html"),
        )
        stage.begin(fence, cycle)
        stage.finish(fence, cycle, assets=made)
        bag = home / "releases" / "nova-rain" / "slow-rain"
        (bag / "data").mkdir(parents=True)
        (bag / "data" / "song.mp3").write_bytes(SOUND)
        (bag / "data" / "notes ü.html").write_text("<script>alert(1)</script>")
        (bag / "way-out").symlink_to(home / ".env")
        (home / ".env").write_text("")
        (home / "releases" / "secret.txt").write_text("not for you")
        release = Release(
            id="rel_1", title="Slow Rain", directory="nova-rain/slow-rain", manifest_sha256="ef" * 32
        )
        stage.write(
            releases.record_release,
            fence=fence,
            cycle_id=cycle.id,
            release=release,
            release_date="2026-01-01",
        )
    return Shelf(*(each.sha256 for each in made), release="rel_1")


@pytest.fixture
def browser(shelf: Shelf, site: Callable[..., Site]) -> Iterator[httpx.Client]:
    with site().client() as client:
        yield client


def test_a_song_by_its_address(browser: httpx.Client, shelf: Shelf):
    whole = browser.get(f"/media/{shelf.mp3}")
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, SOUND, "audio/mpeg")
    assert "immutable" in whole.headers["cache-control"]
    assert browser.head(f"/media/{shelf.mp3}").headers["content-length"] == str(len(SOUND))
    again = browser.get(f"/media/{shelf.mp3}", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("wanted", "status", "first", "last"),
    [
        ("bytes=0-99", 206, 0, 99),
        ("bytes=1000-", 206, 1000, len(SOUND) - 1),
        ("bytes=-10", 206, len(SOUND) - 10, len(SOUND) - 1),
        (f"bytes={len(SOUND)}-", 416, None, None),
    ],
)
def test_players_can_seek(browser: httpx.Client, shelf: Shelf, wanted: str, status: int, first, last):
    for path in (f"/media/{shelf.mp3}", f"/media/releases/{shelf.release}/data/song.mp3"):
        part = browser.get(path, headers={"Range": wanted})
        assert part.status_code == status
        if first is not None:
            assert part.content == SOUND[first : last + 1]
            assert part.headers["content-range"] == f"bytes {first}-{last}/{len(SOUND)}"


def test_only_what_is_seen_and_heard_is_served(browser: httpx.Client, shelf: Shelf, home: Path):
    for name in (
        shelf.plan,
        shelf.page,
        "ab" * 32,
        shelf.mp3.upper(),
        shelf.mp3[:-1],
        shelf.mp3 + "0",
        "..%2f..%2f.env",
        "%2e%2e/.env",
        "../.env",
        "labelmate.db",
        f"{shelf.mp3[:2]}/{shelf.mp3}",
    ):
        answer = browser.get(f"/media/{name}")
        assert answer.status_code == 404, name
    (home / "assets" / shelf.mp3[:2] / shelf.mp3).unlink()
    assert "were deleted" in browser.get(f"/media/{shelf.mp3}").json()["message"]


def test_a_file_of_a_release(browser: httpx.Client, shelf: Shelf):
    at = f"/media/releases/{shelf.release}"
    assert browser.get(f"{at}/data/song.mp3").content == SOUND
    page = browser.get(f"{at}/data/notes%20%C3%BC.html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    account = browser.get(f"/api/v1/releases/{shelf.release}").json()
    assert {each["path"] for each in account["files"]} == {"data/song.mp3", "data/notes ü.html"}
    assert all(browser.get(each["url"]).status_code == 200 for each in account["files"])
    assert account["zip_url"] == f"{at}.zip"
    listed = browser.get("/api/v1/releases", params={"artist": "nova-rain"}).json()["releases"]
    assert [row["id"] for row in listed] == [shelf.release]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "..%2f..%2fsecret.txt",
        "..%2f..%2f..%2f.env",
        "data/..%2f..%2f..%2fsecret.txt",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        "..%5c..%5csecret.txt",
        "%00",
        "way-out",
        "data",
        "",
        "x" * 5000,
    ],
)
def test_nothing_outside_a_release_is_reached(browser: httpx.Client, shelf: Shelf, name: str):
    assert browser.get(f"/media/releases/{shelf.release}/{name}").status_code == 404


def test_other_releases_do_not_exist(browser: httpx.Client):
    assert browser.get("/media/releases/rel_2/data/song.mp3").status_code == 404
    assert browser.get("/media/releases/rel_2.zip").status_code == 404
    assert browser.get("/media/releases/../../.env").status_code == 404


def test_a_release_in_one_zip(browser: httpx.Client, shelf: Shelf):
    answer = browser.get(f"/media/releases/{shelf.release}.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["slow-rain/data/notes ü.html", "slow-rain/data/song.mp3"]
        assert archive.read("slow-rain/data/song.mp3") == SOUND


@pytest.mark.slow
def test_a_zip_is_never_whole_in_memory(home: Path, shelf: Shelf, site: Callable[..., Site]):
    size = 64 << 20
    with (home / "releases/nova-rain/slow-rain/data/film.mp4").open("wb") as film:
        for _ in range(size >> 20):
            film.write(os.urandom(1 << 20))
    with site().client() as client:
        tracemalloc.start()
        try:
            with client.stream("GET", f"/media/releases/{shelf.release}.zip") as answer:
                taken = sum(len(piece) for piece in answer.iter_raw())
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert taken > size
    assert peak < size / 4


def test_media_are_for_those_who_signed_in(shelf: Shelf, site: Callable[..., Site]):
    served = site(console_logins=LOGINS)
    with served.client() as stranger:
        for path in (f"/media/{shelf.mp3}", f"/media/releases/{shelf.release}.zip"):
            assert stranger.get(path).status_code == 401
    with served.signed_in("bob", "the second one") as bob:
        assert bob.get(f"/media/{shelf.mp3}").content == SOUND
