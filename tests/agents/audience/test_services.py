"""Numbers as YouTube and ListenBrainz tell them, and what goes wrong there as one clear line."""

import json
from dataclasses import replace

import pytest
from pydantic import SecretStr

from agents.audience.addresses import read_address
from agents.audience.listenbrainz import ListenBrainz
from agents.audience.protocol import AudienceSource, audience_sources
from agents.audience.youtube import YouTube
from configs.settings import Settings
from storage.errors import ProviderError, ProviderRefusedError, ProviderUnavailableError
from tests.agents.audience.services import (
    GONE,
    HIDDEN,
    KEY,
    QUOTA,
    RECORDING,
    TOKEN,
    UNHEARD,
    VIDEO,
    open_services,
)

HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def services():
    with open_services() as there:
        yield there
    assert there.refused == []


def youtube(url: str, key: str = KEY) -> YouTube:
    return YouTube(SecretStr(key), url)


def listenbrainz(url: str, token: str = TOKEN) -> ListenBrainz:
    return ListenBrainz(SecretStr(token), url)


async def test_a_video_has_views_and_what_its_channel_shows(services):
    told = await youtube(services.url).read((VIDEO, HIDDEN, GONE))
    assert told == {
        VIDEO: {"views": 1000, "likes": 40, "comments": 3},
        HIDDEN: {"views": 1000, "comments": 3},
    }
    assert KEY not in services.asked[0][0], "servers log addresses"


async def test_a_recording_that_nobody_played_has_no_listener(services):
    told = await listenbrainz(services.url).read((RECORDING, UNHEARD))
    assert told == {RECORDING: {"listens": 1200, "listeners": 70}, UNHEARD: {"listens": 0, "listeners": 0}}


async def failed(source: AudienceSource, ref: str) -> ProviderError:
    with pytest.raises(ProviderError) as error:
        await source.read((ref,))
    assert len(str(error.value).splitlines()) == 1
    assert "of-tests" not in str(error.value)
    return error.value


async def test_a_wrong_key_is_named_by_its_setting(services):
    told = await failed(youtube(services.url, "wrong-of-tests"), VIDEO)
    assert isinstance(told, ProviderRefusedError)
    assert "check YOUTUBE_API_KEY" in str(told)
    told = await failed(listenbrainz(services.url, "wrong-of-tests"), RECORDING)
    assert isinstance(told, ProviderRefusedError)
    assert "check LISTENBRAINZ_TOKEN" in str(told)


async def test_a_spent_quota_comes_back_by_itself(services):
    services.instead = (403, json.dumps(QUOTA).encode(), JSON)
    told = await failed(youtube(services.url), VIDEO)
    assert isinstance(told, ProviderUnavailableError)
    assert "quota for this key is used up" in str(told)
    assert told.fields["retry_after_s"] == 6 * 3600
    services.instead = (403, b'{"error": {"errors": [{"reason": "forbidden"}]}}', JSON)
    assert isinstance(await failed(youtube(services.url), VIDEO), ProviderRefusedError)


@pytest.mark.parametrize(("connect", "ref"), [(youtube, VIDEO), (listenbrainz, RECORDING)])
@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (200, b"<html>maintenance", HTML, "answers with a web page"),
        (503, b"<html>busy", HTML, "answers 503: a web page"),
        (429, b"{}", JSON, "answers 429"),
        (200, b'{"items": 3}', JSON, "without a list"),
        (200, b"not json", JSON, "what is no JSON"),
        (200, b'["' + b"x" * 5_000_000 + b'"]', JSON, "more than"),
    ],
)
async def test_what_makes_no_sense_is_one_line(services, connect, ref, status, body, headers, said):
    services.instead = (status, body, headers)
    assert said in str(await failed(connect(services.url), ref))


@pytest.mark.parametrize("lie", ['"many"', "-4", "1e999", "true", "[]", "null"])
async def test_what_is_no_count_is_left_out(services, lie: str):
    told = f'{{"items": [{{"id": "{VIDEO}", "statistics": {{"viewCount": {lie}, "likeCount": "7"}}}}, {{"id": "other"}}, 3]}}'
    services.instead = (200, told.encode(), JSON)
    assert await youtube(services.url).read((VIDEO,)) == {VIDEO: {"likes": 7}}


async def test_who_does_not_answer_is_given_up(services):
    services.instead, services.wait_s = (200, b"{}", JSON), 0.6
    source = youtube(services.url)
    source._api = replace(source._api, timeout_s=0.1)
    assert "did not answer" in str(await failed(source, VIDEO))


def test_nobody_is_asked_without_a_key(home):
    assert audience_sources(Settings.load(home)) == ()
    both = Settings.load(home, youtube_api_key=KEY, listenbrainz_token=TOKEN)
    assert [source.name for source in audience_sources(both)] == ["youtube", "listenbrainz"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"https://www.youtube.com/watch?v={VIDEO}&t=3", ("youtube", VIDEO)),
        (f"https://music.youtube.com/watch?v={VIDEO}", ("youtube", VIDEO)),
        (f"https://youtu.be/{VIDEO}?si=x", ("youtube", VIDEO)),
        (f"https://m.youtube.com/shorts/{VIDEO}/", ("youtube", VIDEO)),
        (f"https://musicbrainz.org/recording/{RECORDING.upper()}", ("listenbrainz", RECORDING)),
        (f"https://listenbrainz.org/track/{RECORDING}/", ("listenbrainz", RECORDING)),
        ("https://www.youtube.com/@somebody", None),
        ("https://www.youtube.com/watch?v=short", None),
        (f"https://youtube.com.evil.example/watch?v={VIDEO}", None),
        (f"https://musicbrainz.org/artist/{RECORDING}", None),
        (f"javascript://youtube.com/watch?v={VIDEO}", None),
        ("https://[half", None),
        ("", None),
    ],
)
def test_an_address_tells_service_and_song(url: str, found: tuple[str, str] | None):
    told = read_address(url)
    assert (None if told is None else (told.source, told.ref)) == found
