"""`/api/docs`: the API on one page, drawn here from openapi.json, so that nothing is fetched from outside."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }}
code {{ font-family: ui-monospace, monospace; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid #8886; }}
section {{ margin: 1.25rem 0; }} p, ul {{ margin: .25rem 0; }}
.verb {{ display: inline-block; min-width: 4rem; font-weight: 700; }}
</style></head><body><h1>{title}</h1>
<p>Send <code>Authorization: Bearer</code> with API_TOKEN, or use the session of a browser that signed in. Errors are
<code>application/problem+json</code> with <code>code</code> and <code>message</code>. The same as data:
<a href="/api/openapi.json">openapi.json</a>.</p>
{body}</body></html>"""
pages = APIRouter(include_in_schema=False)


@pages.get("/api/docs")
async def reference(request: Request) -> Response:
    """The page."""
    schema = request.app.openapi()
    body = "".join(_resources(schema))
    return HTMLResponse(PAGE.format(title=escape(schema["info"]["title"]), body=body))


def _resources(schema: dict[str, Any]) -> Iterator[str]:
    tag = ""
    for path, verbs in schema["paths"].items():
        for verb, operation in verbs.items():
            if operation.get("tags", [""])[0] != tag:
                tag = operation.get("tags", [""])[0]
                yield f"<h2>{escape(tag)}</h2>"
            yield (
                f'<section><span class="verb">{escape(verb.upper())}</span><code>{escape(path)}</code>'
                f"<p>{escape(operation.get('description', ''))}</p><ul>"
            )
            yield from (f"<li>{line}</li>" for line in _inputs(operation, schema))
            yield f"</ul>{_answer(operation)}</section>"


def _inputs(operation: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    for each in operation.get("parameters", []):
        needed = "" if each.get("required") else ", optional"
        yield (
            f"<code>{escape(each['name'])}</code> in {each['in']}: {_type(each['schema'])}{needed}. "
            f"{escape(each.get('description', ''))}"
        )
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        model = schema["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
        for name, field in model["properties"].items():
            needed = "" if name in model.get("required", []) else ", optional"
            yield f"<code>{escape(name)}</code> in the body: {_type(field)}{needed}. {escape(field.get('description', ''))}"


def _answer(operation: dict[str, Any]) -> str:
    for status, answer in operation["responses"].items():
        for media in answer.get("content", {}).values():
            if status.startswith("2"):
                return f"<p>{status}: {_type(media.get('schema', {})) or 'text'}</p>"
    return ""


def _type(field: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in field:
        return f"<code>{escape(field['$ref'].rpartition('/')[2])}</code>"
    if "anyOf" in field:
        return " or ".join(filter(None, map(_type, field["anyOf"])))
    if "enum" in field:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return escape(str(field.get("type", "")))
