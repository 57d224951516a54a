"""The plan of a recording that was brought: as measured, under words that any plan may have."""

import pytest

from agents.importer import brief_of
from storage.errors import UsageError
from storage.types import Brought, SongRequest
from tests.agents.llm.songs import ARTIST


def request_with(**words: str) -> SongRequest:
    brought = Brought(sha256="ab", media_type="audio/flac", licence="mine", ai_role="human")
    return SongRequest.model_validate(
        {"seed": 1, "seconds": 8.0, "tempo_bpm": 120.0, "key": "C", "mode": "minor", "recording": brought}
        | words
    )


def test_a_recording_is_planned_as_it_was_measured():
    brief = brief_of(ARTIST, request_with(title="Home  Again"))
    assert (brief.title, brief.tempo_bpm, brief.key, brief.mode) == ("Home Again", 120, "C", "minor")
    assert brief.duration_s == pytest.approx(8)


@pytest.mark.parametrize("words", [{"title": "x" * 61}, {"theme": "x" * 121}, {"mood": "x" * 41}])
def test_its_words_keep_to_the_limits_of_every_song(words: dict[str, str]):
    with pytest.raises(UsageError, match="give at most"):
        brief_of(ARTIST, request_with(**words))
