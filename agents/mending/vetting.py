"""What a patch may not bring in: the tests run it, so it is judged before they do.

A mended bug needs no new way out of the process. Whoever needs one writes the patch by hand.
"""

import ast

import yaml

from agents.mending.checkout import ChangedFile

WAYS_OUT = frozenset(
    {
        "_posixsubprocess", "agents.mending", "agents.vendors", "asyncio.subprocess", "builtins", "code", "ctypes", "ftplib", "gc", "http", "httpx", "httpx2", "importlib",
        "inspect", "marshal", "mmap", "multiprocessing", "os", "pickle", "pty", "ray", "requests", "resource", "runpy",
        "shutil", "signal", "smtplib", "socket", "ssl", "subprocess", "sys", "tempfile", "urllib", "webbrowser",
    }
)  # fmt: skip
CALLS = frozenset(
    {"__import__", "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "locals", "open", "setattr",
     "vars"}
)  # fmt: skip
METHODS = frozenset({"chmod", "hardlink_to", "rename", "replace_with", "rmdir", "symlink_to", "unlink", "write_bytes",
                     "write_text"})  # fmt: skip


def objections(files: tuple[ChangedFile, ...]) -> tuple[str, ...]:
    """What stands against trying a patch, one line each; none where nothing does."""
    found: list[str] = []
    for file in files:
        if file.path.endswith(".yaml"):
            try:
                yaml.safe_load(file.after)
            except yaml.YAMLError:
                found.append(f"{file.path} is no YAML any more")
            continue
        try:
            after = ast.parse(file.after)
        except SyntaxError as error:
            found.append(f"{file.path} is no Python any more: {error.msg}, line {error.lineno}")
            continue
        fresh = _reach(after) - _reach(ast.parse(file.before))
        found += [f"{file.path} newly uses {name}, which no patch may bring in" for name in sorted(fresh)]
    return tuple(found)


def _reach(tree: ast.AST) -> set[str]:
    """Names by which code reaches out of itself."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found.update(alias.name for alias in names if _leads_out(alias.name))
            case ast.ImportFrom(module=module, names=names):
                # What another module of ours has imported is a way out too, by whatever name it is taken from there.
                found.update(
                    f"{module or '.'}.{alias.name}"
                    for alias in names
                    if _leads_out(module or "")
                    or alias.name in WAYS_OUT
                    or alias.name in CALLS
                    or alias.name == "*"
                )
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                found.add(f"{name}()")
            case ast.Attribute(attr=name) if name.startswith("__") or name in METHODS:
                found.add(f".{name}")
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in WAYS_OUT:
                found.add(f"{module}.{name}")
            case ast.Attribute(attr=name) if name in WAYS_OUT and name != "code":  # an error has a code
                found.add(f".{name}")
            case ast.Name(id=name) if name in CALLS or name.startswith("__"):
                found.add(name)
            case _:
                pass
    return found


def _leads_out(module: str) -> bool:
    return any(module == way or module.startswith(f"{way}.") for way in WAYS_OUT)
