"""An artist's autopilot as a policy of approvals (runtime/approvals.py); the rule is in agents/autopilot.py."""

from agents.autopilot import Course, Flight, Song, choose
from configs.settings import Settings
from runtime.approvals import Decision, Policy, Question
from storage import artists, autopilot
from storage.store import StoreClient
from storage.types import ArtistId, Clearance, DeciderKind

EMBEDDED = "embedded"


def autopilot_policy(store: StoreClient, settings: Settings, artist_id: ArtistId) -> Policy:
    """What the autopilot says of a song. It only ever approves, or leaves the song to people."""

    async def decide(question: Question) -> Decision:
        # Read anew: it may have been switched off since the song was begun.
        artist = await store.read(artists.artist_by_id, artist_id=artist_id)
        if artist.autopilot_policy is None:
            return _left_to_people("autopilot is off")
        flight = await store.read(autopilot.flight, artist_id=artist_id)
        song = Song(
            score=question.takes[0].critique.score,
            is_stand_in=(bool(settings.music_providers) and question.takes[0].master.source == EMBEDDED)
            or question.lyrics.is_stand_in,
            is_explicit=question.lyrics.explicit,
            is_blocked=question.takes[0].song.origin.clearance is Clearance.BLOCKED,
            objections=question.objections,
        )
        choice = choose(
            song,
            artist.autopilot_policy,
            Flight.model_validate(flight.model_dump()),
            label_per_week=settings.autopilot_releases_per_week,
        )
        if choice.course is Course.SWITCH_OFF:
            await store.write(autopilot.switch_off, artist_id=artist_id, reason=choice.reason)
        if choice.course is not Course.APPROVE:
            return _left_to_people(choice.reason)
        return Decision(
            approves=True, decided_by=DeciderKind.AUTOPILOT, who="autopilot", reason=choice.reason
        )

    return decide


def _left_to_people(reason: str) -> Decision:
    return Decision(approves=False, decided_by=DeciderKind.AUTOPILOT, who="autopilot", reason=reason)
