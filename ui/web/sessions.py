"""Who is signed in: sessions on this side, so that they end when they should, and guesses that get slower.

Of a session only a hash is held; the browser has the only copy of what opens it.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

SESSIONS_MAX = 1_000
TOKEN_BYTES = 32
FREE_FAILURES = 3
"""Mistyped passwords that cost nobody a wait."""
WAIT_MAX_S = 60.0
FAILURES_MAX = 10_000


@dataclass(frozen=True)
class Session:
    """One signed-in browser."""

    alias: str
    until_s: float


class Sessions:
    """Sessions by the hash of their token, in this process alone: a restart signs everybody out."""

    def __init__(self, lasts_s: float, now_s: Callable[[], float] = time.time) -> None:
        self.lasts_s = lasts_s
        self._now_s = now_s
        self._by_hash: dict[str, Session] = {}

    def begin(self, alias: str) -> str:
        """The token that a browser shows from now on."""
        self._forget_ended()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self._by_hash[_hash(token)] = Session(alias, self._now_s() + self.lasts_s)
        return token

    def alias_of(self, token: str) -> str | None:
        """Whose session this is, while it lasts."""
        session = self._by_hash.get(_hash(token))
        return session.alias if session and session.until_s > self._now_s() else None

    def end(self, token: str) -> None:
        """Sign out."""
        self._by_hash.pop(_hash(token), None)

    def end_all_of(self, alias: str) -> None:
        """Sign somebody out everywhere."""
        self._by_hash = {key: each for key, each in self._by_hash.items() if each.alias != alias}

    def _forget_ended(self) -> None:
        now_s = self._now_s()
        self._by_hash = {key: each for key, each in self._by_hash.items() if each.until_s > now_s}
        while len(self._by_hash) >= SESSIONS_MAX:
            del self._by_hash[next(iter(self._by_hash))]  # the oldest: dictionaries keep their order


class Failures:
    """How long somebody who guessed wrong has to wait: a second, then twice as long each time."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._counted: dict[str, tuple[int, float]] = {}

    def wait_s(self, whose: str) -> float:
        """Seconds until the next try; 0 is now."""
        _, until_s = self._counted.get(whose, (0, 0.0))
        return max(0.0, until_s - self._now_s())

    def failed(self, whose: str) -> None:
        """One more wrong guess."""
        count = self._counted.pop(whose, (0, 0.0))[0] + 1
        wait_s = min(WAIT_MAX_S, 2.0 ** (count - FREE_FAILURES)) if count >= FREE_FAILURES else 0.0
        self._counted[whose] = (count, self._now_s() + wait_s)
        if len(self._counted) > FAILURES_MAX:
            del self._counted[next(iter(self._counted))]

    def succeeded(self, whose: str) -> None:
        """Past mistakes are forgiven."""
        self._counted.pop(whose, None)


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(
        hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest()
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
