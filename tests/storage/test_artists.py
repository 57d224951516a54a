"""Artists: names, ownership by epoch and lease, and moves along the lifecycle."""

import pytest
from sqlalchemy import update

from storage import artists, histories, tables
from storage.database import database_now_s
from storage.errors import ConflictError, Fenced, NotFoundError
from storage.store import Tx, write
from storage.types import Genes, LifecycleState, VocalIdentity
from tests.storage.stage import Stage, persona


@write
def age_leases(tx: Tx, *, by_s: float) -> None:
    """Let database time pass for every lease."""
    for table in (tables.artists, tables.cycles):
        tx.connection.execute(update(table).values(lease_until_s=table.c.lease_until_s - by_s))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Nova Rain", "nova-rain"),
        ("Ünïcøde & Söns!", "unicde-sons"),
        ("東京", "artist"),
        ("  --  ", "artist"),
        ("x" * 99, "x" * 60),
    ],
)
def test_a_slug_is_plain_ascii(name: str, slug: str):
    assert artists.slugify(name) == slug


def test_an_artist_is_found_as_a_person_names_it(stage: Stage):
    artist = stage.artist("Nova Rain")
    for name in ("nova-rain", "Nova Rain", artist.id, "NOVA RAIN"):
        assert stage.read(artists.artist_by_name, name=name) == artist
    with pytest.raises(NotFoundError, match="there are: nova-rain"):
        stage.read(artists.artist_by_name, name="Nobody")


def test_a_name_is_taken_once_and_a_roster_has_an_end(stage: Stage):
    stage.artist("Nova Rain")
    with pytest.raises(ConflictError, match="choose another name"):
        stage.artist("nova  rain!")
    with pytest.raises(ConflictError, match="ROSTER_MAX is 1"):
        stage.write(
            artists.add_artist,
            persona=persona("Other"),
            genes=Genes(),
            who="t",
            state=LifecycleState.ACTIVE,
            roster_max=1,
        )


def test_what_is_imported_twice_joins_once(stage: Stage):
    given = {"genes": Genes(), "who": "t", "state": LifecycleState.CANDIDATE, "roster_max": 1}
    first = stage.write(artists.add_artist, persona=persona("Amber"), import_key="k", **given)
    assert stage.write(artists.add_artist, persona=persona("Birch"), import_key="k", **given) == first
    assert stage.read(artists.imported) == {"k": first.id}
    with pytest.raises(ConflictError, match="ROSTER_MAX is 1"):
        stage.write(artists.add_artist, persona=persona("Birch"), import_key="other", **given)


def test_the_roster_is_listed_in_pages(stage: Stage):
    for name in ("Cedar", "Amber", "Birch"):
        stage.artist(name)
    first = stage.read(artists.list_artists, limit=2)
    rest = stage.read(artists.list_artists, limit=2, after_slug=first[-1].slug)
    assert [each.slug for each in first + rest] == ["amber", "birch", "cedar"]


def test_a_live_lease_keeps_others_out_and_an_expired_one_does_not(stage: Stage):
    artist = stage.artist()
    stage.activate(artist, "one", lease_s=30)
    with pytest.raises(ConflictError, match="held by one"):
        stage.activate(artist, "two")
    stage.write(age_leases, by_s=31)
    assert stage.activate(artist, "two").fence.epoch == 2


def test_a_renewed_lease_lives_on_and_a_released_one_is_free_at_once(stage: Stage):
    artist = stage.artist()
    fence = stage.activate(artist, "one", lease_s=30).fence
    stage.write(age_leases, by_s=29)
    stage.write(artists.renew_lease, fence=fence, lease_s=30)
    stage.write(age_leases, by_s=29)
    with pytest.raises(ConflictError):
        stage.activate(artist, "two")
    stage.write(artists.release_artist, fence=fence)
    assert stage.activate(artist, "two").fence.epoch == 2


def test_the_same_owner_may_claim_again_and_fences_its_former_self(stage: Stage):
    artist = stage.artist()
    old = stage.activate(artist, "one").fence
    new = stage.activate(artist, "one").fence
    with pytest.raises(Fenced, match="newer owner"):
        stage.write(artists.renew_lease, fence=old, lease_s=30)
    stage.write(artists.renew_lease, fence=new, lease_s=30)


def test_a_stale_owner_writes_nothing(stage: Stage):
    artist = stage.artist()
    old = stage.activate(artist, "one").fence
    stage.write(age_leases, by_s=31)
    stage.activate(artist, "two")
    with pytest.raises(Fenced):
        stage.write(artists.release_artist, fence=old)


def test_a_move_needs_the_state_it_was_decided_for(stage: Stage):
    artist = stage.artist()
    move = {"artist_id": artist.id, "trigger": "pause", "evidence": None, "bound": None, "who": "ann"}
    pausing = move | {"before": LifecycleState.ACTIVE, "after": LifecycleState.PAUSED, "reason": "faults"}
    paused = stage.write(artists.set_state, **pausing)
    assert (paused.state, paused.pause_reason, paused.paused_at is not None) == ("paused", "faults", True)
    with pytest.raises(ConflictError, match="is paused, no longer active"):
        stage.write(artists.set_state, **pausing)
    back = stage.write(artists.set_state, **move | {"before": "paused", "after": "active", "reason": None})
    assert (back.pause_reason, back.paused_at) == (None, None)


def test_leases_go_by_the_databases_clock(stage: Stage):
    first = stage.read(_now)
    assert 0 <= stage.read(_now) - first < 60
    assert first > 1_700_000_000


def _now(tx: Tx) -> float:
    return database_now_s(tx.connection)


def test_a_voice_is_changed_as_a_version_and_the_rest_stays(stage: Stage):
    artist = stage.artist()
    vocal = VocalIdentity(gender="male", timbre="smoky", vendor_personas={"suno": "p-1"})
    sung = artist.persona.model_copy(update={"vocal": vocal})
    told = {"artist_id": artist.id, "persona": sung, "trigger": "voice", "evidence": None, "who": "ann"}
    changed = stage.write(artists.change_persona, version=artist.version, **told)
    assert (changed.persona.vocal, changed.version) == (vocal, artist.version + 1)
    assert changed.persona.model_copy(update={"vocal": artist.persona.vocal}) == artist.persona
    assert stage.read(histories.versions_of, artist_id=artist.id)[0].trigger == "voice"
    with pytest.raises(ConflictError, match="changed meanwhile"):
        stage.write(artists.change_persona, version=artist.version, **told)
