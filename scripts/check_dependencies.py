"""Look up every locked package in PyPI's advisories; without a network, say so and pass.

`python scripts/check_dependencies.py requirements-dev.lock`
"""

import json
import re
import subprocess
import sys
from pathlib import Path

TIMEOUT_S = 120
NO_NETWORK = re.compile(
    "ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries|Temporary failure"
)


def advisories(report: str) -> tuple[list[str], int, int]:
    """One line for each known vulnerability; how many packages were looked up; how many could not be."""
    packages = json.loads(report)["dependencies"]
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package.get("vulns", [])
    ]
    looked_up = sum("vulns" in package for package in packages)
    return lines, looked_up, len(packages) - looked_up


def audit(lock: Path) -> tuple[int, str]:
    """The exit code and what to tell."""
    command = [
        Path(sys.executable).with_name("pip-audit"),
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
    ]
    command += ["--progress-spinner", "off", "--requirement", lock]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return 0, f"dependencies: not audited, PyPI did not answer within {TIMEOUT_S} s"
    if not done.stdout.startswith("{"):
        if NO_NETWORK.search(done.stderr):
            return 0, "dependencies: not audited, PyPI cannot be reached from here"
        return 1, f"dependencies: the audit failed: {done.stderr.strip()[-600:]}"
    lines, looked_up, unknown = advisories(done.stdout)
    summary = f"dependencies: {looked_up} looked up, {len(lines)} known vulnerabilities"
    if unknown:
        summary += f"; {unknown} NOT audited, the index in use has no advisories for them"
    return int(bool(lines)), "\n".join([*lines, summary])


if __name__ == "__main__":
    code, words = audit(Path(sys.argv[1]))
    print(words)
    sys.exit(code)
