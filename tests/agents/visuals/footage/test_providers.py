"""Pexels and Pixabay on the wire: what is asked, what is read, what is left out, and whose quota is obeyed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.visuals.footage.protocol import Found, footage_providers
from configs.settings import Settings
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError
from tests.agents.visuals.footage.library import KEY, Clip, Library, OpenLibrary

FRAME = {"is_upright": False, "width": 1280, "height": 720}


@pytest.fixture
def library() -> Iterator[Library]:
    with OpenLibrary() as library:
        library.clips = [Clip(id=7), Clip(id=8, width=720, height=1280, slug="tall-tree")]
        yield library


def providers(home: Path, library: Library, key: str = KEY):
    settings = Settings.load(
        home, pexels_api_key=key, pexels_base_url=library.url, pixabay_api_key=key, pixabay_base_url=library.url
    )  # fmt: skip
    return footage_providers(settings)


def test_no_key_no_footage(home: Path):
    assert footage_providers(Settings.load(home)) == ()


async def test_pexels_is_asked_first_and_then_pixabay(home: Path, library: Library):
    pexels, pixabay = providers(home, library)
    assert (pexels.name, pixabay.name) == ("pexels", "pixabay")
    found = await pexels.search("rain on window slow", **FRAME)
    (offer,) = found.offers
    assert (offer.id, offer.author, offer.duration_s) == ("7", "Ada Lens", 12)
    assert offer.page_url == "https://www.pexels.com/video/waves-on-a-rock-7/"
    assert "waves on a rock" in offer.words
    assert (offer.files[0].width, offer.files[0].height) == (1280, 720)
    assert library.asked[-1]["orientation"] == "landscape"
    found = await pexels.search("rain", is_upright=True, width=720, height=1280)
    assert [offer.id for offer in found.offers] == ["8"]

    found = await pixabay.search("rain " * 40, **FRAME)
    (offer,) = found.offers
    assert (offer.provider, offer.id, offer.words) == ("pixabay", "7", "waves, on, a, rock")
    assert len(offer.files) == 1, "the rendition without address and size is none"
    assert library.asked[-1]["safesearch"] == "true"
    found = await pixabay.search("rain", is_upright=True, width=720, height=1280)
    assert [offer.id for offer in found.offers] == ["8"]
    assert "left" in await pexels.check()
    assert "left this minute" in await pixabay.check()


async def test_what_cannot_be_used_is_no_rendition(home: Path, library: Library):
    file = {"id": 1, "file_type": "video/mp4", "link": f"{library.url}/files/x.mp4"}
    library.clips = [
        Clip(
            id=1,
            extra_files=[
                file | {"quality": "hls", "width": 1280, "height": 720, "link": "https://x/y.m3u8"},
                file | {"quality": None, "width": 1280, "height": 720},
                file | {"quality": "hd", "width": None, "height": None},
                file | {"quality": "hd", "width": -5, "height": "720"},
                file | {"quality": "hd", "width": 1280, "height": 720, "file_type": "application/x-mpegURL"},
                file | {"quality": "hd", "width": 1280, "height": 720, "link": None},
                file | {"quality": "hd", "width": 1280, "height": 720, "link": "file:///etc/passwd"},
                "what",  # type: ignore[list-item]
            ],
        ),
        Clip(id=2, author=""),
        Clip(id=3, seconds=0),
    ]
    pexels, _ = providers(home, library)
    (offer,) = (await pexels.search("rain", **FRAME)).offers
    assert offer.id == "1", "one without an author cannot be credited, one without a length cannot be cut"
    assert [(file.width, file.height) for file in offer.files] == [(1280, 720)]


def test_the_limits_keep_the_quotas_from_the_first_call_on(home: Path, library: Library):
    """A full burst and a steady hour after it were 240 requests, of 200."""
    for provider, calls, span_s in zip(providers(home, library), (200, 100), (3600, 60), strict=True):
        assert provider.limits.burst + provider.limits.calls_per_s * span_s <= calls


async def test_a_quota_that_is_used_up_is_told_with_its_end(home: Path, library: Library):
    pexels, pixabay = providers(home, library)
    library.left = 2
    assert (await pexels.search("a", **FRAME)).pause_s == 0
    last: Found = await pexels.search("b", **FRAME)
    assert 1700 < last.pause_s <= 1800
    # Pexels names no time with its 429: without one, each further song would ask it again.
    for provider, wait_s in ((pexels, 3600), (pixabay, 42)):
        with pytest.raises(ProviderUnavailableError) as refused:
            await provider.search("c", **FRAME)
        assert refused.value.fields["retry_after_s"] == wait_s
    library.left = 1
    assert (await pixabay.search("d", **FRAME)).pause_s == 42


@pytest.mark.parametrize("status", [500, 503, 404])
async def test_failures_are_typed_and_tell_no_key(home: Path, library: Library, status: int):
    library.failing = status
    for provider in providers(home, library):
        with pytest.raises(ProviderError) as failed:
            await provider.search("rain", **FRAME)
        assert failed.value.transient == (status >= 500)
        assert KEY not in str(failed.value)


async def test_no_key_is_logged(home: Path, library: Library, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    for provider in providers(home, library):
        await provider.check()
    assert library.asked
    assert KEY not in caplog.text


async def test_a_wrong_key_says_which_setting(home: Path, library: Library):
    for provider, name in zip(providers(home, library, "some-other-key"), ("PEXELS", "PIXABAY"), strict=True):
        with pytest.raises(ProviderRefusedError, match=f"{name}_API_KEY") as failed:
            await provider.check()
        assert "some-other-key" not in str(failed.value)
