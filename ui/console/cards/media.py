"""Players: a recording with its waveform, a video with its poster."""

from collections.abc import Sequence

from ui.console import plots
from ui.console.markup import Markup, el, empty, media


def player(sha256: object, peaks: Sequence[float], *, name: str, note: object = None) -> Markup:
    """A recording that can be heard and looked at; look/player.js makes it play."""
    address = media(sha256)
    if address is None or not peaks:
        return empty(f"{name}: the recording is no longer kept.")
    wave = plots.wave(peaks)
    return el(
        "div",
        el("button", el("i"), type="button", cls="lm-play", data_play=True, aria_label=f"Play {name}"),
        el(
            "div",
            el("div", wave, cls="back"),
            el("div", wave, cls="front"),
            cls="lm-wave",
            role="slider",
            tabindex="0",
            aria_label=f"Position in {name}",
            aria_valuemin="0",
            aria_valuemax="100",
            aria_valuenow="0",
        ),
        el("div", el("b", name), note and el("span", note), el("time", "0:00"), cls="lm-player-told"),
        el("audio", src=address, preload="metadata"),
        cls="lm-player",
    )


def video(address: str | None, poster: str | None, *, told: str, tall: bool = False) -> Markup:
    """A video, or a word where there is none."""
    if address is None:
        return empty("There is no video of it yet.")
    return el(
        "video",
        src=address,
        poster=poster,
        controls=True,
        playsinline=True,
        preload="metadata" if poster is None else "none",
        aria_label=told,
        cls="lm-video tall" if tall else "lm-video",
    )
