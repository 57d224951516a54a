"""Who may decide: an alias and a number each, nothing else. The owner steers, reviewers decide.

A person joins with a one-time code; of the code only its hash is kept.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import RowMapping, delete, func, insert, select, update

from storage import chats, events, tables
from storage.clock import new_id
from storage.errors import ConflictError, NotAllowedError, NotFoundError, UsageError
from storage.forgetting import forget_name
from storage.store import Tx, write
from storage.types import Frozen

W = tables.people
K = tables.link_codes
ALIAS_MAX_CHARS = 40
CODE_BYTES = 9
CODE_VALID_S = 15 * 60.0


class Role(StrEnum):
    OWNER = "owner"
    """Decides, and changes autopilot, budget, artists' states and people."""
    REVIEWER = "reviewer"
    """Decides on songs."""


class Person(Frozen):
    """Somebody who may decide."""

    id: str
    alias: str
    """What stands in the audit trail."""
    role: Role
    telegram_id: int | None
    created_at: datetime
    left_at: datetime | None


class Invitation(Frozen):
    """What a one-time code is good for."""

    alias: str
    role: Role
    expires_at: datetime


class LinkCode(Invitation):
    """A code to be typed once, as its maker is shown it; it is never stored."""

    code: str


@write
def add_person(tx: Tx, *, alias: str, role: Role, who: str) -> Person:
    """Put somebody on the list; there is one owner at most. Raises ConflictError on a taken alias."""
    alias = _clean(alias)
    if alias in people_aliases(tx):
        raise ConflictError(f"There is a {alias!r} already; choose another alias")
    if role is Role.OWNER and owner(tx) is not None:
        raise ConflictError(f"{_owner_alias(tx)} is the owner; `labelmate reviewer remove` comes first")
    person_id = new_id("per", tx.clock)
    tx.connection.execute(insert(W).values(id=person_id, alias=alias, role=role, created_at=tx.clock.now()))
    events.append(tx, "person.added", alias=alias, role=role, who=who)
    return person_by_id(tx, person_id=person_id)


@write
def invite(tx: Tx, *, alias: str, role: Role, who: str, code_sha256: str) -> Invitation:
    """A way for a Telegram user to become this person. The code itself never comes here, so it is kept nowhere."""
    alias = _clean(alias)
    _require_role(tx, alias, role)
    expires_at = tx.clock.now() + timedelta(seconds=CODE_VALID_S)
    tx.connection.execute(
        insert(K).values(code_sha256=code_sha256, alias=alias, role=role, made_by=who, expires_at=expires_at)
    )
    events.append(tx, "person.invited", alias=alias, role=role, who=who)
    return Invitation(alias=alias, role=role, expires_at=expires_at)


@write
def link_telegram(tx: Tx, *, code: str, telegram_id: int) -> Person:
    """Use a code: its person is this Telegram user from now on. Raises NotFoundError for a code that is not valid."""
    now = tx.clock.now()
    used = tx.connection.execute(
        update(K)
        .where(K.c.code_sha256 == hash_code(code), K.c.used_at.is_(None), K.c.expires_at > now)
        .values(used_at=now)
        .returning(K.c.alias, K.c.role)
    ).first()
    if used is None:
        raise NotFoundError("This code is not valid any more; ask the owner for another")
    taken = person_of_telegram(tx, telegram_id=telegram_id)
    if taken is not None and taken.alias != used.alias:
        raise ConflictError(f"You are {taken.alias} here already")
    # Things may have changed in the quarter of an hour since the code was made.
    _require_role(tx, used.alias, Role(used.role))
    row = tx.connection.execute(select(W.c.id).where(W.c.alias == used.alias)).first()
    person_id = row.id if row else add_person(tx, alias=used.alias, role=Role(used.role), who=used.alias).id
    tx.connection.execute(
        update(W).where(W.c.id == person_id).values(telegram_id=telegram_id, role=used.role, left_at=None)
    )
    events.append(tx, "person.linked", alias=used.alias, surface="telegram")
    return person_by_id(tx, person_id=person_id)


@write
def know_number(tx: Tx, *, telegram_id: int, alias: str) -> Person:
    """The reviewer for a Telegram user whom the settings name; a row, so that the audit can be forgotten too.

    Raises NotAllowedError for one whom the owner has removed since: the settings do not bring anybody back.
    """
    row = tx.connection.execute(select(W.c.id, W.c.left_at).where(W.c.alias == alias)).first()
    if row is not None and row.left_at is not None:
        raise NotAllowedError(f"{alias} was removed; `labelmate reviewer add` brings people back")
    person_id = row.id if row else add_person(tx, alias=alias, role=Role.REVIEWER, who="settings").id
    tx.connection.execute(update(W).where(W.c.id == person_id).values(telegram_id=telegram_id))
    return person_by_id(tx, person_id=person_id)


@write
def remove_person(tx: Tx, *, alias: str, who: str) -> Person:
    """Take somebody's right to decide; what was decided stays under the alias."""
    person = person_by_alias(tx, alias=alias)
    if person.telegram_id is not None:
        chats.forget_chat(tx, chat_id=person.telegram_id)  # a private chat has its user's number
    tx.connection.execute(
        update(W).where(W.c.id == person.id).values(left_at=tx.clock.now(), telegram_id=None)
    )
    events.append(tx, "person.removed", alias=person.alias, who=who)
    return person_by_id(tx, person_id=person.id)


@write
def forget_person(tx: Tx, *, alias: str, who: str) -> str:
    """Remove somebody and put a number in place of the alias everywhere; returns that pseudonym."""
    person = person_by_alias(tx, alias=alias)
    number = tx.connection.execute(
        select(func.count()).select_from(W).where(W.c.alias.like("reviewer-%"))
    ).scalar_one()
    pseudonym = f"reviewer-{number + 1}"
    if person.telegram_id is not None:
        chats.forget_chat(tx, chat_id=person.telegram_id)
    tx.connection.execute(
        update(W)
        .where(W.c.id == person.id)
        .values(alias=pseudonym, telegram_id=None, left_at=person.left_at or tx.clock.now())
    )
    tx.connection.execute(
        insert(tables.barred).values(alias_sha256=hash_code(person.alias), at=tx.clock.now())
    )
    forget_name(tx, alias=person.alias, pseudonym=pseudonym, others=people_aliases(tx))
    _forget_answers(tx, person)
    events.append(tx, "person.forgotten", pseudonym=pseudonym, who=pseudonym if who == alias else who)
    return pseudonym


def is_barred(tx: Tx, *, alias: str) -> bool:
    """Whether somebody of this alias was removed or forgotten: a login of that name opens nothing any more."""
    left = select(W.c.id).where(W.c.alias == alias, W.c.left_at.is_not(None))
    forgotten = select(tables.barred.c.at).where(tables.barred.c.alias_sha256 == hash_code(alias))
    return any(tx.connection.execute(query).first() for query in (left, forgotten))


def new_code() -> str:
    """A code that nobody guesses within its quarter of an hour."""
    return secrets.token_urlsafe(CODE_BYTES)


def list_people(tx: Tx, *, with_former: bool = False) -> list[Person]:
    """Those who may decide, the owner first."""
    query = select(W).order_by(W.c.role, W.c.alias)
    if not with_former:
        query = query.where(W.c.left_at.is_(None))
    return [_person(row) for row in tx.connection.execute(query).mappings()]


def owner(tx: Tx) -> Person | None:
    """The one who steers, once there is one."""
    row = (
        tx.connection.execute(select(W).where(W.c.role == Role.OWNER, W.c.left_at.is_(None)))
        .mappings()
        .first()
    )
    return None if row is None else _person(row)


def person_of_telegram(tx: Tx, *, telegram_id: int) -> Person | None:
    """Who a Telegram user is here; None for a stranger."""
    row = (
        tx.connection.execute(select(W).where(W.c.telegram_id == telegram_id, W.c.left_at.is_(None)))
        .mappings()
        .first()
    )
    return None if row is None else _person(row)


def person_by_id(tx: Tx, *, person_id: str) -> Person:
    """One person. Raises NotFoundError."""
    row = tx.connection.execute(select(W).where(W.c.id == person_id)).mappings().first()
    if row is None:
        raise NotFoundError(f"There is no person {person_id}")
    return _person(row)


def person_by_alias(tx: Tx, *, alias: str) -> Person:
    """One person by alias. Raises NotFoundError naming those there are."""
    row = tx.connection.execute(select(W).where(W.c.alias == alias.strip())).mappings().first()
    if row is None:
        there = ", ".join(person.alias for person in list_people(tx)) or "none yet"
        raise NotFoundError(f"There is no person {alias!r}; there are: {there}")
    return _person(row)


def people_aliases(tx: Tx) -> set[str]:
    """Every alias that is or was in use."""
    return set(tx.connection.execute(select(W.c.alias)).scalars())


def _owner_alias(tx: Tx) -> str:
    present = owner(tx)
    return present.alias if present else "nobody"


def _clean(alias: str) -> str:
    alias = " ".join(alias.split())
    if not alias or len(alias) > ALIAS_MAX_CHARS or not alias.isprintable():
        raise UsageError(f"An alias has 1 to {ALIAS_MAX_CHARS} printable characters")
    if alias.startswith("reviewer-"):
        raise UsageError("Aliases that begin with `reviewer-` stand for people who were forgotten")
    return alias


def _require_role(tx: Tx, alias: str, role: Role) -> None:
    """One owner at most, and nobody changes sides by a code that says otherwise. Raises ConflictError."""
    present = owner(tx)
    if role is Role.OWNER and present is not None and present.alias != alias:
        raise ConflictError(f"{present.alias} is the owner; link as a reviewer, or remove the owner first")
    known = tx.connection.execute(select(W.c.role).where(W.c.alias == alias, W.c.left_at.is_(None))).first()
    if known is not None and known.role != role:
        raise ConflictError(f"{alias} is {known.role} here; remove {alias} first to change that")


def without_names(names: Iterable[str], words: str) -> str:
    """Words that people typed, with no name of these left in them; the longest are looked for first."""
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        spaced = r"\s+".join(map(re.escape, name.split()))
        words = re.sub(rf"(?<!\w){spaced}(?!\w)", "somebody", words, flags=re.IGNORECASE)
    return words


def _forget_answers(tx: Tx, person: Person) -> None:
    """Stored results of writes are kept for a day for those who ask twice; a forgotten person's are not."""
    R = tables.writes  # noqa: N806 - a table's short name, as in the other modules
    names = [json.dumps(person.alias, ensure_ascii=False)]
    if person.telegram_id is not None:
        names.append(str(person.telegram_id))
    for name in names:
        tx.connection.execute(delete(R).where(R.c.result.contains(name, autoescape=True)))


def hash_code(code: str) -> str:
    """What is kept of a code or of a forgotten alias."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def _person(row: RowMapping) -> Person:
    return Person.model_validate(dict(row))
