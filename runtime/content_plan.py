"""Following the content plan: calendars are drawn some weeks ahead, and songs begin on their day.

The publicist draws (agents/publicist.py), rows are the truth (storage/content_plan.py). Nothing here posts.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from agents.publicist import draw
from configs.settings import Settings
from storage import content_plan
from storage.content_plan import BegunSong
from storage.cycles import Reviewing
from storage.store import StoreClient
from storage.types import Artist

PAGE = 50
SONGS_AT_ONCE = 20


async def follow_plans(store: StoreClient, settings: Settings, now: datetime) -> list[BegunSong]:
    """Draw what is missing of the calendars, then begin the songs whose day has come.

    With `PLAN_AHEAD_DAYS` 0 nothing is drawn and nothing is begun.
    """
    if not settings.plan_ahead_days:
        return []
    today = day_of(settings, now)
    await _draw_ahead(store, settings, today)
    return await store.write(
        content_plan.begin_due_songs,
        today=today,
        reviewing=Reviewing(
            per_artist_max=settings.undecided_per_artist_max,
            per_label_max=settings.undecided_per_label_max,
        ),
        formats=settings.video_aspects,
        limit=SONGS_AT_ONCE,
    )


async def redraw(store: StoreClient, settings: Settings, artist: Artist, now: datetime) -> int:
    """Draw an artist's coming days anew, after its cadence or platforms changed; what people wrote stays."""
    today = day_of(settings, now)
    await store.write(content_plan.forget_drawn, artist_id=artist.id, after=today)
    last = today + timedelta(days=settings.plan_ahead_days)
    pieces = draw(artist.persona, first=today + timedelta(days=1), last=last)
    return await store.write(content_plan.extend_plan, artist_id=artist.id, pieces=pieces, until=last)


def day_of(settings: Settings, now: datetime) -> date:
    """The label's day at a moment."""
    return now.astimezone(ZoneInfo(settings.label_timezone)).date()


async def _draw_ahead(store: StoreClient, settings: Settings, today: date) -> None:
    """Draw once a quarter of the time ahead has passed, so that most looks find nothing to do."""
    last = today + timedelta(days=settings.plan_ahead_days)
    before = last - timedelta(days=settings.plan_ahead_days // 4)
    while page := await store.read(content_plan.artists_to_plan, before=before, limit=PAGE):
        for artist in page:
            pieces = draw(artist.persona, first=_first_day(settings, artist, today), last=last)
            await store.write(content_plan.extend_plan, artist_id=artist.id, pieces=pieces, until=last)


def _first_day(settings: Settings, artist: Artist, today: date) -> date:
    """Where drawing goes on. Whoever has just made a song makes the next one a whole interval later."""
    if artist.planned_until is not None:
        return max(today, artist.planned_until + timedelta(days=1))
    if artist.last_run_at is None:
        return today
    made = day_of(settings, artist.last_run_at)
    return max(today, made + timedelta(days=artist.persona.cadence.days_per_song))
