"""Who acts, where, and with which rights."""

from runtime.label import Label
from storage.errors import NotAllowedError
from storage.people import Role
from storage.types import Frozen


class Actor(Frozen):
    """Who acts, and where."""

    alias: str
    surface: str
    """console, telegram, cli or api."""
    role: Role = Role.OWNER


class Seat:
    """One person before one subject of a label: what each part of a desk is made of."""

    def __init__(self, label: Label, actor: Actor) -> None:
        self.actor = actor
        self._label = label
        self._store = label.store

    def require_owner(self, what: str) -> None:
        """Raises NotAllowedError for a reviewer."""
        if self.actor.role is not Role.OWNER:
            raise NotAllowedError(f"Only the owner may {what}; {self.actor.alias} is a reviewer")
