"""Where the owner is reached."""

from storage import chats, people
from ui.telegram.office import Office


async def owners_chat(office: Office) -> int | None:
    """The owner's own chat with the bot, or one that the owner enrolled, or the first there is."""
    everywhere = await office.store.read(chats.list_chats)
    owner = await office.store.read(people.owner)
    alias, number = (owner.alias, owner.telegram_id) if owner else (None, None)
    order = sorted(everywhere, key=lambda chat: (chat.id != number, chat.added_by != alias, chat.added_at))
    return order[0].id if order else None
