"""Guarded downloads: what a vendor's answer may lead to, and how much of it is taken."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest

from agents.vendors.addresses import is_public, origin, public_address
from agents.vendors.download import VIDEO, Limits, download
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError
from tests.agents.visuals.footage.library import OpenLibrary

SMALL = Limits(bytes_max=1000, whole_s=5.0, media_types=("audio/",))
SONG = b"RIFF" + bytes(900)


@dataclass
class Site:
    """A vendor's own server: each path answers with a status, headers and a body."""

    url: str = ""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    keys: list[str | None] = field(default_factory=list)
    drip_s: float = 0.0


class Pages(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        self.site.keys.append(self.headers.get("Authorization"))
        status, headers, body = self.site.pages[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for at in range(0, len(body), 100):
            with suppress(BrokenPipeError, ConnectionResetError):  # it had enough
                self.wfile.write(body[at : at + 100])
            time.sleep(self.site.drip_s)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Pages,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def page(body: bytes = SONG, media_type: str = "audio/wav", status: int = 200, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": media_type, **named}, body


async def test_a_file_of_the_vendors_own_server_arrives_whole(site: Site, tmp_path: Path):
    site.pages["/a.wav"] = page(Content_Length=str(len(SONG)))
    target = tmp_path / "take"
    media_type = await download(
        f"{site.url}/a.wav", target, SMALL, trusted=site.url, headers={"Authorization": "Bearer k"}
    )
    assert (media_type, target.read_bytes(), site.keys) == ("audio/wav", SONG, ["Bearer k"])
    assert names(tmp_path) == ["take"]


@pytest.mark.parametrize(
    ("leads_to", "told"),
    [
        ("http://169.254.169.254/latest/meta-data/", "without TLS"),
        ("https://169.254.169.254/latest/meta-data/", "169.254.169.254, which is no public"),
        ("https://localhost/x", "no public address"),
        ("https://[::1]/x", "no public address"),
        ("https://[::ffff:10.0.0.1]/x", "no public address"),
        ("https://0x7f000001/x", "no public address|no address is known"),
        ("https://10.1.2.3:8443/x", "no public address"),
        ("https://[fec0::1]/x", "no public address"),
        ("https://[::127.0.0.1]/x", "no public address"),
        ("https://[64:ff9b:1::a00:1]/x", "no public address"),
        ("http://[x", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("ftp://example.com/x", "no web address"),
        ("https://user:pass@example.com/x", "no web address"),  # pragma: allowlist secret
        ("https://127.0.0.1:1/x", "no public address"),
    ],
)
async def test_a_redirect_out_of_the_internet_is_refused(
    leads_to: str, told: str, site: Site, tmp_path: Path
):
    site.pages["/a.wav"] = page(b"", status=302, Location=leads_to)
    with pytest.raises(ProviderError, match=told):
        await download(f"{site.url}/a.wav", tmp_path / "take", SMALL, trusted=site.url)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "address", ["https://b\u00fccher.example/\x07x", "https://a b/x", "https://" + "a" * 70_000]
)
async def test_an_address_that_no_request_can_hold_is_refused(address: str, tmp_path: Path):
    with pytest.raises(ProviderError):
        await download(address, tmp_path / "take", SMALL, trusted="http://127.0.0.1:1")


async def test_redirects_within_the_vendor_are_followed_and_end(site: Site, tmp_path: Path):
    site.pages["/a.wav"] = page(b"", status=307, Location="/b.wav")
    site.pages["/b.wav"] = page()
    await download(f"{site.url}/a.wav", tmp_path / "take", SMALL, trusted=site.url)
    assert (tmp_path / "take").read_bytes() == SONG
    site.pages["/b.wav"] = page(b"", status=301, Location="/a.wav")
    with pytest.raises(ProviderRefusedError, match="more than 5 times"):
        await download(f"{site.url}/a.wav", tmp_path / "other", SMALL, trusted=site.url)


async def test_another_server_of_this_machine_is_not_trusted(site: Site, tmp_path: Path):
    site.pages["/a.wav"] = page()
    with pytest.raises(ProviderRefusedError, match="without TLS"):
        await download(f"{site.url}/a.wav", tmp_path / "take", SMALL, trusted="http://127.0.0.1:1")
    with pytest.raises(ProviderRefusedError, match="without TLS"):
        await download(f"{site.url}/a.wav", tmp_path / "take", SMALL)
    assert site.keys == []


@pytest.mark.parametrize(
    ("served", "error", "told"),
    [
        (page(b"<html>", "text/html"), ProviderRefusedError, "'text/html' in place of audio"),
        (page(bytes(2000)), ProviderRefusedError, "more than"),
        (page(SONG, Content_Length="999999"), ProviderRefusedError, "more than"),
        (page(SONG, Content_Length="990"), ProviderUnavailableError, "broke the download off"),
        (page(b""), ProviderError, "empty file"),
        (page(b"", status=404), ProviderUnavailableError, "answers 404"),
        (page(b"", status=503), ProviderUnavailableError, "answers 503"),
        (page(b"", status=410), ProviderRefusedError, "answers 410"),
    ],
    ids=["page", "too large", "says too large", "half", "empty", "not yet", "busy", "gone"],
)
async def test_what_is_no_whole_song_leaves_nothing(
    served: tuple[int, dict[str, str], bytes], error: type[Exception], told: str, site: Site, tmp_path: Path
):
    site.pages["/a.wav"] = served
    with pytest.raises(error, match=told):
        await download(f"{site.url}/a.wav", tmp_path / "take", SMALL, trusted=site.url)
    assert names(tmp_path) == []


async def test_a_file_that_drips_in_is_given_up(site: Site, tmp_path: Path):
    site.pages["/a.wav"] = page()
    site.drip_s = 0.05
    limits = Limits(bytes_max=1000, whole_s=0.2, media_types=("audio/",))
    with pytest.raises(ProviderUnavailableError, match="within 0 s"):
        await download(f"{site.url}/a.wav", tmp_path / "take", limits, trusted=site.url)
    assert names(tmp_path) == []


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet(address: str):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
     "64:ff9b::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1"],
)  # fmt: skip
def test_addresses_of_our_own_network(address: str):
    assert not is_public(ip_address(address))


async def test_a_name_that_means_this_machine_is_no_public_address():
    with pytest.raises(ProviderRefusedError, match="localhost leads to"):
        await public_address("localhost", 443)


def test_an_address_is_read_as_the_client_reads_it():
    assert origin("HTTPS://Example.com/x") == ("https", "example.com", 443)
    assert origin("http://[::1]:8001/x") == ("http", "::1", 8001)
    for wrong in ("", "example.com", "https://", "http://a:b:c/", "https://host:port/"):
        with pytest.raises(ProviderRefusedError, match="no web address"):
            origin(wrong)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_broken_download_goes_on_where_it_was_broken_off(tmp_path: Path):
    film = bytes(range(256)) * 2000
    video = replace(VIDEO, bytes_max=600_000, whole_s=5.0)
    target = tmp_path / "clip.mp4"
    with OpenLibrary() as library:
        library.media["clip.mp4"] = film

        async def fetch(name: str, **how: bool) -> str:
            return await download(f"{library.url}/files/{name}", target, video, trusted=library.url, **how)

        with pytest.raises(ProviderUnavailableError, match="broke the download off"):
            await fetch("cut-clip.mp4", resume=True)
        assert not target.exists()
        came = len((tmp_path / "clip.mp4.part").read_bytes())
        assert 0 < came <= len(film) // 2
        assert await fetch("cut-clip.mp4", resume=True) == "video/mp4"
        assert target.read_bytes() == film
        assert library.fetched == [("cut-clip.mp4", ""), ("cut-clip.mp4", f"bytes={came}-")]
        assert left_in(tmp_path) == ["clip.mp4"]

        # Of another file than before, nothing is mixed in.
        (tmp_path / "clip.mp4.part").write_bytes(b"older")
        (tmp_path / "clip.mp4.part.etag").write_text('"another"')
        await fetch("clip.mp4", resume=True)
        assert target.read_bytes() == film

        # Without being asked to, nothing is kept of half a file, and never of a refused one.
        for name, error, how in (
            ("cut-two-clip.mp4", ProviderUnavailableError, {}),
            ("huge-clip.mp4", ProviderRefusedError, {"resume": True}),
            ("endless-clip.mp4", ProviderRefusedError, {"resume": True}),
            ("page-clip.mp4", ProviderRefusedError, {"resume": True}),
        ):
            target.unlink(missing_ok=True)
            with pytest.raises(error):
                await fetch(name, **how)
            assert left_in(tmp_path) == []
