"""What every part of the bot works with: the label, who people are, and where they may speak."""

from dataclasses import dataclass

from telegram import Update

from configs.settings import Settings
from runtime.desk import Desk
from runtime.desk.actor import Actor
from runtime.label import Label
from storage import chats, people
from storage.chats import Chat
from storage.errors import NotAllowedError
from storage.people import Person, Role
from ui.telegram.tempo import Tempo

SURFACE = "telegram"
NAMED = "telegram-{number}"
"""The alias of a user whom TELEGRAM_REVIEWERS names."""


@dataclass(frozen=True)
class Visitor:
    """Whoever an update comes from."""

    number: int
    person: Person | None
    chat: Chat | None
    """None where the chat is not enrolled."""


class Office:
    """One bot's view of its label."""

    def __init__(self, label: Label, tempo: Tempo) -> None:
        self.label = label
        self.store = label.store
        self.settings: Settings = label.settings
        self.tempo = tempo

    async def visitor(self, update: Update) -> Visitor | None:
        """Who speaks, and where; None for bots, channels and people who hide behind a group."""
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None or user.is_bot:
            return None
        enrolled = await self.store.read(chats.chat_by_id, chat_id=chat.id)
        if enrolled is not None and enrolled.left_at is not None:
            enrolled = None
        return Visitor(user.id, await self.person(user.id), enrolled)

    async def person(self, number: int) -> Person | None:
        """Who a Telegram user is here; None for a stranger."""
        person = await self.store.read(people.person_of_telegram, telegram_id=number)
        alias, is_named = NAMED.format(number=number), number in self.settings.telegram_reviewers
        if person is None and is_named:
            return await self.store.write(people.know_number, telegram_id=number, alias=alias)
        # Whoever came in by the settings leaves with them.
        return None if person is not None and person.alias == alias and not is_named else person

    async def desk(self, update: Update) -> Desk:
        """The desk of whoever speaks. Raises NotAllowedError for a stranger."""
        visitor = await self.visitor(update)
        if visitor is None or visitor.person is None:
            raise NotAllowedError("You are not on this label's list")
        person = visitor.person
        return Desk(self.label, Actor(alias=person.alias, surface=SURFACE, role=Role(person.role)))

    async def whom_to_ask(self) -> str:
        """The owner's alias, or how there comes to be one."""
        owner = await self.store.read(people.owner)
        return "whoever runs this label" if owner is None else owner.alias
