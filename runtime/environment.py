"""What Ray reads from the environment when it is first imported; called before that, by whoever starts or joins one."""

import os

DEFAULTS = {
    # Ray's ports listen on every interface, so nobody gets in without the token; tests alone disable it.
    "RAY_AUTH_MODE": "token",
    # A busy laptop needs longer than Ray's own patience (figures: docs/ray.md).
    "RAY_raylet_start_wait_time_s": "120",
    "RAY_agent_register_timeout_ms": "120000",
    # Ray ends a worker that idles for a second; the next render would import its libraries all over again.
    "RAY_idle_worker_killing_time_threshold_ms": "600000",
    "RAY_USAGE_STATS_ENABLED": "0",
    # What Ray's daemons complain of goes to its own logs: by default it prints to a driver's stdout, where
    # commands promise one JSON object and nothing else; `log_to_driver` does not stop that, only this filter does.
    "RAY_DEDUP_LOGS": "1",
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^",
    # Zero-GPU tasks keep their environment: we never set CUDA_VISIBLE_DEVICES.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


def prepare_ray() -> None:
    """Set what an operator has not set."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
