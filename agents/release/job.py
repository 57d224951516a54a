"""What the packager is given, and what it gives back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, Field

from storage.types import (
    Artist,
    Artwork,
    Asset,
    Brief,
    Clearance,
    Critique,
    CycleId,
    Films,
    Frozen,
    Lyrics,
    Master,
    Persona,
    Release,
    SongPlan,
    Take,
    Verdict,
)


class PackageJob(Frozen):
    """Everything one release tells of itself."""

    release_id: str = Field(min_length=1)
    cycle_id: CycleId
    persona: Persona
    artist_slug: str = Field(min_length=1)
    title: str
    brief: Brief
    lyrics: Lyrics
    plan: SongPlan
    origin: Asset | None = None
    """What the master was produced from, as its step has it: what was said of the same file before counts less."""
    master: Master
    critique: Critique
    artwork: Artwork
    films: Films
    verdict: Verdict
    assets: tuple[Asset, ...]
    """The lineage: every asset of the cycle, those it names itself may be left out."""
    made_at: AwareDatetime
    """The bag's one date; the packager reads no clock."""

    @classmethod
    def of(
        cls,
        artist: Artist,
        cycle_id: CycleId,
        assets: tuple[Asset, ...],
        *,
        brief: Brief,
        lyrics: Lyrics,
        take: Take,
        artwork: Artwork,
        films: Films,
        verdict: Verdict,
    ) -> Self:
        """The job for a song, from what its steps made."""
        return cls(
            release_id=cycle_id.replace("cyc_", "rel_"),
            cycle_id=cycle_id,
            persona=artist.persona,
            artist_slug=artist.slug,
            title=brief.title,
            brief=brief,
            lyrics=lyrics,
            plan=take.song.plan,
            origin=take.song.origin,
            master=take.master,
            critique=take.critique,
            artwork=artwork,
            films=films,
            verdict=verdict,
            assets=assets,
            made_at=verdict.decided_at,
        )

    def lineage(self) -> dict[str, Asset]:
        """Every known asset by its sha256."""
        named = (
            *((self.origin,) if self.origin else ()),
            self.master.wav,
            self.master.flac,
            self.master.mp3,
            self.artwork.cover,
            self.artwork.thumbnail,
            self.artwork.preview,
            *(video.asset for video in self.films.videos),
        )
        return {asset.sha256: asset for asset in (*self.assets, *named)}

    @property
    def release_date(self) -> str:
        """ISO date, UTC or as `made_at` is given."""
        return self.made_at.date().isoformat()


class BagFile(Frozen):
    """One media file of the bag and the asset it was made from."""

    path: str
    """Relative to the bag, with forward slashes."""
    asset: Asset
    role: str
    """master, lossless, mp3, video, preview, cover or thumbnail."""
    sha256: str = ""
    """Of the delivered file: tags and cover make it another file than the asset."""
    size_bytes: int = 0


class ReleaseBag(Frozen):
    """A complete, validated bag."""

    id: str
    title: str
    directory: str
    """Relative to the releases folder, with forward slashes."""
    manifest_sha256: str
    size_bytes: int
    """Of the payload."""
    files: tuple[str, ...]
    """Payload paths, relative to the bag, sorted."""
    clearance: Clearance
    """The least cleared asset decides."""
    made_at: datetime

    @property
    def release(self) -> Release:
        """The small value that crosses steps."""
        return Release(
            id=self.id, title=self.title, directory=self.directory, manifest_sha256=self.manifest_sha256
        )


def ancestors(asset: Asset, lineage: Mapping[str, Asset]) -> tuple[Asset, ...]:
    """The asset and everything it was made from, as far as it is known, in a stable order."""
    seen: dict[str, Asset] = {}
    waiting = [asset]
    while waiting:
        here = waiting.pop()
        if here.sha256 not in seen:
            seen[here.sha256] = here
            waiting += [lineage[parent] for parent in sorted(here.parents) if parent in lineage]
    return tuple(sorted(seen.values(), key=lambda each: (each.kind, each.sha256)))
