"""The label's hours: when the bot keeps quiet, and when the day's digest is due."""

from datetime import datetime
from zoneinfo import ZoneInfo

from configs.settings import Settings


def is_quiet(now: datetime, settings: Settings) -> bool:
    """Whether previews and alerts wait."""
    if settings.quiet_hours == "none":
        return False
    begin, end = map(int, settings.quiet_hours.split("-"))
    hour = local(now, settings).hour
    return begin <= hour < end if begin <= end else hour >= begin or hour < end


def digest_day(now: datetime, settings: Settings) -> str | None:
    """The day whose digest is due by now."""
    here = local(now, settings)
    return here.date().isoformat() if here.hour >= settings.telegram_digest_hour else None


def clock_face(at: datetime, settings: Settings) -> str:
    """A moment as people of the label read it."""
    return f"{local(at, settings):%d %b %H:%M}"


def local(at: datetime, settings: Settings) -> datetime:
    return at.astimezone(ZoneInfo(settings.label_timezone))
