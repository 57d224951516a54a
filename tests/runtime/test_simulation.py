"""A roster's rehearsal on a real Ray: the same report as in one process."""

import pytest

from configs.lifecycle import load_profile
from configs.settings import Settings
from runtime.simulation import live_on_ray, simulate, simulate_on
from storage.errors import ClusterError

LABEL = load_profile("label")


@pytest.mark.cluster
def test_three_shards_on_ray_and_one_here_report_the_same(ray_address: str):
    given = {"artists": 9, "cycles": 20, "seed": 2, "profile": LABEL}
    shares: list[float] = []
    here = simulate(**given, shards=1, told=shares.append)
    assert shares == [0.5, 1.0]
    there = simulate(**given, shards=3, gather=live_on_ray)
    assert there.report == here.report
    assert there.shards == 3


def test_a_cluster_that_is_not_there_is_told_in_one_line(home):
    with pytest.raises(ClusterError, match=r"No Ray answers at 127\.0\.0\.1:1: "):
        simulate_on(
            Settings.load(home),
            address="127.0.0.1:1",
            shards=None,
            artists=1,
            cycles=1,
            seed=1,
            profile=LABEL,
            every_days=7,
            told=lambda _share: None,
        )
