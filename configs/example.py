"""`.env.example`, written from the settings model: `python -m configs.example` prints it."""

import sys
import textwrap
from collections.abc import Iterator

from configs.about import about
from configs.bounds import bounds
from configs.knobs import Group
from configs.names import variable
from configs.settings import Settings

_HEADER = """\
# Every setting of labelmate, with its default. Written by `make example`; do not edit.
#
# Copy what you want to change into $LABELMATE_HOME/.env (by default ~/.labelmate/.env, mode 0600) and take
# the # away. The environment wins over that file. No setting is needed: everything works without any.
"""


def example() -> str:
    """The text of `.env.example`: every group, and in it every setting with unit, bounds and default."""
    return _HEADER + "".join(line for group in Settings.groups for line in _group(group))


def _group(group: type[Group]) -> Iterator[str]:
    yield f"\n# ---- {group.title}\n"
    for name, field in group.model_fields.items():
        allowed = bounds(group, name)
        words = [about(group)[name], f"({allowed})" if allowed else ""]
        if not group.is_used:
            words.append("This version stores it and does not use it yet.")
        yield from (f"# {line}\n" for line in textwrap.wrap(" ".join(filter(None, words)), 108))
        yield f"#{variable(group, name)}={_default(field.default)}\n"


def _default(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    sys.stdout.write(example())
