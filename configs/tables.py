"""Reading the YAML tables that lie beside the code."""

from pathlib import Path
from typing import Any

import yaml

# libyaml where PyYAML was built with it: a tenth of the time, and a process that renders reads four tables first.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_table(path: Path) -> Any:  # noqa: ANN401 - whoever asks validates it with a model of its own
    """What a YAML file holds, as plain lists, dicts and scalars; raises `yaml.YAMLError` for a malformed one."""
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe loader, in C where built
