"""Queries by the song, clips of nobody, the smallest file that is sharp, and what people's verdicts do to the order."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.visuals.footage.choice import Shape, is_harmless, pick, ranked
from agents.visuals.footage.protocol import Found, Offer, OfferedFile
from agents.visuals.footage.queries import queries
from agents.visuals.footage.shelf import KEPT_S, Shelf
from agents.visuals.footage.standing import Showing, Standing
from agents.visuals.identity import COMPOSITION_SUITS, SCENE_SUITS
from configs.footage import load_footage
from configs.genres import load_genres
from storage.types import Brief, SongPlan

SHAPE = Shape(width=1280, height=720, shortest_s=5)
MARKED = {"bike", "bottle", "can", "car", "cassette", "laptop", "phone", "race", "shoes", "sneakers"}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def offer(number: int, *sizes: tuple[int, int], **changes: object) -> Offer:
    files = tuple(OfferedFile(url=f"https://x/{w}", width=w, height=h) for w, h in sizes or [(1280, 720)])
    told = {"provider": "pexels", "id": str(number), "page_url": f"https://www.pexels.com/video/waves-{number}/",
            "author": f"author {number}", "duration_s": 12.0, "files": files}  # fmt: skip
    return Offer.model_validate(told | changes)


def test_every_genre_and_every_mood_of_the_looks_has_its_subjects():
    table = load_footage()
    assert table.genres.keys() == load_genres().keys()
    moods = {word for suits in (*SCENE_SUITS.values(), *COMPOSITION_SUITS.values()) for word in suits}
    assert moods - load_genres().keys() <= table.moods.keys()
    subjects = [each for group in (table.moods, table.genres) for words in group.values() for each in words]
    for words in (*subjects, *table.fallbacks):
        assert table.avoid.isdisjoint(words.split()), f"{words!r} would be thrown away when it is found"
        assert MARKED.isdisjoint(words.split()), f"{words!r} would show its maker's badge"


@pytest.fixture
def brief() -> Brief:
    return Brief(
        seed=1, artist_name="Nova Lux", genre="phonk", title="t", theme="night", mood="dark and restless",
        tempo_bpm=150, key="A", mode="minor", form=(), energy=0.8, density=0.5, brightness=0.5, swing=0,
        hook_density=0.5, signature_seed=1, source="test",
    )  # fmt: skip


def test_queries_follow_mood_genre_tempo_and_energy(brief: Brief, plan: SongPlan):
    table = load_footage()
    asked = queries(brief, plan, 5)
    own = [each for each in asked if each.words not in table.fallbacks]
    subjects = (*table.moods["dark"], *table.moods["restless"], *table.genres["phonk"])
    assert {each.words.rpartition(" ")[0] for each in own} == set(subjects)
    assert {each.words.rpartition(" ")[2] for each in own} == {"intense", "fast", "dynamic"}
    assert tuple(each.words for each in asked[-5:]) == table.fallbacks
    assert queries(brief, plan, 5) == asked != queries(brief, plan, 6)
    slow = queries(brief.model_copy(update={"tempo_bpm": 70, "mood": "unheard of"}), plan, 5)
    assert {each.words.rpartition(" ")[2] for each in slow[:-5]} == {"intense", "slow"}


def test_the_smallest_sharp_rendition_is_taken():
    many = offer(1, (640, 360), (3840, 2160), (1920, 1080), (1280, 720), (960, 540))
    taken = pick(many, SHAPE, is_lively=False)
    assert taken is not None
    assert taken.file.width == 1280
    nearly = pick(offer(2, (640, 360), (960, 540)), SHAPE, is_lively=False)
    assert nearly is not None
    assert nearly.file.width == 960
    assert pick(offer(3, (640, 360)), SHAPE, is_lively=False) is None
    assert pick(offer(4, (720, 1280)), SHAPE, is_lively=False) is None
    assert pick(offer(5, duration_s=4.9), SHAPE, is_lively=False) is None
    assert pick(offer(6).model_copy(update={"files": ()}), SHAPE, is_lively=False) is None


@pytest.mark.parametrize(
    ("changes", "is_kept"),
    [
        ({"words": "a woman walking"}, False),
        ({"words": "Kids, playing"}, False),
        ({"page_url": "https://www.pexels.com/video/man-on-a-bridge-12/"}, False),
        ({"words": "nike logo"}, False),
        ({"words": "romance, mountain, manor"}, True),
        ({"author": "A Woman"}, True),
    ],
)
def test_people_children_and_brands_are_left_alone(changes: dict[str, str], is_kept: bool):
    assert is_harmless(offer(1, **changes)) is is_kept


def picks(count: int):
    return [p for n in range(count) if (p := pick(offer(n), SHAPE, is_lively=False)) is not None]


def shown(number: int, days_ago: float, approved: bool | None) -> Showing:
    return Showing(provider="pexels", clip_id=str(number), author=f"author {number}",
                   at=NOW - timedelta(days=days_ago), approved=approved)  # fmt: skip


def test_each_clip_once_in_an_order_of_the_seed():
    order = [each.offer.id for each in ranked([*picks(6), *picks(6)], Standing(), 3)]
    assert sorted(order) == list("012345")
    assert order != [each.offer.id for each in ranked(picks(6), Standing(), 4)]


def test_approved_clips_come_first_rejected_ones_last_and_both_fade():
    told = [shown(0, 40, False), shown(0, 40, False), shown(5, 40, True), shown(5, 40, True)]
    order = [each.offer.id for each in ranked(picks(6), Standing.of(told, NOW), 3)]
    assert (order[0], order[-1]) == ("5", "0")
    old = Standing.of([shown(5, 400, True)], NOW)
    new = Standing.of([shown(5, 40, True)], NOW)
    assert 0 < old.score("pexels", "5", "author 5") < 0.1 * new.score("pexels", "5", "author 5")


def test_a_clip_shown_today_is_worn_and_a_source_people_like_is_preferred():
    worn = Standing.of([shown(1, 0, None)], NOW)
    assert worn.score("pexels", "1", "author 1") < worn.score("pexels", "2", "author 2") == 0
    liked = Standing.of([shown(n, 30, True) for n in range(20)], NOW)
    assert liked.score("pexels", "99", "nobody") > 0 == liked.score("pixabay", "99", "nobody")


def test_answers_are_kept_for_a_day_and_quotas_until_their_end(tmp_path: Path):
    at = [time.time()]
    shelf = Shelf(tmp_path / "shelf", lambda: at[0])
    found = Found(offers=(offer(1),), pause_s=100)
    assert shelf.recall("pexels", "rain", False) is None
    shelf.keep(found, "pexels", "rain", False)
    assert shelf.recall("pexels", "rain", False) == found
    assert shelf.recall("pexels", "rain", True) is None
    assert shelf.paused_for_s("pexels") == pytest.approx(100, abs=1)
    assert shelf.paused_for_s("pixabay") == 0
    (kept,) = (path for path in shelf.folder.iterdir() if path.suffix == ".found")
    kept.write_text("{torn")
    assert shelf.recall("pexels", "rain", False) is None
    shelf.keep(found.model_copy(update={"pause_s": 0.0}), "pexels", "rain", False)
    place = shelf.download_place(found.offers[0], found.offers[0].files[0])
    place.with_name(place.name + ".part").write_bytes(b"half")
    shelf.remember(found.offers[0], found.offers[0].files[0], "a" * 64)
    at[0] += KEPT_S + 1
    assert shelf.recall("pexels", "rain", False) is None
    assert shelf.paused_for_s("pexels") == 0
    shelf.keep(found, "pixabay", "other")
    assert {path.suffix for path in shelf.folder.iterdir()} == {".pause", ".sha256"}
    assert shelf.stored(found.offers[0], found.offers[0].files[0]) == "a" * 64


@pytest.mark.parametrize(
    "words",
    ["adults", "two actors", "fashion models", "families walking", "couples", "crowds", "teenagers", "an infant", "schoolgirls", "wives",
     "policemen", "a daughter", "nike shoes", "mcdonalds at night", "old iphones", "surfers",
     "silhouettes at dusk", "hands on a wheel", "motorcyclists", "long hair in the wind", "a red mustang"],
)  # fmt: skip
def test_people_children_and_brands_are_known_in_the_plural_too(words: str):
    """Most plurals and many trades and brands once passed."""
    assert not is_harmless(offer(1, words=words))


@pytest.mark.parametrize(
    "words",
    [
        "waves",
        "leaves in glass",
        "bass strings",
        "seasons",
        "fireworks",
        "cities",
        "bird s eye view",
        "headlights",
    ],
)
def test_what_shows_nobody_passes(words: str):
    assert is_harmless(offer(1, words=words))
