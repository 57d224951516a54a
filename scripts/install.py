"""Install into this Python from where pip is told to look: `python scripts/install.py -r requirements.lock`.

uv does it, quickly, and is handed what pip knows of mirrors, proxies and certificates from files and variables
that uv does not read. Further indexes are not handed over: uv would take a release from the first index that
lists it, even if the file for this machine lies in the second. Where uv does not find everything without them,
pip installs, which looks in all. Hashes decide either way what may be installed.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

AS_UV_SAYS = {
    "index-url": "UV_DEFAULT_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
COMMA_SEPARATED = {"UV_FIND_LINKS"}
WEAKEST_FIRST = ("global", "install", ":env:")


def pip_configuration(listing: str) -> dict[str, str]:
    """The options of `pip config list` by name, the stronger source winning, as pip itself decides."""
    found: dict[str, dict[str, str]] = {}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        source, _, option = name.rpartition(".")
        if source in WEAKEST_FIRST:
            found.setdefault(source, {})[option] = str(ast.literal_eval(value))
    return {option: value for source in WEAKEST_FIRST for option, value in found.get(source, {}).items()}


def uv_environment(options: dict[str, str]) -> dict[str, str]:
    """The same options as the variables that uv reads, further indexes left out."""
    given = {}
    for option, variable in AS_UV_SAYS.items():
        if words := options.get(option, "").split():
            given[variable] = ("," if variable in COMMA_SEPARATED else " ").join(words)
    return given


def install(arguments: list[str]) -> int:
    """The exit code of the installer that had the last word."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    listing = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=True).stdout
    options = pip_configuration(listing)
    uv = [Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--compile-bytecode"]
    # A variable of uv's own, set by hand, wins.
    environment = {**uv_environment(options), **os.environ}
    code = subprocess.run(
        [*uv, "--python", sys.executable, *arguments], env=environment, check=False
    ).returncode
    if code and "extra-index-url" in options:
        print(
            "uv did not find everything; pip looks in its further indexes, and takes longer", file=sys.stderr
        )
        code = subprocess.run([*pip, "install", "-qq", *arguments], check=False).returncode
    return code


if __name__ == "__main__":
    sys.exit(install(sys.argv[1:]))
