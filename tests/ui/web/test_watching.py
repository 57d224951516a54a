"""`/metrics` and `/health`: what watchers read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime.label import RUN_FILE, RunRecord, Surface, write_run
from storage import model_calls
from storage.lock import FileLock
from storage.model_calls import ModelCall
from tests.ui.conftest import behind, suspend_waiting
from tests.ui.web.conftest import Site

CALL = ModelCall(
    cycle_id=None, call_number=1, task="lyrics", provider="openai", model="gpt", request_sha256="0", prompt_sha256="0",
    outcome="ok", tokens_in=100, tokens_out=20, latency_s=1.5, reply="{}",
)  # fmt: skip


@pytest.fixture
def numbers(home: Path, site: Callable[..., Site]) -> dict[tuple[str, frozenset[str]], float]:
    """Samples by name and label values, of a label in which one song waits and one call was made."""
    with behind(home) as stage:
        fence, cycle = stage.song("Nova Rain")
        stage.begin(fence, cycle, cost="1.5")
        stage.finish(fence, cycle, cost="1.25")
        stage.ask(fence, cycle, deadline_h=1e-9)
        suspend_waiting(stage, fence, cycle)
        stage.write(model_calls.record_call, call=CALL)
    with site().client() as client:
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "nova" not in answer.text.lower()
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_label_in_numbers(numbers: dict[tuple[str, frozenset[str]], float]):
    expected = {
        ("labelmate_artists", "active"): 1,
        ("labelmate_artists", "retired"): 0,
        ("labelmate_cycles", "waiting"): 1,
        ("labelmate_cycles", "running"): 0,
        ("labelmate_cycles_ended_total", "approved"): 0,
        ("labelmate_approvals_undecided",): 1,
        ("labelmate_approvals_overdue",): 1,
        ("labelmate_error_groups", "open"): 0,
        ("labelmate_stopped",): 0,
        ("labelmate_spend_usd", "day"): 1.25,
        ("labelmate_spend_cap_usd", "day"): 5,
        ("labelmate_spend_cap_usd", "month"): 50,
        ("labelmate_steps_total", "compose", "suno", "done"): 1,
        ("labelmate_step_cost_usd_total", "compose", "suno", "done"): 1.25,
        ("labelmate_model_calls_total", "openai", "gpt", "lyrics", "ok"): 1,
        ("labelmate_model_tokens_in_total", "openai", "gpt", "lyrics", "ok"): 100,
        ("labelmate_model_latency_seconds_total", "openai", "gpt", "lyrics", "ok"): 1.5,
    }
    seen = {key: numbers.get((key[0], frozenset(key[1:]))) for key in expected}
    assert seen == expected


def test_a_label_is_healthy_when_it_runs_and_has_room(home: Path, site: Callable[..., Site]):
    well = {"is_healthy": True, "label_runs": True, "store_answers": True, "disk_has_room": True}
    with site(disk_floor_mb=1).client() as client:
        resting = client.get("/health")
        assert (resting.status_code, resting.json()) == (
            503,
            well | {"is_healthy": False, "label_runs": False},
        )
        lock = FileLock(home / RUN_FILE)
        surface = Surface(name="console", pid=1, address="http://127.0.0.1:1")
        run = RunRecord(
            pid=1, address="127.0.0.1:1", dashboard_url=None, label_id="lbl_1", build="0", surfaces=(surface,)
        )
        write_run(home, run)
        answer = client.get("/health")
        assert (answer.status_code, answer.json()) == (200, well)
        lock.free()


def test_a_full_disk_is_unwell(site: Callable[..., Site]):
    with site(disk_floor_mb=10_000_000).client() as client:
        assert client.get("/health").json()["disk_has_room"] is False
