"""The process in which a patch meets its tests: run as a script, with the copy's folder and pytest's arguments.

It holds itself to its memory, its time and its folder before it loads anything of the patch. A patch that meant harm
was turned down before it came here (vetting.py); this keeps accidents small, and is no prison.
"""

import os
import resource
import runpy
import sys
import tempfile

READ_ONLY_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = frozenset(
    {"os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod", "os.chown"}
)
FILE_MAX_BYTES = 1 << 30


def main(folder: str, memory_mb: int, cpu_s: int, arguments: list[str]) -> None:
    """Run pytest in the folder."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MAX_BYTES, FILE_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv = ["pytest", *arguments]
    sys.addaudithook(_watch(os.path.realpath(folder), os.path.realpath(tempfile.gettempdir())))
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


def _watch(*folders: str):  # noqa: ANN202 - the hook that sys.addaudithook takes
    writable = (*folders, "/dev/")

    def is_ours(path: object) -> bool:
        if isinstance(path, int) or path is None:
            return True
        where = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type] # a path is what the event has there
        return where.startswith(writable)

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event == "socket.connect":
            address = args[1]
            host = address[0] if isinstance(address, tuple) else None
            if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
                raise PermissionError("a patch is tried without the network")
        elif event == "open":
            path, _mode, flags = args
            if isinstance(flags, int) and flags & READ_ONLY_FLAGS and not is_ours(path):
                raise PermissionError(f"a patch is tried in its own folder: {path!r} is outside")
        elif event in CHANGES and not is_ours(args[0]):
            raise PermissionError(f"a patch is tried in its own folder: {args[0]!r} is outside")

    return hook


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
