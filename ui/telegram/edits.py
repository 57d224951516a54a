"""The first errand: every message tells the latest decision, wherever it was made, at any hour."""

from storage.outbox import Message
from ui.telegram.board import Board
from ui.telegram.courier import Courier

EDITS_A_ROUND = 20


class Edits:
    """Decisions, on their way to the messages that show the song."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def round(self, courier: Courier) -> bool:
        """Those decisions that are new, and those that can be undone no more."""
        closed = await self._board.close_undo()
        messages = await courier.claim(("verdict",), EDITS_A_ROUND)
        for message in messages:
            await courier.deliver([message], lambda each=message: self._bring_up_to_date(each))
        return bool(messages) or closed

    async def _bring_up_to_date(self, message: Message) -> None:
        approval_id = str(message.payload["approval_id"])
        await self._board.refresh(approval_id)
        if message.payload.get("action") == "undo":
            # It was not sent where it had been decided before its turn came.
            await self._board.post(approval_id)
