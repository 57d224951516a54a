"""A model's unified diff, read strictly and laid on the source it was shown.

Line numbers of models are guesses, so a hunk is found by its lines: where they stand once, or nearest to the number.
The model saw the source redacted; a line of its diff fits where it equals the file's line as it was shown.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from agents.mending.checkout import ChangedFile
from agents.redaction import HIDDEN, redact
from storage.errors import PatchRefusedError

FILES_MAX = 4
CHANGED_LINES_MAX = 120
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_FENCE = re.compile(r"^```\w*\n(.*?)\n?```\s*$", re.DOTALL)


@dataclass
class Hunk:
    """Lines before and after, without their marks and line ends."""

    line: int
    """Where it begins, counted from 1, as the model says."""
    before: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    """(mark, text): ` ` kept, `-` taken out, `+` put in."""


def patched(diff: str, read: Callable[[str], str]) -> tuple[ChangedFile, ...]:
    """The files as the diff leaves them; `read` gives a file's text or refuses it. Raises PatchRefusedError."""
    hunks = parse(diff)
    if len(hunks) > FILES_MAX:
        raise PatchRefusedError(f"The diff changes {len(hunks)} files; at most {FILES_MAX} may be")
    changed = sum(mark != " " for each in hunks.values() for hunk in each for mark, _ in hunk.steps)
    if changed > CHANGED_LINES_MAX:
        raise PatchRefusedError(f"The diff changes {changed} lines; at most {CHANGED_LINES_MAX} may be")
    files = []
    for path, own in hunks.items():
        before = read(path)
        after = _laid(path, before, own)
        if after == before:
            raise PatchRefusedError(f"The diff leaves {path} as it is")
        files.append(ChangedFile(path=path, before=before, after=after))
    return tuple(files)


def parse(diff: str) -> dict[str, list[Hunk]]:
    """Hunks by path. Raises PatchRefusedError for what is no unified diff of existing files."""
    fenced = _FENCE.match(diff.strip())
    lines = (fenced.group(1) if fenced else diff.strip("\n")).split("\n")
    found: dict[str, list[Hunk]] = {}
    path: str | None = None
    old: str | None = None
    for line in lines:
        if line.startswith("--- ") and not (path and _is_within(found[path])):
            old, path = _path(line[4:]), None
        elif line.startswith("+++ ") and path is None and old is not None:
            new = _path(line[4:])
            if old != new:
                raise PatchRefusedError(
                    "A patch changes files where they are: it neither adds, renames nor removes any"
                )
            path = new
            found.setdefault(path, [])
        elif (begun := _HUNK.match(line)) and path is not None:
            found[path].append(Hunk(int(begun.group(1))))
        elif path is not None and found[path]:
            _add(found[path][-1], line)
        elif line.strip() and not line.startswith(("diff ", "index ")):
            raise PatchRefusedError(
                "The answer is no unified diff: it begins with `--- a/PATH` and `+++ b/PATH`"
            )
    if not found or not all(found.values()):
        raise PatchRefusedError("The answer is no unified diff: no hunk was found in it")
    return found


def drawn(files: tuple[ChangedFile, ...]) -> str:
    """The same change as an exact unified diff, for people."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for file in files
        for line in difflib.unified_diff(
            file.before.splitlines(keepends=True),
            file.after.splitlines(keepends=True),
            f"a/{file.path}",
            f"b/{file.path}",
        )
    )


def _is_within(hunks: list[Hunk]) -> bool:
    """Whether a line that looks like a file's header may be a line that is taken out: `--- x` is `-` and `-- x`."""
    return bool(hunks) and not hunks[-1].steps


def _add(hunk: Hunk, line: str) -> None:
    mark, text = (line[:1], line[1:]) if line else (" ", "")  # editors and models strip an empty line's blank
    if mark == "\\":
        return
    if mark not in (" ", "-", "+"):
        raise PatchRefusedError(f"A line of the diff begins with {mark!r}, which means nothing")
    if mark == "+" and HIDDEN in text:
        raise PatchRefusedError(f"The diff writes {HIDDEN}, which stands for what it was not shown")
    if mark != "+":
        hunk.before.append(text)
    hunk.steps.append((mark, text))


def _path(named: str) -> str:
    path = named.split("\t", maxsplit=1)[0].strip()
    if path == "/dev/null":
        return path
    return path[2:] if path.startswith(("a/", "b/")) else path


def _laid(path: str, text: str, hunks: list[Hunk]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    shown = [redact(line) for line in lines]
    result: list[str] = []
    done = 0
    for number, hunk in enumerate(hunks, 1):
        while hunk.steps and hunk.steps[-1] == (" ", "") and not _places(lines, shown, hunk, done):
            # An empty last line is the answer's end more often than the file's.
            hunk.steps.pop()
            hunk.before.pop()
        if not hunk.before:
            raise PatchRefusedError(f"Hunk {number} of {path} has no line by which its place could be found")
        places = _places(lines, shown, hunk, done)
        if not places:
            raise PatchRefusedError(
                f"Hunk {number} of {path} fits nowhere: its lines are not those of the file"
            )
        at = min(places, key=lambda place: abs(place - (hunk.line - 1)))
        result += lines[done:at]
        for mark, put in hunk.steps:
            if mark == "+":
                result.append(put)
            else:
                if mark == " ":
                    result.append(lines[at])
                at += 1
        done = at
    return newline.join([*result, *lines[done:]])


def _places(lines: list[str], shown: list[str], hunk: Hunk, first: int) -> list[int]:
    length = len(hunk.before)
    return [
        at
        for at in range(first, len(lines) - length + 1)
        if all(
            wanted in (line, seen)
            for wanted, line, seen in zip(
                hunk.before, lines[at : at + length], shown[at : at + length], strict=True
            )
        )
    ]
