"""Songs to be made by hand: who waits for what, and the place where recordings are brought."""

from collections.abc import Sequence
from datetime import datetime

from storage.inbox import InboxRequest
from ui.console.markup import Markup, ago, chip, el, empty, facts, page_link, text

ACCEPTED = ".wav,.flac,.mp3,.ogg,.aiff,.aif,audio/*"


def request_list(requests: Sequence[InboxRequest], now: datetime, chosen: str) -> Markup:
    """What waits, the oldest first."""
    if not requests:
        return empty(
            "No song waits to be made by hand. With MUSIC_PROVIDERS=inbox, artists ask for theirs here."
        )
    rows = [
        el(
            "li",
            el(
                "button",
                el(
                    "span",
                    el("b", each.sheet.title),
                    el("small", f"{each.artist_name} · ", ago(each.asked_at, now)),
                ),
                type="button",
                data_act="pick",
                data_id=each.id,
                data_url=page_link("inbox", request=each.id),
                aria_current="true" if each.id == chosen else None,
            ),
        )
        for each in requests
    ]
    head = el("p", el("b", len(rows)), " to make", cls="lm-list-head")
    return text(head, el("ol", rows, cls="lm-queue"))


def request_card(asked: InboxRequest) -> Markup:
    """What the song is to be; the words to paste stand below, each with a button that copies it."""
    sheet = asked.sheet
    return el(
        "article",
        el(
            "header",
            el(
                "div",
                el("h2", sheet.title),
                el("p", el("a", asked.artist_name, href=page_link("artist", name=asked.artist_slug))),
            ),
            chip(asked.status),
        ),
        facts(
            (
                ("voice", sheet.vocal),
                ("language", sheet.language),
                ("sound", f"{sheet.tempo_bpm:g} BPM, {sheet.key}"),
                ("length", f"about {sheet.duration_s:.0f} s"),
                ("cycle", el("a", asked.cycle_id[-8:], href=page_link("cycles", cycle=asked.cycle_id))),
                ("brought by", asked.who),
            )
        ),
        cls="lm-told",
    )


def uploader(act: str, label: str, *, about: str = "", several: bool = False) -> Markup:
    """A place for files and the button that sends them: look/upload.js brings them to the API first."""
    return el(
        "div",
        el(
            "label",
            "The recordings, one file a take: WAV, FLAC or MP3"
            if several
            else "The recording: WAV, FLAC or MP3",
            el("input", type="file", accept=ACCEPTED, multiple=several, data_files=True),
        ),
        el("p", "", cls="lm-quiet", data_progress=True, role="status"),
        el("button", label, type="button", cls="lm-button", data_send=True),
        el("button", "", type="button", hidden=True, data_act=act, data_id=about),
        cls="lm-upload",
    )
