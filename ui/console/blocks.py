"""All pages in one Blocks, each at an address of its own."""

import gradio as gr

from ui.console.pages import approvals, artist, artists, cycles, errors, inbox, now, releases, settings
from ui.console.reception import Reception

PAGES = (
    ("Approvals", "/approvals", approvals.build),
    ("Artists", "/artists", artists.build),
    ("Artist", "/artist", artist.build),
    ("Inbox", "/inbox", inbox.build),
    ("Cycles", "/cycles", cycles.build),
    ("Releases", "/releases", releases.build),
    ("Errors", "/errors", errors.build),
    ("Settings", "/settings", settings.build),
)


def build_blocks(reception: Reception) -> gr.Blocks:
    """The Now page at the root, the others beside it."""
    with gr.Blocks(title="labelmate", analytics_enabled=False, fill_width=True) as blocks:
        now.build(reception, blocks)
    for name, path, build in PAGES:
        with blocks.route(name, path):
            build(reception, blocks)
    # Handlers wait for the store, not for a processor: nobody's click stands behind somebody else's timer.
    blocks.queue(default_concurrency_limit=None)
    return blocks
