"""`/metrics`: the label's sums for Prometheus, from queries; by state, step, provider and model, never by artist.

The totals are sums of rows that are kept for ever, so they only grow and survive every restart.
"""

from collections.abc import Iterable, Iterator
from time import monotonic

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response

from runtime.label import Label
from storage import queries
from storage.gauges import Gauges, ModelSum, StepSum, gauges
from storage.queries import LabelStatus
from ui.standing import caps_in_force
from ui.web.door import TheLabel

KEPT_S = 5.0
"""The sums read whole tables; scrapes in quick succession share one answer."""
router = APIRouter(tags=["watching"])


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request, label: TheLabel) -> Response:
    """Prometheus' text format."""
    kept: tuple[float, bytes] | None = getattr(request.app.state, "metrics", None)
    if kept is None or monotonic() - kept[0] > KEPT_S:
        kept = monotonic(), await _text(label)
        request.app.state.metrics = kept
    return Response(kept[1], media_type=CONTENT_TYPE_LATEST)


async def _text(label: Label) -> bytes:
    status = await label.store.read(queries.label_status, caps=await caps_in_force(label))
    sums = await label.store.read(gauges)
    registry = CollectorRegistry()
    registry.register(_Read([*_standing(status, sums), *_steps(sums.steps), *_models(sums.model_calls)]))
    return generate_latest(registry)


class _Read(Collector):
    """What was read once, as a collector."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _standing(status: LabelStatus, sums: Gauges) -> Iterator[Metric]:
    yield _gauge("artists", "Artists by state.", "state", {str(key): n for key, n in status.artists.items()})
    yield _gauge(
        "cycles",
        "Songs that have not ended, by state.",
        "state",
        {str(key): n for key, n in status.cycles.items()},
    )
    ended = CounterMetricFamily("labelmate_cycles_ended", "Songs that ended, by outcome.", labels=["outcome"])
    for outcome, count in sums.ended.items():
        ended.add_metric([outcome], count)
    yield ended
    yield _gauge(
        "error_groups",
        "Kinds of faults by state.",
        "state",
        {str(key): n for key, n in sums.error_groups.items()},
    )
    spent = status.spent
    yield _gauge(
        "spend_usd",
        "US dollars charged or reserved in the current period.",
        "period",
        {"day": float(spent.day_usd), "month": float(spent.month_usd)},
    )
    yield _gauge(
        "spend_cap_usd",
        "US dollars that may be spent in the period.",
        "period",
        {"day": float(spent.caps.daily_usd), "month": float(spent.caps.monthly_usd)},
    )
    for name, text, value in (
        ("approvals_undecided", "Songs that wait for people.", status.undecided),
        ("approvals_overdue", "Songs that wait for longer than they should.", status.overdue),
        ("stopped", "1 while spending is halted.", int(status.is_stopped)),
    ):
        yield GaugeMetricFamily(f"labelmate_{name}", text, value=value)


def _steps(steps: tuple[StepSum, ...]) -> Iterator[Metric]:
    labels = ["step", "provider", "status"]
    count = CounterMetricFamily(
        "labelmate_steps", "Steps by what they are, who did them and how they ended.", labels=labels
    )
    cpu = CounterMetricFamily("labelmate_step_cpu_seconds", "Processor seconds of steps.", labels=labels)
    cost = CounterMetricFamily("labelmate_step_cost_usd", "US dollars that steps cost.", labels=labels)
    for each in steps:
        at = [each.name, each.provider, each.status]
        count.add_metric(at, each.steps)
        cpu.add_metric(at, each.cpu_s)
        cost.add_metric(at, float(each.cost_usd))
    yield from (count, cpu, cost)


def _models(calls: tuple[ModelSum, ...]) -> Iterator[Metric]:
    labels = ["provider", "model", "task", "outcome"]
    families = {
        name: CounterMetricFamily(f"labelmate_model_{name}", text, labels=labels)
        for name, text in (
            ("calls", "Calls of language models."),
            ("tokens_in", "Tokens sent to language models."),
            ("tokens_out", "Tokens written by language models."),
            ("cost_usd", "US dollars that language models cost."),
            ("latency_seconds", "Seconds waited for language models."),
        )
    }
    for each in calls:
        at = [each.provider, each.model, each.task, each.outcome]
        families["calls"].add_metric(at, each.calls)
        families["tokens_in"].add_metric(at, each.tokens_in)
        families["tokens_out"].add_metric(at, each.tokens_out)
        families["cost_usd"].add_metric(at, float(each.cost_usd))
        families["latency_seconds"].add_metric(at, each.latency_s)
    yield from families.values()


def _gauge(name: str, text: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"labelmate_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
