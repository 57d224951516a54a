"""Which Telegram message shows which question, and as what: so that each is edited and none is sent twice."""

from sqlalchemy import delete, func, insert, select, update

from storage import deadlines, tables
from storage.approval_rows import ApprovalStatus
from storage.store import Tx, write
from storage.types import Frozen

M = tables.chat_messages
P = tables.approvals
K = tables.chats


class Posted(Frozen):
    """A message that shows a question."""

    chat_id: int
    message_id: int
    approval_id: str
    has_media: bool
    """Its words are a caption, which Telegram edits by another method than a text."""
    shown: str
    """What it shows, in the surface's own short words."""


@write
def keep_message(
    tx: Tx, *, chat_id: int, message_id: int, approval_id: str, has_media: bool, shown: str
) -> None:
    """Remember a message that was sent: its question has reached people."""
    forget_message(tx, chat_id=chat_id, message_id=message_id)
    tx.connection.execute(
        insert(M).values(
            chat_id=chat_id,
            message_id=message_id,
            approval_id=approval_id,
            has_media=has_media,
            shown=shown,
            at=tx.clock.now(),
        )
    )
    deadlines.note_delivered(tx, approval_id=approval_id)


@write
def mark_shown(tx: Tx, *, chat_id: int, message_id: int, shown: str) -> None:
    """It was edited and shows this now."""
    tx.connection.execute(
        update(M).where(M.c.chat_id == chat_id, M.c.message_id == message_id).values(shown=shown)
    )


@write
def forget_message(tx: Tx, *, chat_id: int, message_id: int) -> None:
    """It is gone from its chat."""
    tx.connection.execute(delete(M).where(M.c.chat_id == chat_id, M.c.message_id == message_id))


def messages_of(tx: Tx, *, approval_id: str) -> list[Posted]:
    """Every message of a question in chats that were not left, the oldest first."""
    query = (
        select(M)
        .join(K, K.c.id == M.c.chat_id)
        .where(M.c.approval_id == approval_id, K.c.left_at.is_(None))
        .order_by(M.c.at, M.c.message_id)
    )
    return [_posted(row) for row in tx.connection.execute(query)]


def message_at(tx: Tx, *, chat_id: int, message_id: int) -> Posted | None:
    """The question's message at this place, if it is one."""
    row = tx.connection.execute(select(M).where(M.c.chat_id == chat_id, M.c.message_id == message_id)).first()
    return None if row is None else _posted(row)


def messages_showing(tx: Tx, *, prefix: str, limit: int = 100) -> list[Posted]:
    """Messages whose `shown` begins so."""
    query = (
        select(M)
        .join(K, K.c.id == M.c.chat_id)
        .where(M.c.shown.startswith(prefix, autoescape=True), K.c.left_at.is_(None))
        .order_by(M.c.at)
        .limit(limit)
    )
    return [_posted(row) for row in tx.connection.execute(query)]


def most_open(tx: Tx) -> int:
    """How many undecided songs the fullest chat shows."""
    of_a_chat = (
        select(func.count(M.c.approval_id.distinct()).label("songs"))
        .join(P, P.c.id == M.c.approval_id)
        .join(K, K.c.id == M.c.chat_id)
        .where(P.c.status == ApprovalStatus.PENDING, K.c.left_at.is_(None))
        .group_by(M.c.chat_id)
        .subquery()
    )
    return tx.connection.execute(select(func.max(of_a_chat.c.songs))).scalar_one() or 0


def _posted(row) -> Posted:  # noqa: ANN001 - SQLAlchemy's row, whatever its columns
    return Posted.model_validate({name: row._mapping[name] for name in Posted.model_fields})
