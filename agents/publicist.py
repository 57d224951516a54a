"""The publicist: what an artist makes and posts on which day, as a calendar that people may change.

Which day holds what follows from the artist and the day alone, so a plan can be drawn in any pieces and drawn
again: the same days come out. Nothing here posts anything.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from configs.genres import load_genres
from configs.posts import Platform, load_posts
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import Persona, PieceKind, PlannedPiece

WEEK = 7


def draw(persona: Persona, *, first: date, last: date) -> tuple[PlannedPiece, ...]:
    """The pieces of the days from `first` to `last`, both included, in order.

    Raises:
        UsageError: the persona names a platform that configs/posts.yaml does not have.
    """
    require_platforms(persona.platforms)
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return tuple(piece for day in days for piece in _of_day(persona, day))


def require_platforms(names: tuple[str, ...]) -> None:
    """Raise UsageError for a platform that nobody knows."""
    known = load_posts().platforms
    for name in names:
        if name not in known:
            raise UsageError(f"no platform {name[:40]!r}: choose of {', '.join(known)}")


def _of_day(persona: Persona, day: date) -> Iterator[PlannedPiece]:
    since_song = (day.toordinal() + persona.signature_seed) % persona.cadence.days_per_song
    if since_song == 0:
        yield PlannedPiece(day=day, kind=PieceKind.SONG)
    if not persona.platforms:
        return
    sentences, wanted = load_posts(), persona.cadence
    gap = wanted.days_per_song / (wanted.teasers_per_song + 1)
    if since_song in {round(gap * (count + 1)) for count in range(wanted.teasers_per_song)}:
        yield _post(persona, day, PieceKind.TEASER, sentences.teasers)
    week = day.toordinal() // WEEK
    posting = random.Random(sub_seed(persona.signature_seed, "posts", week))
    if day.toordinal() % WEEK in posting.sample(range(WEEK), wanted.posts_per_week):
        yield _post(persona, day, PieceKind.POST, sentences.posts)


def _post(persona: Persona, day: date, kind: PieceKind, sentences: tuple[str, ...]) -> PlannedPiece:
    """Platform and call to action take turns from day to day; the sentence is the day's own."""
    turn = day.toordinal() + persona.signature_seed + (kind is PieceKind.POST)
    platform = persona.platforms[turn % len(persona.platforms)]
    calls = persona.calls_to_action
    call = calls[turn % len(calls)] if calls else ""
    stream = random.Random(sub_seed(persona.signature_seed, "plan", day.isoformat(), kind))
    genre = load_genres().get(persona.genre)
    words = stream.choice(sentences).format_map(
        {
            "name": persona.name,
            "genre": (genre.title if genre else persona.genre).lower(),
            "theme": stream.choice(persona.themes or ("the night",)),
            "mood": stream.choice(persona.moods or ("quiet",)),
            "title": "{title}",
        }
    )
    text = _disclosed(words[:1].upper() + words[1:], load_posts().platforms[platform])
    return PlannedPiece(day=day, kind=kind, platform=platform, text=text, call_to_action=call)


def _disclosed(words: str, platform: Platform) -> str:
    """The words, and what the artist is: in full where there is room."""
    posts, title_chars = load_posts(), 40
    for ending in (posts.disclosure, posts.short_disclosure):
        if len(words) + len(ending) + 1 + title_chars <= platform.chars_max:
            return f"{words} {ending}"
    kept = words[: platform.chars_max - len(posts.short_disclosure) - 2 - title_chars].rstrip()
    return f"{kept}… {posts.short_disclosure}"
