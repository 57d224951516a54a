"""How the label stands, as every surface tells it."""

from datetime import UTC, datetime, timedelta

from configs.providers import ProviderKind, providers_in_use
from runtime.label import Label, RunRecord, read_run
from storage import queries
from storage.ledger import Caps
from storage.model_health import ModelRecord, model_records
from storage.name_searches import UnsearchedName
from storage.roster import Newcomer
from storage.types import Frozen


class Money(Frozen):
    """Charged or reserved, as text so that no cent is rounded away."""

    day_usd: str
    daily_cap_usd: str
    month_usd: str
    monthly_cap_usd: str


class Status(Frozen):
    """The label as a whole."""

    home: str
    label_id: str
    running: RunRecord | None
    stopped_at: datetime | None
    stopped_by: str | None
    artists: dict[str, int]
    cycles: dict[str, int]
    """Those that have not ended, by state."""
    undecided: int
    overdue: int
    open_error_groups: int
    names_to_search: tuple[UnsearchedName, ...]
    """Artists whose first release waits until a person has searched for the name."""
    newcomers: tuple[Newcomer, ...]
    """Artists that the label created by itself and nobody has taken on yet."""
    money: Money
    providers: dict[str, str]
    """Who makes what, by kind."""
    models: tuple[ModelRecord, ...]
    """Hosted models that were asked within a day, and whether they answer."""


async def read_status(label: Label) -> Status:
    """Ask the store once."""
    caps = await caps_in_force(label)
    told = await label.store.read(queries.label_status, caps=caps)
    return Status(
        home=str(label.settings.home),
        label_id=told.label.id,
        # Read anew: surfaces answer, and fail, after a process has joined.
        running=read_run(label.settings.home) if label.running else None,
        stopped_at=told.label.stopped_at,
        stopped_by=told.label.stopped_by,
        artists={str(state): count for state, count in told.artists.items()},
        cycles={str(state): count for state, count in told.cycles.items()},
        undecided=told.undecided,
        overdue=told.overdue,
        open_error_groups=told.open_error_groups,
        names_to_search=told.names_to_search,
        newcomers=told.newcomers,
        money=Money(
            day_usd=str(told.spent.day_usd),
            daily_cap_usd=str(caps.daily_usd),
            month_usd=str(told.spent.month_usd),
            monthly_cap_usd=str(caps.monthly_usd),
        ),
        providers=_providers(label),
        models=tuple(await label.store.read(model_records, since=datetime.now(UTC) - timedelta(days=1))),
    )


async def caps_in_force(label: Label) -> Caps:
    """The label's caps, as people have turned them since it started."""
    settings = await label.live.now()
    return Caps(
        daily_usd=settings.budget_daily_usd,
        monthly_usd=settings.budget_monthly_usd,
        timezone=settings.label_timezone,
    )


def _providers(label: Label) -> dict[str, str]:
    """As the label's own process saw its keys, which the one that asks may not have; music can be turned since."""
    now = providers_in_use(label.live.last)
    if label.running is None or not label.running.providers:
        return now
    music = {ProviderKind.MUSIC: now[ProviderKind.MUSIC]} if label.live.last.music_providers else {}
    return {**label.running.providers, **{str(kind): name for kind, name in music.items()}}
