"""The prompts: one version-controlled file per task, known by its hash."""

import hashlib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

_FOLDER = Path(__file__).parent / "prompts"


class Prompt(BaseModel):
    """The system text of one task."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str
    sha256: str
    """Version of the text: a row that names it says which contract was fulfilled."""


def prompt_names() -> tuple[str, ...]:
    """Names of all prompts, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.md")))


@cache
def load_prompt(name: str) -> Prompt:
    """Read one prompt.

    Raises:
        KeyError: there is no such prompt; the message lists the known ones.
    """
    if name not in prompt_names():
        raise KeyError(f"no prompt {name!r}; there are {', '.join(prompt_names())}")
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Prompt(name=name, text=text, sha256=hashlib.sha256(text.encode()).hexdigest())
