"""What a field allows, in words, read from the model so that it is written once."""

from typing import Any, cast

from pydantic import BaseModel

_WORDS = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}


def bounds(model: type[BaseModel], field: str) -> str:
    """Such as `a whole number from 1 to 10` or `one of draft, sd, hd`; empty where any text will do."""
    schema = model.model_json_schema(by_alias=False)["properties"][field]
    # An optional field is a choice between its type and null; a Decimal one between number and string.
    schema = cast(dict[str, Any], schema.get("anyOf", [schema])[0])
    if "enum" in schema:
        return "one of " + ", ".join(schema["enum"])
    return " ".join(filter(None, [_WORDS.get(schema.get("type", ""), ""), _range(schema)]))


def _range(schema: dict[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"from {low:.10g} to {high:.10g}"
    if low is not None:
        return f"from {low:.10g} up"
    if "exclusiveMinimum" in schema:
        above = f"above {schema['exclusiveMinimum']:.10g}"
        return f"{above}, at most {high:.10g}" if high is not None else above
    return ""
