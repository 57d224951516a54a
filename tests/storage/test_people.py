"""People: one owner, codes that work once, rights that end, and names that can be forgotten."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import insert, select, update

from storage import approvals, events, forgetting, people, tables
from storage.approval_rows import approval_by_id, decisions_of
from storage.artists import artist_by_id
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.events import events_since
from storage.people import Role
from storage.store import Tx, write
from storage.types import Outcome
from tests.storage.stage import Stage

CODE = "abc-123"


def invite(stage: Stage, alias: str = "ann", role: Role = Role.REVIEWER, code: str = CODE):
    sha256 = people.hash_code(code)
    return stage.write(people.invite, alias=alias, role=role, who="me", code_sha256=sha256)


def test_a_code_makes_a_telegram_user_a_person_once(stage: Stage):
    invite(stage)
    ann = stage.write(people.link_telegram, code=f" {CODE} ", telegram_id=2**40)
    assert (ann.alias, ann.role, ann.telegram_id) == ("ann", Role.REVIEWER, 2**40)
    assert stage.read(people.person_of_telegram, telegram_id=2**40) == ann
    with pytest.raises(NotFoundError, match="not valid any more"):
        stage.write(people.link_telegram, code=CODE, telegram_id=7)
    assert stage.read(people.person_of_telegram, telegram_id=7) is None


def test_a_code_is_too_old_after_a_quarter_of_an_hour(stage: Stage):
    invite(stage)
    stage.clock.advance(minutes=15)
    with pytest.raises(NotFoundError):
        stage.write(people.link_telegram, code=CODE, telegram_id=7)


def test_the_code_itself_is_kept_nowhere(stage: Stage):
    invite(stage)
    stage.write(people.link_telegram, code=CODE, telegram_id=7)
    assert CODE not in str(stage.read(events_since, seq=0)) + str(stage.read(_answers))


def _answers(tx: Tx) -> list[str]:
    return list(tx.connection.execute(select(tables.writes.c.result)).scalars())


def test_a_code_that_says_otherwise_changes_nobodys_side(stage: Stage):
    invite(stage, "ann", Role.OWNER)
    stage.write(people.link_telegram, code=CODE, telegram_id=1)
    with pytest.raises(ConflictError, match="ann is owner here; remove ann first"):
        invite(stage, "ann", Role.REVIEWER, "other")
    stage.write(people.remove_person, alias="ann", who="me")
    invite(stage, "bob", Role.OWNER, "bob's")
    invite(stage, "ann", Role.REVIEWER, "again")
    stage.write(people.link_telegram, code="bob's", telegram_id=2)
    assert stage.write(people.link_telegram, code="again", telegram_id=1).role == Role.REVIEWER
    assert [(one.alias, one.role) for one in stage.read(people.list_people)] == [
        ("bob", Role.OWNER),
        ("ann", Role.REVIEWER),
    ]


def test_who_was_removed_or_forgotten_is_barred(stage: Stage):
    for alias in ("ann", "bob"):
        stage.write(people.add_person, alias=alias, role=Role.REVIEWER, who="me")
    assert not stage.read(people.is_barred, alias="ann")
    stage.write(people.remove_person, alias="ann", who="me")
    stage.write(people.forget_person, alias="bob", who="me")
    assert [stage.read(people.is_barred, alias=alias) for alias in ("ann", "bob", "cid")] == [
        True,
        True,
        False,
    ]


def test_there_is_one_owner(stage: Stage):
    invite(stage, "ann", Role.OWNER)
    stage.write(people.link_telegram, code=CODE, telegram_id=1)
    with pytest.raises(ConflictError, match="ann is the owner"):
        invite(stage, "bob", Role.OWNER, "other")
    with pytest.raises(ConflictError, match="ann is the owner"):
        stage.write(people.add_person, alias="bob", role=Role.OWNER, who="me")
    invite(stage, "ann", Role.OWNER, "again")
    moved = stage.write(people.link_telegram, code="again", telegram_id=1)
    assert moved.alias == "ann"


def test_one_telegram_user_is_one_person(stage: Stage):
    invite(stage, "ann")
    stage.write(people.link_telegram, code=CODE, telegram_id=1)
    invite(stage, "bob", code="other")
    with pytest.raises(ConflictError, match="You are ann here"):
        stage.write(people.link_telegram, code="other", telegram_id=1)


def test_who_was_removed_decides_no_more_and_can_come_back(stage: Stage):
    invite(stage)
    stage.write(people.link_telegram, code=CODE, telegram_id=1)
    stage.write(people.remove_person, alias="ann", who="me")
    assert stage.read(people.person_of_telegram, telegram_id=1) is None
    assert stage.read(people.list_people) == []
    invite(stage, code="again")
    assert stage.write(people.link_telegram, code="again", telegram_id=1).left_at is None


NAMED = (
    tables.artists.c.accepted_by, tables.plan_entries.c.changed_by, tables.evolutions.c.who, tables.patches.c.asked_by,
    tables.patches.c.applied_by, tables.patches.c.reverted_by, tables.fixes.c.reason, tables.audience_links.c.who,
    tables.evolutions.c.why,
)  # fmt: skip


@write
def fill_names(tx: Tx, *, artist_id: str) -> None:
    """A row in each table that names people apart from decisions."""
    now, run = tx.clock.now(), tx.connection.execute
    A, V = tables.artists, tables.artist_versions
    search = {"by": "ann", "at": now.isoformat(), "found": "nobody, says Ann"}
    for table, mine in ((A, A.c.id == artist_id), (V, V.c.artist_id == artist_id)):
        persona = run(select(table.c.persona).where(mine)).scalars().first()
        run(update(table).where(mine).values(persona=persona | {"name_search": search}))
    run(update(A).where(A.c.id == artist_id).values(accepted_by="ann", accepted_at=now))
    told = {"back_to": 1, "why": "too loud -ann", "found": "nobody, says Ann"}
    run(update(V).where(V.c.artist_id == artist_id).values(evidence=told))
    events.append(tx, "evolution.rolled_back", artist_id=artist_id, who="ann", why="ANN finds it flat")
    cycle_id = run(select(tables.cycles.c.id)).scalars().first()
    run(insert(tables.audience_links).values(cycle_id=cycle_id, source="youtube", ref="x", who="ann", at=now))
    run(
        insert(tables.plan_entries).values(
            id="ple_1",
            artist_id=artist_id,
            day="2026-01-01",
            kind="song",
            platform="",
            text="",
            call_to_action="",
            status="planned",
            changed_by="ann",
            created_at=now,
        )
    )
    run(
        insert(tables.evolutions).values(
            id="evo_1",
            artist_id=artist_id,
            kind="refine",
            status="trying",
            edits=[],
            style_note="",
            parent_version=1,
            version=2,
            before_approved=0,
            before_decided=0,
            why="not so loud! -Ann",
            who="ann",
            at=now,
        )
    )
    run(
        insert(tables.error_groups).values(
            fingerprint="f1",
            code="bug",
            title="t",
            status="open",
            count=1,
            first_at=now,
            last_at=now,
        )
    )
    run(
        insert(tables.fixes).values(
            id="fix_1",
            fingerprint="f1",
            action="patch",
            reason="applied by ann",
            status="applied",
            at=now,
        )
    )
    run(insert(tables.patches).values(fix_id="fix_1", asked_by="ann", applied_by="ann", reverted_by="ann"))


def _named(tx: Tx) -> list[object]:
    V = tables.artist_versions
    columns = (*NAMED, tables.artists.c.persona, V.c.persona, V.c.evidence)
    return [list(tx.connection.execute(select(column)).scalars()) for column in columns]


def test_a_forgotten_person_is_a_number_everywhere(stage: Stage):
    invite(stage)
    stage.write(people.link_telegram, code=CODE, telegram_id=99)
    asked = stage.ask(*stage.song())
    stage.write(
        approvals.decide,
        approval_id=asked.id,
        outcome=Outcome.REJECTED,
        decided_by="person",
        who="ann",
        surface="telegram",
        undo_s=0.0,
    )
    stage.write(fill_names, artist_id=asked.artist_id)
    pseudonym = stage.write(people.forget_person, alias="ann", who="me")
    assert pseudonym == "reviewer-1"
    assert not re.search(r"\bann\b", str(stage.read(_named)), re.IGNORECASE)
    assert str(stage.read(_named)).count(pseudonym) >= len(NAMED) + 2
    assert stage.read(approval_by_id, approval_id=asked.id).who == pseudonym
    assert [line.who for line in stage.read(decisions_of, approval_id=asked.id)] == [pseudonym]
    told = str([event.body for event in stage.read(events_since, seq=0)])
    assert not re.search(r"\bann\b", told, re.IGNORECASE)
    assert f"{pseudonym} finds it flat" in told
    assert "99" not in told
    assert not re.search(r"\bann\b", str(stage.read(_answers)))
    with pytest.raises(UsageError, match="stand for people who were forgotten"):
        stage.write(people.add_person, alias="reviewer-9", role=Role.REVIEWER, who="me")


def test_no_column_that_names_people_is_left_out():
    handled = {*forgetting.NAMES, *forgetting.WORDS, *forgetting.SENTENCES}
    for table in tables.metadata.sorted_tables:
        for column in table.columns:
            tells = column.name in ("who", "why", "reason") or column.name.endswith(("_by", "_reason"))
            if tells and column.name != "decided_by":
                assert column in handled, f"{column} keeps a forgotten person's name"


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("too loud -Ann", "too loud -reviewer-1"),
        ("Ann- please redo", "reviewer-1- please redo"),
        ("asked—Ann—twice", "asked—reviewer-1—twice"),
        ("Ann-Marie and Jo-Ann like it", "Ann-Marie and Jo-Ann like it"),
        ("Annex, Joann", "Annex, Joann"),
    ],
)
def test_a_hyphen_makes_another_name_only_between_words(told: str, left: str):
    assert forgetting.renamed(told, "Ann", "reviewer-1", ()) == left


@write
def keep_verdict(tx: Tx, *, cycle_id: str, output: str) -> None:
    now = tx.clock.now()
    tx.connection.execute(
        insert(tables.steps).values(
            cycle_id=cycle_id, revision=0, name="verdict", position=1, status="done", policy="p", provider="person",
            idempotency_key="k", output=output, epoch=0, cost_usd=Decimal(0), started_at=now, ended_at=now,
        )
    )  # fmt: skip


def _outputs(tx: Tx) -> list[str | None]:
    return list(tx.connection.execute(select(tables.steps.c.output)).scalars())


def test_a_verdict_on_record_keeps_all_but_the_name(stage: Stage):
    stage.write(people.add_person, alias="Zoë", role=Role.REVIEWER, who="me")
    _, cycle = stage.song()
    output = '{"decided_by":"person","who":"Zoë","reason":"\\"flat\\", says ZOË","take":1}'
    stage.write(keep_verdict, cycle_id=cycle.id, output=output)
    stage.write(people.forget_person, alias="Zoë", who="me")
    assert stage.read(_outputs) == [output.replace("Zoë", "reviewer-1").replace("ZOË", "reviewer-1")]


@write
def pause_for(tx: Tx, *, artist_id: str, reason: str) -> None:
    A = tables.artists
    tx.connection.execute(update(A).where(A.c.id == artist_id).values(pause_reason=reason))


def test_who_is_forgotten_takes_nobody_elses_name_along(stage: Stage):
    for alias in ("Ann", "Anna", "Ann Lee"):
        stage.write(people.add_person, alias=alias, role=Role.REVIEWER, who="me")
    artist = stage.artist()
    reason = "asked by Ann, by Anna, by Ann-Marie, by Ann Lee and by Ann."
    stage.write(pause_for, artist_id=artist.id, reason=reason)
    asked = stage.ask(*stage.song("Kilo Wren"))
    stage.write(
        approvals.decide, approval_id=asked.id, outcome=Outcome.REJECTED, decided_by="person", who="Anna",
        surface="cli", undo_s=0.0, reason="ann and Ann Lee dislike it, Anna too; Annex, ANN!",
    )  # fmt: skip
    pseudonym = stage.write(people.forget_person, alias="Ann", who="me")
    told = stage.read(artist_by_id, artist_id=artist.id).pause_reason
    assert told == f"asked by {pseudonym}, by Anna, by Ann-Marie, by Ann Lee and by {pseudonym}."
    assert stage.read(approval_by_id, approval_id=asked.id).why == (
        f"{pseudonym} and Ann Lee dislike it, Anna too; Annex, {pseudonym}!"
    )
    assert stage.read(approval_by_id, approval_id=asked.id).who == "Anna"


@pytest.mark.parametrize("alias", ["", "  ", "x" * 41, "a\u202eb"])
def test_an_alias_is_printable_and_short(stage: Stage, alias: str):
    with pytest.raises(UsageError):
        stage.write(people.add_person, alias=alias, role=Role.REVIEWER, who="me")
