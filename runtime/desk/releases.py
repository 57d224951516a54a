"""Releases: put out by a person, or taken back."""

from runtime.desk.actor import Seat
from storage import releases
from storage.releases import ReleaseRow, ReleaseState


class Releases(Seat):
    """What the public hears of is the owner's to say."""

    async def mark_published(self, release: ReleaseRow, urls: dict[str, str]) -> ReleaseRow:
        """Keep that a person has put a release out, and where by target. Raises ConflictError while it waits."""
        self.require_owner("publish")
        return await self._move(release, ReleaseState.PUBLISHED, urls)

    async def withdraw(self, release: ReleaseRow) -> ReleaseRow:
        """Keep that a person has taken a release back, for good. Raises ConflictError where it was before."""
        self.require_owner("withdraw releases")
        return await self._move(release, ReleaseState.WITHDRAWN)

    async def _move(
        self, release: ReleaseRow, after: ReleaseState, urls: dict[str, str] | None = None
    ) -> ReleaseRow:
        """From the state in which it was shown, or not at all."""
        return await self._store.write(
            releases.set_release_state,
            release_id=release.id,
            before=release.state,
            after=after,
            who=self.actor.alias,
            urls=urls,
        )
