"""The publicist: a calendar that follows from artist and day alone."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from agents.publicist import draw
from configs.posts import load_posts
from storage.errors import UsageError
from storage.types import Cadence, PieceKind
from tests.storage.stage import persona

FIRST = date(2026, 3, 2)
LAST = FIRST + timedelta(days=83)


def drawn(seed: int = 5, **changes):
    who = persona("Nova Rain").model_copy(update={"signature_seed": seed, **changes})
    return draw(who, first=FIRST, last=LAST)


def of_kind(pieces, kind: PieceKind):
    return [piece for piece in pieces if piece.kind is kind]


def test_the_cadence_is_kept():
    pieces = drawn(cadence=Cadence(days_per_song=7, teasers_per_song=2, posts_per_week=3))
    songs = of_kind(pieces, PieceKind.SONG)
    assert len(songs) == 12
    assert {(after.day - before.day).days for before, after in pairwise(songs)} == {7}
    assert len(of_kind(pieces, PieceKind.TEASER)) == 24
    assert len(of_kind(pieces, PieceKind.POST)) == 36
    assert not [piece for piece in songs if piece.platform]


def test_whatever_is_drawn_in_pieces_is_the_same_plan():
    who = persona("Nova Rain")
    halves = draw(who, first=FIRST, last=FIRST + timedelta(days=40)) + draw(
        who, first=FIRST + timedelta(days=41), last=LAST
    )
    assert halves == draw(who, first=FIRST, last=LAST)


def test_artists_do_not_all_sing_on_one_day():
    assert len({of_kind(drawn(seed), PieceKind.SONG)[0].day for seed in range(30)}) == 7


def test_every_post_fits_its_platform_and_says_what_the_artist_is():
    posts = load_posts()
    for seed in range(6):
        for piece in drawn(seed, platforms=tuple(posts.platforms), themes=("the very last tram " * 4,)):
            if piece.kind is not PieceKind.SONG:
                told = piece.text.replace("{title}", "A Title of Forty Characters, No Less Here")
                assert len(told) <= posts.platforms[piece.platform].chars_max + 1
                assert posts.disclosure in piece.text or posts.short_disclosure in piece.text


def test_platforms_take_turns_and_an_unknown_one_is_refused():
    assert {piece.platform for piece in drawn(platforms=("x", "threads"))} == {"", "x", "threads"}
    with pytest.raises(UsageError, match="no platform 'myspace'"):
        drawn(platforms=("myspace",))


def test_without_a_platform_only_songs_are_planned():
    assert {piece.kind for piece in drawn(platforms=())} == {PieceKind.SONG}
