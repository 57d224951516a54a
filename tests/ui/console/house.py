"""The console as it is served: its pages, media with ranges, and a sign-in that believes a cookie."""

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from fastapi import Request

from configs.settings import Settings
from runtime.desk.actor import Actor
from runtime.label import Label
from runtime.launch import Launch
from storage.clock import SystemClock
from storage.home import open_home
from storage.people import Role
from storage.store import LocalStore, Store
from tests.storage.stage import Stage

SMALL: dict[str, str | int | float | None] = {
    "sample_rate_hz": 8_000, "video_preset": "draft", "video_fps": 5, "video_encoder_preset": "ultrafast",
    "cover_px": 600, "disk_floor_mb": 1, "roster_max": 2_000, "undecided_per_label_max": 1_000, "undo_s": 8.0,
}  # fmt: skip


@contextmanager
def opened(home: Path, **overrides) -> Iterator[tuple[Label, Stage]]:
    """A label on its home without Ray, and a stage behind it on the same store."""
    changed = {**SMALL, **overrides}
    there = open_home(home)
    store = Store(there.engine, SystemClock())
    launch = Launch(home=home, label_id=there.label.id, overrides=changed, build="test")
    try:
        yield Label(Settings.load(home, **changed), LocalStore(store), launch, None), Stage(store, None)
    finally:
        store.close()
        there.close()


async def who(alias: str) -> Actor:
    role = Role.OWNER if alias == "owner" else Role.REVIEWER
    return Actor(alias=alias, surface="console", role=role)


@contextmanager
def served(label: Label, home: Path) -> Iterator[str]:
    """The console on a port of 127.0.0.1; whoever has the cookie `who` is that person, others are the owner."""
    import gradio as gr
    import uvicorn
    from fastapi import FastAPI, HTTPException
    from fastapi.responses import FileResponse

    from ui.console import build_console

    app = FastAPI()

    @app.get("/media/releases/{release_id}/{path:path}")
    async def of_release(release_id: str, path: str) -> FileResponse:
        from storage.releases import release_by_id

        row = await label.store.read(release_by_id, release_id=release_id)
        return FileResponse(home / "releases" / row.directory / path)

    @app.get("/media/{sha256}")
    def of_asset(sha256: str) -> FileResponse:
        path = home / "assets" / sha256[:2] / sha256
        if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not path.is_file():
            raise HTTPException(404)
        head = path.read_bytes()[:12]
        kind = "image/jpeg" if head[:2] == b"\xff\xd8" else "video/mp4" if b"ftyp" in head else "audio/mpeg"
        return FileResponse(path, media_type=kind)

    blocks, shown = build_console(label, who)
    with warnings.catch_warnings():
        # Gradio says so of every console with more than one page, whatever it is asked for.
        warnings.filterwarnings("ignore", "SSR mode is not supported")
        gr.mount_gradio_app(app, blocks, path="/", auth_dependency=_cookie, **shown)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = monotonic() + 30
    while not server.started:
        assert monotonic() < until, "the console did not come up"
        sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def _cookie(request: Request) -> str:
    return request.cookies.get("who", "owner")
