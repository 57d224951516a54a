"""Signing in and out: one small page without a script."""

from html import escape
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from storage.errors import NotAllowedError
from ui.web.auth import COOKIE, Doorkeeper

FORM_MAX_BYTES = 4_096
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · labelmate</title><style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ min-height: 100vh; margin: 0; display: grid; place-items: center; }}
form {{ width: min(20rem, 90vw); display: grid; gap: .75rem; }}
h1 {{ font-size: 1.25rem; margin: 0; }}
label {{ display: grid; gap: .25rem; }}
input, button {{ font: inherit; padding: .6rem .75rem; border-radius: .5rem; border: 1px solid #8888; }}
button {{ background: #4f46e5; color: #fff; border: 0; cursor: pointer; }}
p {{ margin: 0; color: #dc2626; min-height: 1.5em; }}
</style></head><body><form method="post" action="/login">
<h1>labelmate</h1>
<label>Name<input name="alias" autocomplete="username" required autofocus maxlength="40"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button><p role="alert">{told}</p>
</form></body></html>"""


def login_pages(doorkeeper: Doorkeeper) -> APIRouter:
    """`/login` and `/logout`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/login")
    async def ask() -> Response:
        return RedirectResponse("/", status_code=303) if not doorkeeper.asks_for_logins else _page("", 200)

    @pages.post("/login")
    async def sign_in(request: Request) -> Response:
        alias, password = _form(await _body(request))
        address = request.client.host if request.client else ""
        try:
            token = await doorkeeper.sign_in(alias, password, address)
        except NotAllowedError as error:
            return _page(error.message, 429, {"Retry-After": str(error.fields["retry_after_s"])})
        if token is None:
            return _page("Name or password is wrong.", 401)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=int(doorkeeper.sessions.lasts_s),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer

    @pages.post("/logout")
    async def sign_out(request: Request) -> Response:
        doorkeeper.sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", status_code=303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    return pages


def _page(told: str, status: int, headers: dict[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(PAGE.format(told=escape(told)), status_code=status, headers=headers)


async def _body(request: Request) -> str:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_MAX_BYTES:
            return ""
    return body.decode("utf-8", "replace")


def _form(body: str) -> tuple[str, str]:
    fields = parse_qs(body, max_num_fields=10)
    return fields.get("alias", [""])[0].strip(), fields.get("password", [""])[0]
