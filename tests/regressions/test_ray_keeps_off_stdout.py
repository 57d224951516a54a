"""Ray's daemons complain on a driver's stdout even with `log_to_driver=False`; `--json` promises one object there."""

import os
import subprocess
import sys

SCRIPT = """
from runtime.environment import prepare_ray
prepare_ray()
from ray._private.worker import print_to_stdstream
for is_err in (False, True):
    print_to_stdstream(
        {"lines": ["WARNING: 8 PYTHON worker processes have been started", ""], "pid": "raylet", "is_err": is_err},
        ignore_prefix=False,
    )
print('{"only": "this"}')
"""


def test_a_command_prints_its_object_alone():
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAY_DEDUP")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=inherited, capture_output=True, text=True, check=True
    )
    assert done.stdout == '{"only": "this"}\n'
