"""The label itself: halted and allowed again, its settings, and who else acts for it."""

from runtime.desk.actor import Seat
from storage import label, people
from storage.people import LinkCode, Role


class House(Seat):
    """Stopping is everybody's; spending again, settings and people are the owner's."""

    async def stop(self) -> label.Label:
        """Halt all spending at once."""
        return await self._store.write(label.stop_label, who=self.actor.alias)

    async def go_on(self) -> label.Label:
        """Allow spending again."""
        self.require_owner("allow spending again")
        return await self._store.write(label.resume_label, who=self.actor.alias)

    async def change_setting(self, name: str, value: str | None) -> None:
        """Turn a knob while the label runs, or give it back to `.env` with None."""
        self.require_owner("change settings")
        await self._label.live.change(name, value, who=self.actor.alias)

    async def invite(self, alias: str, role: Role) -> LinkCode:
        """A one-time code with which somebody joins from Telegram; nothing but its hash is kept."""
        self.require_owner("invite people")
        code = people.new_code()
        invited = await self._store.write(
            people.invite, alias=alias, role=role, who=self.actor.alias, code_sha256=people.hash_code(code)
        )
        return LinkCode(code=code, **invited.model_dump())
