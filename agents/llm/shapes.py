"""The form of an answer: a pydantic model as the JSON schema that providers take, and their text read back."""

import json
import re
from copy import deepcopy
from functools import cache
from typing import cast

from pydantic import BaseModel, ValidationError

from agents.llm.result import T
from storage.errors import SchemaViolation

Json = dict[str, object]
TOOL = "answer"
"""Name of the one tool that a model is made to call."""
_KEPT = frozenset(
    {
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "anyOf",
        "description",
        "additionalProperties",
        "$ref",
        "$defs",
        "const",
    }
)
"""Keywords that every provider with native schemas takes; pydantic checks the others afterwards."""
_FENCE = re.compile(r"^\s*```(?:json)?\s*(.*?)\s*```\s*$", re.DOTALL)
_FAULTS_TOLD = 6


@cache
def strict_schema(model: type[BaseModel]) -> Json:
    """The model's schema with only the common keywords, references put in place, every field required."""
    raw = deepcopy(model.model_json_schema())
    definitions = cast(Json, raw.pop("$defs", {}))
    return cast(Json, _strict(raw, definitions, ()))


@cache
def schema_text(model: type[BaseModel]) -> str:
    """The whole schema, with its bounds, for a prompt."""
    return json.dumps(model.model_json_schema(), sort_keys=True)


def read(text: str, model: type[T]) -> T:
    """An answer's text as the model. Raises SchemaViolation naming what does not fit."""
    fenced = _FENCE.match(text)
    body = fenced.group(1) if fenced else text.strip()
    if not body.startswith("{"):
        start, end = body.find("{"), body.rfind("}")
        body = body[start : end + 1] if 0 <= start < end else body
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise SchemaViolation(f"The answer does not fit: {_told(error)}") from None


def _told(error: ValidationError) -> str:
    """Where and what, without the values: they are somebody else's text."""
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    return "; ".join(faults[:_FAULTS_TOLD])


def _strict(node: object, definitions: Json, inside: tuple[str, ...]) -> object:
    if isinstance(node, list):
        return [_strict(one, definitions, inside) for one in node]
    if not isinstance(node, dict):
        return node
    node = cast(Json, node)
    reference = node.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        if name in inside:
            return {"type": "object"}  # a form within itself: providers refuse it, pydantic still checks it
        return _strict(definitions[name], definitions, (*inside, name))
    kept: Json = {}
    for word, value in node.items():
        if word == "properties":
            kept[word] = {name: _strict(one, definitions, inside) for name, one in cast(Json, value).items()}
        elif word == "const":
            kept["enum"] = [value]
        elif word in _KEPT:
            kept[word] = _strict(value, definitions, inside)
        elif word == "prefixItems":
            kept["items"] = {"anyOf": _strict(value, definitions, inside)}
    if kept.get("type") == "object" and "properties" in kept:
        kept["required"] = list(cast(Json, kept["properties"]))
        kept["additionalProperties"] = False
    return kept
