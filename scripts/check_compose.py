"""Check docker-compose.yml without Docker: its shape, and the promises labelmate makes about it.

`python scripts/check_compose.py docker-compose.yml`. Where `docker compose` exists, it is asked as well.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

TOP = {"name", "services", "volumes", "networks", "configs", "secrets"}
SERVICE = {
    "image", "build", "command", "entrypoint", "environment", "ports", "volumes", "depends_on", "healthcheck",
    "restart", "shm_size", "stop_grace_period", "init", "user", "read_only", "cap_drop", "security_opt", "deploy",
    "networks", "hostname",
}  # fmt: skip
SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|LOGINS|_KEY$")


def faults(text: str) -> list[str]:
    """One line for each way in which the file is not what was promised."""
    document = yaml.safe_load(text)
    lines = [f"unknown section {key}" for key in sorted(document.keys() - TOP) if not key.startswith("x-")]
    services: dict[str, dict[str, object]] = document.get("services") or {}
    if not services:
        lines.append("no services")
    volumes = set(document.get("volumes") or {})
    for name, service in services.items():
        lines += [f"{name}: {fault}" for fault in _service_faults(service, set(services), volumes)]
    return lines


def _service_faults(service: dict[str, object], services: set[str], volumes: set[str]) -> Iterator[str]:
    for key in sorted(service.keys() - SERVICE):
        yield f"unknown key {key}"
    if not {"image", "build"} & service.keys():
        yield "neither image nor build"
    if str(service.get("image", "")).endswith(":latest"):
        yield "an image without a version"
    if "test" not in _mapping(service.get("healthcheck")):
        yield "no health check"
    for other in sorted(_mapping(service.get("depends_on")).keys() - services):
        yield f"depends on {other}, which does not exist"
    for port in _words(service.get("ports")):
        if not port.startswith("127.0.0.1:"):
            yield f"port {port} is open to the network; begin it with 127.0.0.1:"
    for mount in _words(service.get("volumes")):
        source = mount.split(":")[0]
        if re.fullmatch(r"[\w-]+", source) and source not in volumes:
            yield f"volume {source} is not declared"
    for variable, value in _mapping(service.get("environment")).items():
        if SECRET.search(variable) and not re.fullmatch(r"\$\{\w+:\?[^}]+\}", str(value)):
            yield f"{variable} must come from the environment, without a default: ${{{variable}:?…}}"


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def docker_faults(path: Path) -> list[str]:
    """What `docker compose config` says against the file; nothing where there is no docker compose."""
    try:
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    required = dict.fromkeys(re.findall(r"\$\{(\w+):\?", path.read_text()), "check")
    done = subprocess.run(
        ["docker", "compose", "--file", str(path), "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **required},
    )
    return [done.stderr.strip()] if done.returncode else []


def main() -> int:
    path = Path(sys.argv[1])
    lines = faults(path.read_text()) + docker_faults(path)
    print("\n".join(lines) or f"{path}: sound")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
