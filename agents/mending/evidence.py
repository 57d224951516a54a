"""What a model is shown of a bug: the redacted trace, and the code around the frames that are our own.

Frames are found by the tail of their path, so a trace may name any file of any machine: only what may be mended is
ever read, whatever a log says.
"""

import re

from agents.llm.tasks import PatchSource
from agents.mending.checkout import PACKAGES, Checkout
from agents.redaction import redact
from storage.errors import PatchRefusedError

SOURCES_MAX = 3
SOURCE_MAX_CHARS = 40_000
TRACE_MAX_CHARS = 6_000
_FRAME = re.compile(rf'File "(?:[^"]*[/\\])?((?:{"|".join(PACKAGES)})[/\\][^"]+)", line (\d+)')


def frames_of(trace: str) -> tuple[tuple[str, int], ...]:
    """(path, line) of our own frames in a printed trace, innermost first, each file once."""
    found = [(path.replace("\\", "/"), int(line)) for path, line in _FRAME.findall(trace)]
    return tuple({path: (path, line) for path, line in found}.values())[::-1]


def sources_of(trace: str, checkout: Checkout) -> tuple[PatchSource, ...]:
    """The files of those frames as a model may read them. Raises PatchRefusedError where none may be mended."""
    sources: list[PatchSource] = []
    for path, line in frames_of(trace):
        if len(sources) < SOURCES_MAX and checkout.may_mend(path):
            text = "\n".join(redact(each) for each in checkout.read(path).replace("\r\n", "\n").split("\n"))
            if len(text) <= SOURCE_MAX_CHARS:
                sources.append(PatchSource(path=path, line=line, text=text))
    if not sources:
        raise PatchRefusedError("The trace names no file that a patch may mend: a person has to look")
    return tuple(sources)
