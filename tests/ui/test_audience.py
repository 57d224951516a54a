"""Listeners on the command line: links that lead somewhere, and nobody asked without a key."""

import pytest

from tests.ui.conftest import Call

pytestmark = pytest.mark.usefixtures("made_home")


def test_nobody_is_asked_without_a_key_and_a_wrong_address_is_one_line(
    call: Call, monkeypatch: pytest.MonkeyPatch
):
    assert "YOUTUBE_API_KEY or LISTENBRAINZ_TOKEN" in call("audience", "fetch").out
    assert call("audience", "fetch", "--json").data == {"fetched": []}
    told = call("audience", "link", "latest", "https://example.com/watch?v=dQw4w9WgXcQ")
    assert (told.code, "leads to no song" in told.line) == (2, True)
    monkeypatch.setenv("YOUTUBE_API_KEY", "a-key-of-tests")
    (one,) = call("audience", "fetch", "--json").data["fetched"]
    assert (one["source"], one["why_not"].startswith("no song is linked")) == ("youtube", True)
