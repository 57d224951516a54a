"""The console: a label seen, heard and steered in a browser. `build_console` is its one door."""

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

    from runtime.desk.actor import Actor
    from runtime.label import Label
    from ui.console.theme import Mounting

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    # After every event, Gradio sums up its last ten thousand with pandas; a page's clock makes many.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
}


def build_console(
    label: "Label", actors: "Callable[[str], Awaitable[Actor]]"
) -> "tuple[gr.Blocks, Mounting]":
    """The console's pages, and the keyword arguments with which `gr.mount_gradio_app` serves them.

    `actors` says who is signed in under an alias; whoever mounts it signs people in (`auth_dependency`) and
    serves `/media/<sha256>` and `/media/releases/<release id>/<path>`.
    """
    # Gradio reads these as it is imported; without them it asks the network for its newest version.
    os.environ |= QUIET
    from ui.console.blocks import build_blocks
    from ui.console.reception import Reception
    from ui.console.theme import mounting

    return build_blocks(Reception(label, actors)), mounting()
