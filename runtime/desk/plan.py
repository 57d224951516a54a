"""Artists' content plans: what is on the calendar, and what people put there."""

from agents.publicist import require_platforms
from runtime.content_plan import redraw
from runtime.desk.actor import Seat
from storage import content_plan, timelines
from storage.content_plan import PlanChange, PlanEntry
from storage.errors import UsageError
from storage.types import Artist, PieceKind, PlannedPiece


class Plan(Seat):
    """Everybody plans."""

    async def add(self, artist: Artist, piece: PlannedPiece) -> PlanEntry:
        """Put something on an artist's calendar. Raises ConflictError where the day has one of its kind."""
        _require_platform(piece.kind, piece.platform)
        return await self._store.write(
            content_plan.add_piece, artist_id=artist.id, piece=piece, who=self.actor.alias
        )

    async def change(self, entry_id: str, change: PlanChange) -> PlanEntry:
        """Change an entry of a calendar. Raises ConflictError for a song that was begun, or a day that is taken."""
        entry = await self._store.read(content_plan.entry_by_id, entry_id=entry_id)
        if change.platform is not None:
            _require_platform(entry.kind, change.platform)
        return await self._store.write(
            content_plan.change_entry, entry_id=entry_id, change=change, who=self.actor.alias
        )

    async def redraw(self, artist: Artist) -> int:
        """Draw an artist's coming days anew; what people wrote or changed stays. Returns how many entries are new."""
        now = await self._store.read(timelines.label_now)
        return await redraw(self._store, await self._label.live.now(), artist, now)


def _require_platform(kind: PieceKind, platform: str) -> None:
    if kind is PieceKind.SONG:
        if platform:
            raise UsageError("A song has no platform: its teasers and posts have")
    elif not platform:
        raise UsageError(f"Say which platform the {kind} is for")
    else:
        require_platforms((platform,))
