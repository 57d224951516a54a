"""Releases: put out by a person, or taken back."""

from datetime import date

from runtime.desk.actor import Seat
from storage import releases
from storage.releases import ReleaseRow, ReleaseState


class Releases(Seat):
    """What the public hears of is the owner's to say."""

    async def mark_published(
        self, release: ReleaseRow, urls: dict[str, str], *, on: date | None = None
    ) -> ReleaseRow:
        """Keep that a person has put a release out, where by target, and on which day in UTC if that is not now.

        Addresses are added to those on record; an empty one takes its target away.

        Raises ConflictError while it waits, UsageError for a day on which it cannot have come out, or a target to
        take away that is not on record.
        """
        self.require_owner("publish")
        return await self._move(release, ReleaseState.PUBLISHED, urls, on)

    async def withdraw(self, release: ReleaseRow) -> ReleaseRow:
        """Keep that a person has taken a release back, for good. Raises ConflictError where it was before."""
        self.require_owner("withdraw releases")
        return await self._move(release, ReleaseState.WITHDRAWN)

    async def _move(
        self,
        release: ReleaseRow,
        after: ReleaseState,
        urls: dict[str, str] | None = None,
        on: date | None = None,
    ) -> ReleaseRow:
        """From the state in which it was shown, or not at all."""
        return await self._store.write(
            releases.set_release_state,
            release_id=release.id,
            before=release.state,
            after=after,
            who=self.actor.alias,
            urls=urls,
            on=on,
        )
