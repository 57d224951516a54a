"""Following songs as they are made: a live view on a terminal, one line a step everywhere else."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import Progress as Bar
from rich.spinner import Spinner
from rich.text import Text

from storage.types import CycleStep, Event
from ui.cli.output import sideline
from ui.wording import usd

ESTIMATE_AFTER_S = 2.0
"""How long a stage is watched before its end is foretold."""
NAME_WIDTH = max(len(step) for step in CycleStep)


@dataclass
class _Song:
    """One cycle on the screen."""

    lines: list[str] = field(default_factory=list)
    under_way: str | None = None
    since_s: float = 0.0


class Progress:
    """Tells events as they come. `say` tells anything else, such as what is being started."""

    def __init__(self, console: Console, artists: dict[str, str]) -> None:
        """`artists` gives the name to show for each cycle id; cycles may be added later."""
        self.artists = artists
        self._console = console
        self._songs: dict[str, _Song] = {}
        self._said: Spinner | None = None
        self._live = Live(get_renderable=self._drawn, console=console, transient=True, refresh_per_second=8)

    def say(self, text: str) -> None:
        """What is happening, until something else does."""
        if self._console.is_terminal:
            self._said = Spinner("dots", Text(text))
        else:
            self._console.print(text, markup=False)

    async def follow(self, events: AsyncIterator[Event]) -> None:
        """Tell a stream of events to its end."""
        async for event in events:
            self._said = None
            self._tell(event)

    def _tell(self, event: Event) -> None:
        song = self._songs.setdefault(event.cycle_id or "", _Song())
        step = str(event.body.get("step", ""))
        if event.kind in ("step.intent", "step.retried"):
            song.under_way, song.since_s = step, monotonic()
        elif event.kind.startswith("step.") or event.kind.startswith("cycle."):
            song.under_way = None
        line = told(event)
        if line:
            name = self._name(event.cycle_id or "")
            # Above the live part, so that what is finished stays on the screen.
            self._console.print(Text(f"{name}  {line}" if name else line))

    def _drawn(self) -> RenderableType:
        rows: list[RenderableType] = [self._said] if self._said else []
        for cycle_id, song in self._songs.items():
            if song.under_way:
                name = self._name(cycle_id)
                text = f"{name}  {song.under_way:<{NAME_WIDTH}}  {monotonic() - song.since_s:5.1f} s …"
                rows.append(Text(text, style="cyan"))
        return Group(*rows)

    def _name(self, cycle_id: str) -> str:
        """The artist's, as wide as the longest, so that steps stand below each other."""
        return self.artists.get(cycle_id, "").ljust(max(map(len, self.artists.values()), default=0))

    @contextmanager
    def shown(self) -> Iterator["Progress"]:
        """Draw while in here; on no terminal nothing is drawn and lines are printed."""
        if not self._console.is_terminal:
            yield self
            return
        with self._live:
            yield self


def progress() -> Progress:
    """Progress on stderr."""
    return Progress(sideline(), {})


def told(event: Event) -> str | None:
    """An event as a line for people; None for those that only machines need."""
    if event.kind.startswith("step."):
        return _told_of_step(event.kind, event.body)
    body = event.body
    match event.kind:
        case "fix.opened":
            return f"{'fix':<{NAME_WIDTH}}  {body['action']}: {body['reason']}"
        case "cycle.resumed":
            return "goes on where it was"
        case "cycle.waiting" | "cycle.parked" | "cycle.deferred":
            return f"{event.kind.removeprefix('cycle.')}: {body['reason']}"
        case "cycle.ended":
            return f"{body['outcome']}, decided by {body['decided_by']}: {body['reason']}"
    return None


def _told_of_step(kind: str, body: dict[str, object]) -> str | None:
    step = f"{body.get('step', ''):<{NAME_WIDTH}}"
    match kind:
        case "step.done":
            cost = usd(Decimal(str(body["cost_usd"])))
            revision = f", revision {body['revision']}" if body.get("revision") else ""
            return f"{step}  {float(str(body['duration_s'])):6.1f} s  {body['provider']}, {cost}{revision}"
        case "step.failed":
            return f"{step}  failed: {body['error']}"
        case "step.retried":
            return f"{step}  again, by {body['provider']}"
    return None


class Meter:
    """How far one engine is: a bar on a terminal; elsewhere a line for each stage, and one for how long it takes."""

    def __init__(self) -> None:
        self._console = sideline()
        self._bar = Bar(console=self._console, transient=True)
        self._task = self._bar.add_task("", total=1.0)
        self._stage, self._since_s, self._is_estimated = "", 0.0, False

    def told(self, stage: str, share: float) -> None:
        """`share` of the whole is done, 0 to 1."""
        self._bar.update(self._task, description=stage, completed=share)
        if stage != self._stage:
            self._stage, self._since_s, self._is_estimated = stage, monotonic(), False
            if not self._console.is_terminal:
                self._console.print(stage, markup=False)
        spent_s = monotonic() - self._since_s
        if not self._is_estimated and spent_s >= ESTIMATE_AFTER_S and 0 < share < 1:
            self._is_estimated = True  # the bar tells it on a terminal, all the while
            left_s = round(spent_s * (1 - share) / share)
            if left_s and not self._console.is_terminal:
                self._console.print(f"{stage}: about {left_s} s more", markup=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()
