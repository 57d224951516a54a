"""Settings that change while the label runs: what people turned lies over `.env` and the environment.

Everybody who works for long asks `now()` at the start of a piece of work and keeps the answer for it, so one
song is made under one set of rules. A set that does not fit together is not taken: the last good one stays.
"""

import asyncio
import logging
from pathlib import Path

from configs.settings import Settings, SettingsError
from runtime.launch import Launch
from storage import knobs
from storage.errors import UsageError
from storage.store import StoreClient

log = logging.getLogger(__name__)


class LiveSettings:
    """The settings as they are now, and the way to change one."""

    def __init__(self, launch: Launch, store: StoreClient) -> None:
        self._launch = launch
        self._store = store
        self._start = launch.settings()
        self._good = self._start
        self._read_from: object = None
        self._told: tuple[str, ...] = ()

    @property
    def last(self) -> Settings:
        """The answer of the last `now()`, or what the label was started with."""
        return self._good

    async def now(self) -> Settings:
        """The settings in force; a change is logged as it is taken, a faulty one once."""
        turned = await self._turned()
        read_from = (turned, _stamp(self._launch.home / ".env"))
        if read_from == self._read_from:
            return self._good
        try:
            # In a thread: to check everything anew takes milliseconds that others wait for.
            fresh = await asyncio.to_thread(self._merged, turned)
        except SettingsError as error:
            if error.lines != self._told:
                log.warning("settings: %s; the former ones stay in force", "; ".join(error.lines))
                self._told = error.lines
            return self._good
        self._told, self._read_from = (), read_from
        before, after = self._good.shown(), fresh.shown()
        for name in sorted(after):
            if before[name] != after[name]:
                log.info("settings: %s is %s, was %s", name, after[name] or "unset", before[name] or "unset")
        self._good = fresh
        return fresh

    async def change(self, name: str, value: str | None, *, who: str) -> Settings:
        """Turn one knob, or give it back to `.env` with None. Raises UsageError, and then nothing has changed."""
        if name not in Settings.live_fields():
            raise UsageError(
                f"{name} cannot be changed while the label runs; set it in the home's .env and start it again"
            )
        turned = await self._turned()
        turned.pop(name, None)
        if value is not None:
            turned[name] = value
        try:
            self._merged(turned)
        except SettingsError as error:
            raise UsageError("; ".join(error.lines)) from error
        await self._store.write(knobs.turn_knob, name=name, value=value, who=who)
        return await self.now()

    async def _turned(self) -> dict[str, str]:
        return {knob.name: knob.value for knob in await self._store.read(knobs.knobs)}

    def _merged(self, turned: dict[str, str]) -> Settings:
        # One that this build no longer knows, or no longer lets people turn, waits for a build that does.
        fields = Settings.live_fields()
        known = {fields[name]: value for name, value in turned.items() if name in fields}
        fresh = Settings.load(self._launch.home, **{**known, **self._launch.overrides})
        # Of `.env` too only what may change: a lease or a key of now would not fit those who run since before.
        return self._start.model_copy(
            update={field: getattr(fresh, field) for field in Settings.reread_fields()}
        )


def _stamp(path: Path) -> tuple[int, int] | None:
    """Tells one version of a file from the next."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size
