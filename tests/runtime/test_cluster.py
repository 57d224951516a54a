"""A Ray of our own: its token keeps strangers out, and a Ray that does not fit is refused with a remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.launch import Launch

pytestmark = [pytest.mark.slow, pytest.mark.cluster]

HOST = """
import sys
from runtime.environment import prepare_ray
prepare_ray()
from runtime import cluster
from runtime.launch import Launch
launch = Launch(home=sys.argv[1], label_id="lbl_test", build="test")
print(cluster.start(launch, dashboard_port=None, cpus=1).address, flush=True)
sys.stdin.read()
"""
STRANGER = """
import sys, ray
ray.init(address=sys.argv[1], log_to_driver=False)
print("let in")
"""
FRIEND = """
import sys
from runtime.environment import prepare_ray
prepare_ray()
from runtime import cluster
from runtime.launch import Launch
cluster.join(Launch(home=sys.argv[2], label_id="lbl_test", build="test"), sys.argv[1], single_node=True)
print("let in")
"""


def run(script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    import os

    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        env={**inherited, "RAY_USAGE_STATS_ENABLED": "0", **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_a_join_without_the_token_is_refused(tmp_path: Path):
    host = run(HOST, str(tmp_path), HOME=str(tmp_path / "host"))
    try:
        assert host.stdout is not None
        address = host.stdout.readline().strip()
        assert ":" in address, host.stderr.read() if host.stderr else ""
        assert (tmp_path / "host" / ".ray" / "auth_token").exists()

        # It would be refused twenty times, a second apart.
        stranger = run(STRANGER, address, HOME=str(tmp_path / "stranger"), RAY_NUM_REDIS_GET_RETRIES="2")
        out, err = stranger.communicate(timeout=90)
        assert "let in" not in out
        assert stranger.returncode != 0
        assert "token" in err

        friend = run(FRIEND, address, str(tmp_path), HOME=str(tmp_path / "host"))
        out, err = friend.communicate(timeout=90)
        assert "let in" in out, err
    finally:
        host.communicate(timeout=60)


def test_a_cluster_that_is_not_there(tmp_path: Path):
    launch = Launch(home=tmp_path, label_id="lbl_test", build="test")
    script = (
        "import sys; from runtime import cluster; from runtime.launch import Launch\n"
        "from storage.errors import ClusterError\n"
        "try: cluster.join(Launch(home=sys.argv[1], label_id='l', build='b'), '127.0.0.1:1', single_node=True)\n"
        "except ClusterError as error: print(error)"
    )
    assert launch.namespace == "labelmate-lbl_test"
    out, err = run(script, str(tmp_path), RAY_AUTH_MODE="disabled").communicate(timeout=120)
    assert "No Ray answers at 127.0.0.1:1" in out, err
    assert len(out.strip().splitlines()) == 1
