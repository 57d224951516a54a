"""Scan every file that git would commit for keys and passwords.

A find that is none gets `# pragma: allowlist secret` on its line. Locks are left out: they are hashes all through.
"""

import subprocess
import sys
from pathlib import Path

SKIPPED = (".lock", ".secrets.baseline", ".png", ".jpg", ".svg")


def committable(root: Path) -> list[str]:
    """Every tracked or not ignored file, as a path below the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [name for name in listing.stdout.split("\0") if name and not name.endswith(SKIPPED)]
    return [name for name in names if (root / name).is_file()]


def main() -> int:
    root = Path(__file__).parent.parent
    try:
        names = committable(root)
    except (OSError, subprocess.CalledProcessError):
        print("secrets: not scanned, this is no git checkout")
        return 0
    scan = [
        Path(sys.executable).with_name("detect-secrets-hook"),
        "--no-verify",
        "--baseline",
        ".secrets.baseline",
    ]
    code = subprocess.run([*scan, *names], cwd=root, check=False).returncode
    print(f"secrets: {len(names)} files scanned, {'none found' if code == 0 else 'see above'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
