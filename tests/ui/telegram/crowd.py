"""Many songs that wait at once: only their number matters."""

from storage import approvals, artists, cycles
from storage.types import CycleState, SongRequest
from tests.ui.telegram.conftest import House


def ask_many(house: House, songs: int) -> None:
    """One artist asks about so many songs."""
    stage = house.stage
    sha256 = house.keep(b"\0\0\0\x18ftypmp42" + b"\0" * 2000, "preview")
    artist = stage.artist("Nova Rain")
    fence = stage.activate(artist, lease_s=600).fence
    for number in range(songs):
        cycle = stage.write(
            cycles.request_cycle, artist_id=artist.id, request=SongRequest(seed=number), requested_by="test"
        )
        cycle = stage.write(cycles.open_cycle, fence=fence, cycle_id=cycle.id, claims_max=5)
        stage.write(
            approvals.ask, fence=fence, cycle_id=cycle.id, revision=0, title=f"Song {number}", takes=1,
            preview_sha256=sha256, facts={"score": 0.7}, deadline_h=72.0,
        )  # fmt: skip
        stage.write(
            cycles.suspend_cycle, fence=fence, cycle_id=cycle.id, state=CycleState.WAITING, reason="waits"
        )
    stage.write(artists.release_artist, fence=fence)
