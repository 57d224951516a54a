"""A downloaded clip, looked at before it is kept: it is what it was said to be, or it is left out."""

from pathlib import Path

import av
import av.error
import numpy as np

from agents.visuals.editing.clip import ClipFacts, probe_clip
from agents.visuals.footage.choice import STRETCH_MAX, Delivery, Shape
from storage.errors import RenderError
from storage.types import Asset, Frozen

LOOKS = (0.1, 0.5, 0.9)
"""Where in the clip pictures are decoded."""
BLACK = 24
"""A luma that no part of the picture exceeds in a clip that shows nothing (limited range)."""


class Receipt(Frozen):
    """What became of a delivery: the clip, or why it is left out."""

    asset: Asset | None
    note: str = ""


def attributed(delivery: Delivery, facts: ClipFacts) -> dict[str, float | int | str]:
    """What is recorded of a clip: what it is, whose it is, where it is from."""
    offer = delivery.pick.offer
    return {
        "width": facts.width,
        "height": facts.height,
        "fps": round(facts.fps, 3),
        "duration_s": round(facts.duration_s, 3),
        "clip_id": offer.id,
        "author": offer.author,
        "attribution": delivery.terms.credit.format(author=offer.author),
        "source_url": offer.page_url,
    }


def look_at(path: Path, shape: Shape) -> ClipFacts:
    """Measure a clip. Raises RenderError with the reason why it is left out."""
    facts = probe_clip(path)
    if facts.duration_s < shape.shortest_s:
        raise RenderError(f"lasts {facts.duration_s:.1f} s and not {shape.shortest_s:.1f}")
    if max(shape.width / facts.width, shape.height / facts.height) > STRETCH_MAX:
        raise RenderError(f"is only {facts.width}×{facts.height}")
    brightest = 0
    for share in LOOKS:
        brightest = max(brightest, _brightest(path, share * facts.duration_s))
    if brightest <= BLACK:
        raise RenderError("shows nothing but black")
    return facts


def _brightest(path: Path, at_s: float) -> int:
    """The luma of the brightest spot of a picture near `at_s`; decoding it proves that it can be."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "SLICE"
            container.seek(int(at_s / float(stream.time_base or 1)), stream=stream)
            for frame in container.decode(stream):
                return int(np.percentile(frame.to_ndarray(format="gray"), 99))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise RenderError(f"cannot be decoded: {error}") from error
    raise RenderError(f"has no picture at {at_s:.1f} s")
