"""What every test stands on: a home of its own, and one Ray for the whole session."""

import gc
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from runtime.environment import prepare_ray

# Before anything imports Ray: one machine, no token, and the tests' own music vendor.
PLUGINS = Path(__file__).parent / "plugins"
os.environ |= {
    "RAY_AUTH_MODE": "disabled",
    "PYTHONPATH": os.pathsep.join(filter(None, [str(PLUGINS), os.environ.get("PYTHONPATH", "")])),
}
ON_RAY = ("tests/journeys/", "tests/runtime/test_remote.py", "tests/runtime/test_simulation.py")
"""Where tests use `ray_address`."""
sys.path.append(str(PLUGINS))  # this process looks for its providers too, before it starts anything
prepare_ray()
# The modules of everything are alive: looking through them took a tenth of the time.
gc.set_threshold(50_000, 20, 100)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Of the processes of `make test`, one has all that needs the session's Ray, so that there is one."""
    from xdist.scheduler import LoadScopeScheduling

    class RayApart(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "ray" if nodeid.startswith(ON_RAY) else nodeid

    return RayApart(config, log)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test ever sees the real home."""
    monkeypatch.setenv("LABELMATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def ray_address() -> Iterator[str]:
    """The session's one Ray: two cores, with the dashboard, because the state API needs it."""
    import ray

    # Its processes are not measured (scripts/coverage_in_ray.py), so they need not load coverage.py either.
    watched = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("COVERAGE_")}
    for patience in reversed(range(3)):
        try:
            ray.init(
                address="local",
                num_cpus=2,
                resources={"studio": 2},
                include_dashboard=True,
                dashboard_port=0,
                object_store_memory=100 << 20,
                namespace=uuid.uuid4().hex,
                log_to_driver=False,
                configure_logging=False,
            )
            break
        except Exception:  # a bare one, and on a very busy machine only
            ray.shutdown()
            if not patience:
                raise
    os.environ |= watched
    yield ray.get_runtime_context().gcs_address
    ray.shutdown()


@pytest.fixture
def vendor_at(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A music vendor in a process of its own: its address and its books (tests/runtime/vendor.py)."""
    books = tmp_path / "books.json"
    books.write_text("[]")
    script = Path(__file__).parent / "runtime" / "vendor.py"
    process = subprocess.Popen([sys.executable, str(script), str(books)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield f"http://127.0.0.1:{process.stdout.readline().strip()}", books
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
async def routers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Every router that the test makes is closed after it."""
    from agents.llm import Router

    made: list[Router] = []
    begin = Router.__init__

    def noted(self: Router, *args: object, **how: object) -> None:
        begin(self, *args, **how)
        made.append(self)

    monkeypatch.setattr(Router, "__init__", noted)
    yield
    for router in made:
        await router.close()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Each test has databases of its own, and a statement is compiled once for all of a kind: a fifth of their time."""
    from storage import database

    ready: dict[str, Engine] = {}
    create = database.create_engine

    def create_engine(*what: Any, **how: Any) -> Engine:
        engine = create(*what, **how)
        if kept := ready.get(engine.name):
            engine.dialect, engine._compiled_cache = kept.dialect, kept._compiled_cache
        else:  # a dialect knows its server from its first connection on, and some engines never have one
            event.listen(engine, "connect", lambda *_: ready.setdefault(engine.name, engine))
        return engine

    database.create_engine = create_engine
    yield
    database.create_engine = create
