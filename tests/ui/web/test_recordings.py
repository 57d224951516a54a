"""Recordings that people bring: by program, and by hand on the console's Inbox."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from runtime.inbox import FILE_BYTES_MAX
from storage import cycles, inbox, queries
from storage.inbox import InboxSheet, InboxStatus
from storage.types import CycleState
from tests.runtime.vendor import song
from tests.ui.console.conftest import CHROMIUM, FLAGS
from tests.ui.web.conftest import TOKEN, Site

pytestmark = pytest.mark.walk
SHEET = InboxSheet(
    title="Kettle Song", style="folk, calm, 92 bpm", lyrics="[Verse]\nthe kettle sings", tempo_bpm=92, key="A minor",
    duration_s=60, vocal="female airy",
)  # fmt: skip
DISK = {"disk_floor_mb": 1}


def waiting(site: Site, name: str = "Nova Rain") -> inbox.InboxRequest:
    """A song that an artist waits for."""
    fence, cycle = site.stage.song(name)
    asked = site.stage.write(inbox.ask, fence=fence, cycle_id=cycle.id, revision=0, sheet=SHEET)
    site.stage.write(
        cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="a song made by hand"
    )  # fmt: skip
    return asked


def test_a_program_uploads_and_delivers_both_takes(site: Callable[..., Site]):
    here = site(api_token=TOKEN, **DISK)
    asked = waiting(here)
    with here.program() as program:
        (listed,) = program.get("/api/v1/inbox").json()["requests"]
        assert (listed["id"], listed["sheet"]["title"]) == (asked.id, "Kettle Song")
        kept = [program.post("/api/v1/recordings", content=song(hz)).json() for hz in (329.6, 440.0)]
        assert [round(each["duration_s"]) for each in kept] == [12, 12]
        assert kept[0]["media_type"] == "audio/wav"
        body = {"recordings": [each["sha256"] for each in kept], "licence": "my Suno plan"}
        done = program.post(f"/api/v1/inbox/{asked.id}/deliver", json=body)
        assert (done.status_code, done.json()["status"]) == (200, "delivered")
        again = program.post(f"/api/v1/inbox/{asked.id}/deliver", json=body)
        assert (again.status_code, "no longer waited for" in again.json()["message"]) == (409, True)
        assert program.get("/api/v1/inbox").json()["requests"] == []
    told = here.stage.read(inbox.find_request, ref=asked.id)
    assert ([each.sha256 for each in told.recordings], told.licence) == (body["recordings"], "my Suno plan")


@pytest.mark.parametrize(
    ("body", "told"), [(b"<html>no</html>" * 90, "cannot be read as audio"), (b"", "cannot be read as audio")]
)
def test_what_is_no_song_is_refused_and_leaves_nothing(
    body: bytes, told: str, site: Callable[..., Site], home: Path
):
    with site(api_token=TOKEN, **DISK).program() as program:
        answer = program.post("/api/v1/recordings", content=body)
    assert (answer.status_code, told in answer.json()["message"]) == (422, True)
    assert list((home / "scratch").iterdir()) == []


def test_a_body_without_end_is_cut_off(site: Callable[..., Site], home: Path):
    def endless():
        piece = bytes(8_000_000)
        for _ in range(FILE_BYTES_MAX // len(piece) + 3):
            yield piece

    with site(api_token=TOKEN, **DISK).program() as program:
        try:
            answer = program.post("/api/v1/recordings", content=endless())
            assert (answer.status_code, "larger than 300 MB" in answer.json()["message"]) == (422, True)
        except httpx.WriteError:  # the server hung up before we were done, as it may
            pass
    assert list((home / "scratch").iterdir()) == []


def test_a_program_imports_a_song(site: Callable[..., Site]):
    here = site(api_token=TOKEN, **DISK)
    artist = here.stage.artist()
    with here.program() as program:
        sha256 = program.post("/api/v1/recordings", content=song()).json()["sha256"]
        body = {
            "artist": artist.slug,
            "recording": sha256,
            "title": "Home",
            "made_by": "human",
            "tempo_bpm": 60,
        }
        made = program.post("/api/v1/recordings/import", json=body)
    assert made.status_code == 201, made.text
    asked = made.json()["request"]
    assert (asked["title"], asked["recording"]["sha256"], asked["recording"]["ai_role"]) == (
        "Home",
        sha256,
        "human",
    )
    assert asked["tempo_bpm"] == pytest.approx(60, abs=0.5)  # the song has 120: the bringer's octave counts


def test_nobody_uploads_without_a_token_or_from_another_page(site: Callable[..., Site]):
    here = site(api_token=TOKEN, console_logins="ann:the first password", **DISK)  # pragma: allowlist secret
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Authorization": "Bearer wrong"}):
        with here.client(origin=False, **headers) as stranger:
            assert stranger.post("/api/v1/recordings", content=song()).status_code in (401, 403)


def test_the_inbox_page_takes_a_song_made_by_hand(site: Callable[..., Site], tmp_path: Path):
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium; `apt-get install chromium` brings it")
    from playwright.sync_api import sync_playwright

    here = site(with_console=True, **DISK)
    asked, other = waiting(here), waiting(here, "Kilo Wren")
    take = tmp_path / "take one.wav"
    take.write_bytes(song())
    page_file = tmp_path / "page.mp3"
    page_file.write_bytes(b"<html>" * 500)
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{here.address}/inbox", wait_until="domcontentloaded")
        page.wait_for_selector("#request h2")
        page.wait_for_selector("#to-make [aria-current]")
        assert page.locator("#to-make li").count() == 2
        assert page.locator("#paste-style textarea").input_value() == SHEET.style
        assert page.locator("#paste-lyrics textarea").input_value() == SHEET.lyrics
        page.wait_for_selector("#lm-head .lm-badge")

        page.locator("#deliver [data-files]").set_input_files(page_file)
        page.locator("#deliver [data-send]").click()
        page.wait_for_function(
            "document.querySelector('#deliver [data-progress]').textContent.includes('cannot be read as audio')"
        )
        page.locator("#deliver [data-files]").set_input_files(take)
        page.locator("#deliver [data-send]").click()
        page.wait_for_selector("#lm-notice :text('is delivered')")
        page.wait_for_function("document.querySelectorAll('#to-make li').length === 1")

        page.get_by_role("tab", name="Bring a song").click()
        page.locator("#bring-artist input").click()
        page.get_by_role("option", name="Kilo Wren").click()
        page.locator("#bring-words textarea").fill("[Chorus]\nla la")
        page.locator("#bring [data-files]").set_input_files(take)
        page.locator("#bring [data-send]").click()
        page.wait_for_selector("#lm-notice :text('take one is brought')")
        browser.close()
    assert complaints == []
    assert here.stage.read(inbox.find_request, ref=asked.id).status is InboxStatus.DELIVERED
    assert here.stage.read(inbox.find_request, ref=other.id).status is InboxStatus.WAITING
    brought = here.stage.read(queries.list_cycles, artist_id=other.artist_id)[0].cycle.request
    assert brought.recording is not None
    assert (brought.title, brought.recording.words, brought.formats) == (
        "take one",
        "[Chorus]\nla la",
        ("16:9", "9:16"),
    )
