"""What a setting is, in the words below its field."""

import ast
import inspect
from functools import cache
from itertools import pairwise

from configs.knobs import Group


@cache
def about(group: type[Group]) -> dict[str, str]:
    """The text below each field of a group, by field; read from its source, when somebody wants to read it.

    Pydantic can keep these texts as descriptions (`use_attribute_docstrings`), but parses the whole module once
    for each of its classes to do so, in every process that reads a setting.
    """
    body = ast.parse(inspect.getsource(group)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(body.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
