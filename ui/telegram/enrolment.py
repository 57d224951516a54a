"""How a person and a chat come in, and how a chat goes."""

from telegram import ChatMember, Update
from telegram.ext import ContextTypes

from storage import chats, people
from storage.errors import NotAllowedError, UsageError
from storage.people import Person, Role
from ui.telegram.answers import reply
from ui.telegram.markup import bold, code, plain
from ui.telegram.office import Office

GONE = (ChatMember.LEFT, ChatMember.BANNED)


class Enrolment:
    """`/link CODE`, `/start`, `/invite ALIAS`, and the bot's own coming and going."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._store = office.store

    async def link(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """With a code: this person belongs to the label, and so does their private chat; groups are the owner's."""
        visitor = await self._office.visitor(update)
        chat = update.effective_chat
        if visitor is None or chat is None:
            return
        if context.args:
            person = await self._store.write(
                people.link_telegram, code=context.args[0], telegram_id=visitor.number
            )
        elif visitor.person is None:
            raise UsageError(
                "Type /link CODE; the code comes from the owner, or from `labelmate telegram link`"
            )
        else:
            person = visitor.person
        if chat.type != "private" and person.role is not Role.OWNER:
            if not context.args:
                raise NotAllowedError("Only the owner enrols a group")
            await reply(
                update, f"You are {bold(person.alias)}. Type /start to me in private, and songs come there."
            )
            return
        await self._store.write(
            chats.enrol_chat, chat_id=chat.id, is_forum=bool(chat.is_forum), who=person.alias
        )
        await reply(update, _welcome(person))

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A link with a code in it, or the first word of somebody new."""
        visitor = await self._office.visitor(update)
        if visitor is None:
            return
        if context.args or (visitor.person is not None and visitor.chat is None):
            await self.link(update, context)
        elif visitor.person is None:
            whom = plain(await self._office.whom_to_ask())
            await reply(
                update,
                f"This is the bot of a music label. Your id is {code(visitor.number)}; ask {whom} for a code, "
                f"then type {code('/link CODE')}.",
            )
        else:
            await reply(update, _welcome(visitor.person))

    async def invite(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A code for a reviewer, told to the owner alone."""
        chat = update.effective_chat
        if not context.args:
            raise UsageError("Type /invite ALIAS; the alias is what the audit trail says")
        desk = await self._office.desk(update)
        if chat is None or chat.type != "private":
            raise UsageError("Write me that in private: here everybody would read the code")
        made = await desk.house.invite(" ".join(context.args), Role.REVIEWER)
        await reply(
            update,
            f"For {bold(made.alias)}, once, within a quarter of an hour: {code(f'/link {made.code}')}\n"
            "They type it to me in private.",
        )

    async def moved(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """The bot was removed from a chat, or blocked in it."""
        change = update.my_chat_member
        if change is not None and change.new_chat_member.status in GONE:
            await self._store.write(chats.leave_chat, chat_id=change.chat.id)


def _welcome(person: Person) -> str:
    rights = "you decide and steer" if person.role is Role.OWNER else "you decide on songs"
    return (
        f"You are {bold(person.alias)}, {person.role}: {rights}. Songs that wait come here, with buttons.\n"
        "/pending lists them, /help tells the rest."
    )
