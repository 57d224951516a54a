"""Telegram chats that are told of songs, and the topics that artists have in them.

A private chat has its user's number, so no number stands in events or in the outbox: what is forgotten is gone.
"""

from datetime import datetime

from sqlalchemy import RowMapping, delete, insert, select, update

from storage import events, outbox, tables
from storage.approval_rows import ApprovalStatus
from storage.clock import new_id
from storage.database import database_now_s, insert_absent
from storage.store import Tx, write
from storage.types import Frozen

K = tables.chats
T = tables.chat_topics
M = tables.chat_messages
P = tables.approvals
O = tables.outbox  # noqa: E741 - a table's short name, as in the other modules


class Chat(Frozen):
    """A chat that was enrolled."""

    id: int
    is_forum: bool
    added_by: str
    added_at: datetime
    left_at: datetime | None


@write
def enrol_chat(tx: Tx, *, chat_id: int, is_forum: bool, who: str) -> Chat:
    """Send songs to this chat from now on, those that wait already included; a repeat changes only `is_forum`."""
    present = chat_by_id(tx, chat_id=chat_id)
    if present is not None and present.left_at is None:
        tx.connection.execute(update(K).where(K.c.id == chat_id).values(is_forum=is_forum))
        return _known(tx, chat_id)
    values = {"is_forum": is_forum, "added_by": who, "added_at": tx.clock.now(), "left_at": None}
    if present is None:
        tx.connection.execute(insert(K).values(id=chat_id, **values))
    else:
        tx.connection.execute(update(K).where(K.c.id == chat_id).values(**values))
    events.append(tx, "chat.enrolled", who=who)
    _bring_up_to_date(tx)
    return _known(tx, chat_id)


@write
def leave_chat(tx: Tx, *, chat_id: int) -> None:
    """Send nothing there any more: the bot was removed, or the person in it was."""
    left = tx.connection.execute(
        update(K).where(K.c.id == chat_id, K.c.left_at.is_(None)).values(left_at=tx.clock.now())
    )
    if left.rowcount:
        events.append(tx, "chat.left")


def forget_chat(tx: Tx, *, chat_id: int) -> None:
    """Remove a chat and what was kept of its messages."""
    for column in (M.c.chat_id, T.c.chat_id, K.c.id):
        tx.connection.execute(delete(column.table).where(column == chat_id))


def list_chats(tx: Tx) -> list[Chat]:
    """Chats that are told of songs, the oldest first."""
    rows = tx.connection.execute(select(K).where(K.c.left_at.is_(None)).order_by(K.c.added_at, K.c.id))
    return [_chat(row._mapping) for row in rows]


def chat_by_id(tx: Tx, *, chat_id: int) -> Chat | None:
    """One chat, also one that was left; None where it was never enrolled."""
    row = tx.connection.execute(select(K).where(K.c.id == chat_id)).first()
    return None if row is None else _chat(row._mapping)


# ------------------------------------------------------------ topics


@write
def keep_topic(tx: Tx, *, chat_id: int, artist_id: str, thread_id: int) -> None:
    """Remember an artist's topic, in place of one that is gone."""
    drop_topic(tx, chat_id=chat_id, artist_id=artist_id)
    tx.connection.execute(insert(T).values(chat_id=chat_id, artist_id=artist_id, thread_id=thread_id))


@write
def drop_topic(tx: Tx, *, chat_id: int, artist_id: str) -> None:
    """Forget a topic that somebody deleted."""
    tx.connection.execute(delete(T).where(T.c.chat_id == chat_id, T.c.artist_id == artist_id))


def topic_of(tx: Tx, *, chat_id: int, artist_id: str) -> int | None:
    """The thread in which an artist's songs stand, if it has one."""
    return tx.connection.execute(
        select(T.c.thread_id).where(T.c.chat_id == chat_id, T.c.artist_id == artist_id)
    ).scalar_one_or_none()


@write
def claim_once(tx: Tx, *, key: str) -> bool:
    """Whether this is the first time that a press or an update is seen.

    Kept among the writes, which are pruned after a day: Telegram repeats no update that is older.
    """
    return insert_absent(
        tx.connection,
        tables.writes,
        write_id=f"telegram/{key}",
        result="null",
        at_s=database_now_s(tx.connection),
    )


def _bring_up_to_date(tx: Tx) -> None:
    """A new chat hears of what waits and was told before, or is being told: a chat that shows a song is sent no other."""
    told = (O.c.dedupe_key == "approval/" + P.c.id) & (O.c.status != "pending")
    waiting = (
        select(P.c.id)
        .join(O, told)
        .where(P.c.status == ApprovalStatus.PENDING)
        .order_by(P.c.asked_at, P.c.id)
    )
    for approval_id in tx.connection.execute(waiting).scalars().all():
        outbox.enqueue(
            tx,
            kind="approval",
            dedupe_key=f"approval/{approval_id}/{new_id('chat', tx.clock)}",
            payload={"approval_id": approval_id},
        )


def _known(tx: Tx, chat_id: int) -> Chat:
    chat = chat_by_id(tx, chat_id=chat_id)
    assert chat is not None
    return chat


def _chat(row: RowMapping) -> Chat:
    return Chat.model_validate(dict(row))
