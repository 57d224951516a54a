"""The one application of the console's process, in the order in which it is asked."""

import warnings
from importlib.metadata import version

from fastapi import FastAPI, Request
from starlette.types import ASGIApp

from runtime.label import Label
from ui.web import bags, health, media, metrics, reference
from ui.web.api import api
from ui.web.auth import Door, Doorkeeper
from ui.web.guard import Guard, visitor_of
from ui.web.login import login_pages
from ui.web.problems import add_problems


def build_app(label: Label, doorkeeper: Doorkeeper, *, with_console: bool = True) -> ASGIApp:
    """API, metrics, media and sign-in behind the guard; last the console's pages, which take every other path."""
    app = FastAPI(
        title="labelmate",
        version=version("labelmate"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    app.state.label = label
    app.state.doorkeeper = doorkeeper
    add_problems(app)
    app.include_router(api())
    for part in (health.router, metrics.router, bags.router, media.router, reference.pages):
        app.include_router(part)
    app.include_router(login_pages(doorkeeper))
    if with_console and doorkeeper.has_console:
        _mount_console(app, label, doorkeeper)
    return Guard(app, doorkeeper)


def _mount_console(app: FastAPI, label: Label, doorkeeper: Doorkeeper) -> None:
    import gradio

    from ui.console import build_console

    pages, options = build_console(label, doorkeeper.actor_of)

    def signed_in(request: Request) -> str | None:
        visitor = visitor_of(request)
        # The pages are for people; what they do is done under an alias, and a program has none.
        return None if visitor.door is Door.BEARER else visitor.alias

    with warnings.catch_warnings():
        # Gradio says so of every console with more than one page, whatever it is asked for.
        warnings.filterwarnings("ignore", "SSR mode is not supported")
        gradio.mount_gradio_app(app, pages, path="/", auth_dependency=signed_in, **options)
