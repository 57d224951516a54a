"""What is sent back gets a new revision; everything else keeps the one under which its result is kept."""

import pytest

from runtime.revisions import Revisions
from storage.types import Redo

STEPS = ("plan", "words", "recording", "pictures")


@pytest.mark.parametrize(
    ("part", "moved"),
    [
        (Redo.TITLE, {"pictures"}),
        (Redo.LYRICS, {"words", "pictures"}),
        (Redo.COVER, {"pictures"}),
        (Redo.VIDEO, {"pictures"}),
        (Redo.SONG, set(STEPS)),
    ],
)
def test_only_what_was_sent_back_moves(part: Redo, moved: set[str]):
    before = Revisions().again(Redo.COVER)
    after = before.again(part)
    assert after.newest == 2
    assert {name for name in STEPS if getattr(after, name) != getattr(before, name)} == moved
    assert all(getattr(after, name) == 2 for name in moved)
    assert after.titles == ((2,) if part is Redo.TITLE else ())


def test_music_moves_with_the_whole_song_alone():
    at = Revisions()
    for part in (Redo.TITLE, Redo.LYRICS, Redo.COVER, Redo.VIDEO, Redo.TITLE):
        at = at.again(part)
    assert (at.plan, at.recording, at.newest, at.titles) == (0, 0, 5, (1, 5))
    assert (at.cover_look, at.video_look) == (1, 1)
    anew = at.again(Redo.SONG)
    assert (anew.plan, anew.recording, anew.titles, anew.cover_look, anew.video_look) == (6, 6, (), 0, 0)


def test_pictures_hold_words_so_words_repaint_what_shows_them():
    painted = {part: (at.paints_cover, at.films_preview) for part in Redo for at in [Revisions().again(part)]}
    assert painted == {
        Redo.TITLE: (True, True),
        Redo.LYRICS: (False, True),
        Redo.COVER: (True, False),
        Redo.VIDEO: (False, True),
        Redo.SONG: (True, True),
    }
