"""Who asks, and what they may: a session of somebody who signed in, the token, or whoever sits at this machine."""

import math
from enum import StrEnum

from starlette.requests import HTTPConnection

from configs.keys import logins_of
from configs.settings import Settings
from runtime.desk.actor import Actor
from storage import people
from storage.errors import NotAllowedError
from storage.people import Role
from storage.store import StoreClient
from ui.cli.options import person
from ui.web.binding import is_loopback
from ui.web.sessions import Failures, Sessions, same

COOKIE = "labelmate_session"
PROGRAM = "api"
"""The alias of whoever holds API_TOKEN."""
HOUR_S = 3600.0


class Door(StrEnum):
    """How somebody came in."""

    BEARER = "bearer"
    SESSION = "session"
    MACHINE = "machine"
    """Nobody has to sign in: only this machine reaches us, and who uses it owns the label."""


class Visitor:
    """An identified request."""

    def __init__(self, alias: str, door: Door) -> None:
        self.alias = alias
        self.door = door


class Doorkeeper:
    """Knows everybody who may come in."""

    def __init__(self, settings: Settings, store: StoreClient, sessions: Sessions | None = None) -> None:
        self.sessions = sessions or Sessions(settings.session_h * HOUR_S)
        self.failures = Failures()
        self._logins = logins_of(settings.console_logins)
        self._token = settings.api_token.get_secret_value() if settings.api_token else None
        self._is_local = is_loopback(settings.console_host)
        self._store = store

    @property
    def asks_for_logins(self) -> bool:
        """Whether people sign in."""
        return bool(self._logins)

    @property
    def is_open(self) -> bool:
        """Whether everybody who reaches us may come in: on this machine, without logins."""
        return self._is_local and not self._logins

    @property
    def has_console(self) -> bool:
        """Without logins, pages are shown on this machine alone; elsewhere the token opens the API only."""
        return self.is_open or self.asks_for_logins

    async def visitor(self, connection: HTTPConnection) -> Visitor | None:
        """Who asks; None for a stranger, as is whoever was removed since: asked of the store each time.

        A wrong token is a stranger even where everybody may come in.
        """
        bearer = _bearer(connection)
        if bearer is not None:
            return Visitor(PROGRAM, Door.BEARER) if self._token and same(bearer, self._token) else None
        alias = self.sessions.alias_of(connection.cookies.get(COOKIE, ""))
        if alias is not None:
            if await self._store.read(people.is_barred, alias=alias):
                self.sessions.end_all_of(alias)
                return None
            return Visitor(alias, Door.SESSION)
        return Visitor(person(None), Door.MACHINE) if self.is_open else None

    async def sign_in(self, alias: str, password: str, address: str) -> str | None:
        """A new session's token, or None for a wrong pair and for somebody who was removed.

        Raises NotAllowedError while earlier failures of this name from this address have to be waited out.
        """
        whose = f"{address}/{alias[:100]}"
        wait_s = self.failures.wait_s(whose)
        if wait_s > 0:
            raise NotAllowedError(
                f"Too many failures; try again in {math.ceil(wait_s)} s", retry_after_s=math.ceil(wait_s)
            )
        # Every pair is compared, so that the time tells nothing of which aliases there are.
        # Name and password each by itself: joined, `ann` + `b:c` would be `ann:b` + `c`.
        fits = [same(alias, name) & same(password, secret) for name, secret in self._logins]
        if not any(fits) or await self._store.read(people.is_barred, alias=alias):
            self.failures.failed(whose)
            return None
        self.failures.succeeded(whose)
        return self.sessions.begin(alias)

    async def actor_of(self, alias: str, surface: str = "console", door: Door = Door.SESSION) -> Actor:
        """Somebody who came in, with their rights. Raises NotAllowedError for somebody who was removed since."""
        if self.is_open or door is Door.BEARER:
            return Actor(alias=alias, surface=surface, role=Role.OWNER)
        known = {each.alias: each for each in await self._store.read(people.list_people, with_former=True)}
        if alias in known:
            if known[alias].left_at is not None:
                raise NotAllowedError(f"{alias} may no longer decide here; ask the owner")
            return Actor(alias=alias, surface=surface, role=known[alias].role)
        has_owner = any(each.role is Role.OWNER and each.left_at is None for each in known.values())
        is_first = bool(self._logins) and self._logins[0][0] == alias
        return Actor(
            alias=alias, surface=surface, role=Role.OWNER if is_first and not has_owner else Role.REVIEWER
        )


def _bearer(connection: HTTPConnection) -> str | None:
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None
