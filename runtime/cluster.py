"""Starting a Ray on this machine, or joining one, and saying plainly why it did not work.

Ray's ports listen on every interface whatever address it is given, so token authentication stays on
everywhere but in tests. The figures behind the time-outs are in docs/ray.md.
"""

import contextlib
import os
import shutil
import socket
from pathlib import Path
from typing import cast

import ray
from ray.util import list_named_actors

from runtime.launch import Launch
from runtime.workers import STUDIO
from storage.errors import ClusterError
from storage.types import Frozen

ANSWER_S = 5.0
OBJECT_STORE_BYTES = 256 << 20
"""Only small values cross Ray: files travel as content addresses."""


class Cluster(Frozen):
    """The Ray that this process is connected to."""

    address: str
    dashboard_url: str | None
    connected_here: bool
    """Whether it was us who connected this process, and so disconnect it: a host of several labels did it itself."""


def start(launch: Launch, *, dashboard_port: int | None, cpus: int | None = None) -> Cluster:
    """A Ray of our own on this machine; `dashboard_port` None leaves the dashboard out, a taken one is replaced.

    Raises ClusterError with what to do, after one more try.
    """
    cores = cpus or os.cpu_count() or 1
    attempts = 2
    for attempt in range(attempts):
        try:
            context = ray.init(
                address="local",
                num_cpus=cores,
                resources={STUDIO: cores},
                include_dashboard=dashboard_port is not None,
                dashboard_host="127.0.0.1",
                dashboard_port=_free(dashboard_port),
                object_store_memory=OBJECT_STORE_BYTES,
                namespace=launch.namespace,
                log_to_driver=False,
                configure_logging=False,
            )
        except Exception as error:
            # A bare Exception is what Ray raises when one of its processes dies.
            ray.shutdown()
            if attempt == attempts - 1:
                raise ClusterError(_why(error)) from error
        else:
            url = context.dashboard_url
            return Cluster(
                address=ray.get_runtime_context().gcs_address,
                dashboard_url=f"http://{url}" if url else None,
                connected_here=True,
            )
    raise AssertionError("unreachable")


def join(launch: Launch, address: str, *, single_node: bool) -> Cluster:
    """Connect to a running Ray: the label's own from another process, or a cluster of many nodes.

    Raises ClusterError when it cannot be reached, has no studio, or has more nodes than SQLite can serve.
    """
    _require_answer(address)
    connected_before = ray.is_initialized()
    try:
        context = ray.init(
            address=address,
            namespace=launch.namespace,
            log_to_driver=False,
            configure_logging=False,
            ignore_reinit_error=True,
        )
    except Exception as error:
        raise ClusterError(
            f"No Ray answers at {address}: {_first_line(error)}; start it, or leave RAY_ADDRESS empty for one of our own"
        ) from error
    try:
        if ray.cluster_resources().get(STUDIO, 0) < 1:
            raise ClusterError(
                f"The cluster at {address} has no node with the resource {STUDIO!r}; start its nodes with "
                f"`ray start … --resources='{{\"{STUDIO}\": 4}}'`, one for each core that may render"
            )
        nodes = sum(bool(node["Alive"]) for node in ray.nodes())
        if single_node and nodes > 1:
            raise ClusterError(
                f"The cluster at {address} has {nodes} nodes and the label is on SQLite, which one machine alone "
                "can serve; set DATABASE_URL to a PostgreSQL"
            )
    except ClusterError:
        if not connected_before:
            ray.shutdown()
        raise
    url = context.dashboard_url
    return Cluster(
        address=address,
        dashboard_url=f"http://{url}" if url else None,
        connected_here=not connected_before,
    )


def cores() -> int:
    """Processors of the Ray that this process is connected to."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def leave(cluster: Cluster) -> None:
    """Disconnect; a Ray that this process started ends with it."""
    if cluster.connected_here:
        ray.shutdown()


def end_actors(launch: Launch) -> None:
    """End every actor of this label, the supervisor first, so that it starts no others."""
    if not ray.is_initialized():
        return
    actors = cast("list[dict[str, str]]", list_named_actors(all_namespaces=True))
    mine = [actor["name"] for actor in actors if actor["namespace"] == launch.namespace]
    for name in sorted(mine, key=lambda name: name != "supervisor"):
        with contextlib.suppress(ValueError):  # it ended by itself meanwhile
            ray.kill(ray.get_actor(name, namespace=launch.namespace), no_restart=True)


def _free(port: int | None) -> int | None:
    """The dashboard's port, or any (0) where another program, such as a second label, has it: Ray would not start."""
    if port is None:
        return None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _require_answer(address: str) -> None:
    """A quick look at the port, because Ray itself tries for minutes to reach nobody."""
    host, separator, port = address.rpartition(":")
    if not separator:
        return  # `auto`: Ray finds its own
    try:
        socket.create_connection((host, int(port)), timeout=ANSWER_S).close()
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No Ray answers at {address}: {error}; start it, or leave RAY_ADDRESS empty for one of our own"
        ) from error


def auth_token_path() -> Path:
    """Where Ray keeps the token that its dashboard asks for."""
    return Path(os.environ.get("RAY_AUTH_TOKEN_PATH", "~/.ray/auth_token")).expanduser()


def _why(error: BaseException) -> str:
    free_mb = shutil.disk_usage("/tmp" if os.path.isdir("/tmp") else ".").free // 1_000_000  # noqa: PTH112,S108
    hint = "`labelmate doctor` looks for the usual causes"
    if free_mb < 500:
        hint = f"its temporary folder has only {free_mb} MB free"
    elif "timed out" in str(error):
        hint = "the machine is very busy, or Ray was installed without bytecode: `make setup` compiles it"
    return f"Ray did not start: {_first_line(error)}; {hint}"


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200] if lines else type(error).__name__
