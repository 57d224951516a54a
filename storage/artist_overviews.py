"""The roster a page at a time, and one artist whole, each from one read so that its numbers agree."""

from dataclasses import dataclass
from datetime import datetime

from storage import (
    artists,
    autopilot,
    evolutions,
    experiments,
    histories,
    memory,
    name_searches,
    queries,
    roster,
)
from storage.autopilot import FlightRow
from storage.evolutions import Evolution
from storage.experiments import ExperimentRow
from storage.histories import ArtistMoney, ArtistVersion, LifecycleChange
from storage.queries import CycleLine
from storage.roster import RosterRow
from storage.store import Tx
from storage.types import Artist, ArtistId, Event, LifecycleState

PAGE = 24
SONGS = 8
MEDIA = ("cover", "thumbnail", "mp3", "preview", "video")


@dataclass(frozen=True)
class RosterPage:
    """One page of the roster, with how much there is of it."""

    at: datetime
    rows: tuple[RosterRow, ...]
    pictures: dict[ArtistId, str]
    """Each artist's avatar, or the latest cover of one without."""
    sizes: dict[LifecycleState, int]
    page: int
    pages: int


@dataclass(frozen=True)
class ArtistOverview:
    """Everything about one artist, from one read."""

    at: datetime
    artist: Artist
    money: ArtistMoney
    latest: dict[str, str]
    songs: tuple[CycleLine, ...]
    scores: tuple[float, ...]
    """The critic's, oldest first."""
    changes: tuple[LifecycleChange, ...]
    versions: tuple[ArtistVersion, ...]
    evolutions: tuple[Evolution, ...]
    experiments: tuple[ExperimentRow, ...]
    flight: FlightRow
    throws: tuple[Event, ...]
    first_out: str | None
    """The first title that came out under the artist's name: the search for it is on record for good."""


def roster_page(tx: Tx, *, state: LifecycleState | None, text: str, page: int) -> RosterPage:
    """One page; a page beyond the end is the last one."""
    sizes = roster.roster_sizes(tx, text=text)
    total = sum(sizes.values()) if state is None else sizes[state]
    pages = max(1, -(-total // PAGE))
    page = min(max(0, page), pages - 1)
    states = () if state is None else (state,)
    rows = roster.roster(tx, limit=PAGE, offset=page * PAGE, states=states, text=text)
    media = histories.latest_media(tx, artist_ids=tuple(row.id for row in rows), kinds=("thumbnail",))
    pictures = {artist_id: kinds["thumbnail"] for artist_id, kinds in media.items() if kinds}
    pictures |= artists.avatars_of(tx, artist_ids=tuple(media))
    return RosterPage(tx.clock.now(), tuple(rows), pictures, sizes, page, pages)


def artist_overview(tx: Tx, *, name: str) -> ArtistOverview:
    """One artist's page. Raises NotFoundError."""
    artist = artists.artist_by_name(tx, name=name)
    pieces = memory.memory_of(tx, artist_id=artist.id, limit=24)
    return ArtistOverview(
        at=tx.clock.now(),
        artist=artist,
        money=histories.artist_money(tx, artist_id=artist.id),
        latest=histories.latest_media(tx, artist_ids=(artist.id,), kinds=MEDIA)[artist.id],
        songs=tuple(queries.list_cycles(tx, artist_id=artist.id, limit=SONGS)),
        scores=tuple(piece.score for piece in reversed(pieces) if piece.score is not None),
        changes=tuple(histories.lifecycle_changes_of(tx, artist_id=artist.id, limit=20)),
        versions=tuple(histories.versions_of(tx, artist_id=artist.id, limit=12)),
        evolutions=tuple(evolutions.evolutions_of(tx, artist_id=artist.id, limit=8)),
        experiments=tuple(experiments.list_experiments(tx, artist_id=artist.id)),
        flight=autopilot.flight(tx, artist_id=artist.id),
        throws=tuple(histories.autopilot_throws(tx, artist_id=artist.id, limit=5)),
        first_out=name_searches.first_out(tx, artist_id=artist.id),
    )
