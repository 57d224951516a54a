"""Songs on their way: asked for, brought in, ended early, or answered for where they go no further."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Literal

from agents import importer
from agents.music.measured import octave_nearest
from agents.planning.wishes import TITLE_MAX, plain_line
from runtime.desk.actor import Seat
from runtime.inbox import keep_recording
from runtime.studio import StudioConfig
from storage import cycles, inbox, lineage, steps
from storage.cycles import Cycle
from storage.errors import NotFoundError, UsageError
from storage.inbox import InboxRequest
from storage.types import ArtistId, Asset, Brought, Clearance, CycleId, Frozen, SongRequest

ParkedAnswer = Literal["paste", "buy_again", "go_on", "cancel"]
"""What can be said of a cycle that goes no further by itself."""
TAKES_MAX = 8
"""Each is mastered, measured and filmed."""


class Bringing(Frozen):
    """What a person says of a recording that they bring."""

    licence: str = "brought by a person: as they have cleared it"
    ai_role: Literal["human", "assisted", "generated"] = "generated"
    """How much of it a model made; the release discloses it."""


class Cycles(Seat):
    """Everybody may ask for a song; buying a second time is the owner's."""

    async def ask_song(self, artist_id: ArtistId, request: SongRequest) -> Cycle:
        """Queue one song."""
        return await self._label.request_song(artist_id, request, who=self.actor.alias)

    async def import_song(
        self, artist_id: ArtistId, path: Path, wanted: SongRequest, brought: Bringing, *, words: str = ""
    ) -> Cycle:
        """Queue a recording that was made elsewhere: mastering, pictures, decision and release follow.

        Raises UsageError for what is no song, before anything is queued.
        """
        importer.require_importable(words)
        asset, facts = await asyncio.to_thread(keep_recording, self._studio(), path)
        await self._require_releasable(asset)
        # A pulse is as true at half and double speed: the bringer's tempo tells which.
        tempo_bpm = octave_nearest(facts.tempo_bpm, wanted.tempo_bpm or facts.tempo_bpm) or 120.0
        request = wanted.model_copy(
            update={
                "title": wanted.title or plain_line(Path(path).stem.replace("_", " "))[:TITLE_MAX] or None,
                "seconds": facts.duration_s,
                "tempo_bpm": min(220.0, max(40.0, tempo_bpm)),
                "key": wanted.key or facts.key or "C",
                "mode": wanted.mode or facts.mode or "minor",
                "recording": Brought(
                    sha256=asset.sha256,
                    media_type=asset.media_type,
                    licence=brought.licence,
                    ai_role=brought.ai_role,
                    words=words,
                ),
            }
        )
        return await self._label.request_song(artist_id, request, who=self.actor.alias)

    async def deliver(self, asked: InboxRequest, paths: tuple[Path, ...], *, licence: str) -> InboxRequest:
        """Bring the song that a request waits for, in as many takes as were made of it.

        Raises UsageError for what is no song, ConflictError when somebody was faster; the request waits on.
        """
        if not 0 < len(paths) <= TAKES_MAX:
            raise UsageError(f"Give 1 to {TAKES_MAX} recordings: WAV, FLAC or MP3")
        kept = [(await asyncio.to_thread(keep_recording, self._studio(), path))[0] for path in paths]
        return await self._store.write(
            inbox.deliver,
            request_id=asked.id,
            recordings=tuple({asset.sha256: asset for asset in kept}.values()),
            licence=licence,
            who=self.actor.alias,
            surface=self.actor.surface,
        )

    async def cancel(self, cycle_id: CycleId) -> Cycle:
        """End a cycle at its next step; what was made stays."""
        return await self._store.write(cycles.request_cancel, cycle_id=cycle_id, who=self.actor.alias)

    async def resolve(
        self,
        cycle_id: CycleId,
        choice: ParkedAnswer,
        *,
        job_id: str | None = None,
        purchase_key: str | None = None,
    ) -> Cycle:
        """Answer for a parked cycle; what may be paid for a second time is the owner's to say."""
        if choice == "buy_again":
            self.require_owner("buy again what may have been bought")
        await self._store.write(
            steps.resolve_parked,
            cycle_id=cycle_id,
            choice=choice,
            job_id=job_id,
            who=self.actor.alias,
            purchase_key=purchase_key,
        )
        return await self._store.read(cycles.cycle_by_id, cycle_id=cycle_id)

    async def _require_releasable(self, asset: Asset) -> None:
        """What the label knows as somebody's with no right to release it does not come in by another door."""
        with suppress(NotFoundError):
            known = await self._store.read(lineage.asset_by_sha256, sha256=asset.sha256)
            if known.clearance is Clearance.BLOCKED:
                raise UsageError(
                    f"This recording is {known.provider}'s and may not be released: {known.licence}"
                )

    def _studio(self) -> StudioConfig:
        return StudioConfig.of(self._label.settings)
