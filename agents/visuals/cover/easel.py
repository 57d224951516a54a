"""Painting a cover: which composition, dark or light, words, and the files."""

import io
import random
import struct
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms

from agents.visuals.colour import find_palette
from agents.visuals.cover import PICTURES, poster
from agents.visuals.cover.artboard import Artboard, Pixels
from agents.visuals.cover.type_area import FEW_LETTERS, Layout, TypeArea, set_words
from agents.visuals.editing.delivery import part_file
from agents.visuals.facts import CoverFiles
from agents.visuals.identity import COMPOSITION_SUITS, RESTLESS_MOODS, STILL_MOODS
from agents.visuals.lettering import require_named
from agents.visuals.threads import one_thread
from agents.visuals.typefaces import Typeface, display_face
from storage.clock import sub_seed
from storage.errors import RenderError, UsageError
from storage.types import VisualIdentity

JPEG_QUALITY = 92
MAX_COVER_BYTES = 10_000_000
THUMBNAIL_PX = 640
GROWN = 1.45
DARK_MOODS = frozenset(
    {"dark", "brooding", "angry", "mysterious", "lonely", "hypnotic", "cold", "defiant", "driving"}
)
LIGHT_MOODS = frozenset({"bright", "hopeful", "playful", "warm", "tender", "serene", "calm", "dreamy"})


@one_thread()
def paint(
    visual: VisualIdentity, *, artist_name: str, title: str, mood: str, seed: int, out_dir: Path, size_px: int
) -> CoverFiles:
    """See `agents.painter.paint_cover`."""
    if not 64 <= size_px <= 6000:
        raise UsageError(f"a cover of {size_px} px cannot be painted: use 64 to 6000")
    require_named("cover", title=title, artist_name=artist_name)
    composition = choose_composition(visual, mood, seed)
    board = Artboard(
        side=size_px,
        palette=find_palette(visual.palette),
        emblem=visual.emblem,
        seed=sub_seed(seed, "cover", title),
        is_dark=_is_dark(mood, seed),
        energy=_energy(visual, mood),
        grain_share=visual.grain,
        title=title,
    )
    layout = _compose(board, composition, visual)
    name = set_words(board, artist_name, layout.artist, Typeface(visual.text_font, 600))
    head = set_words(board, title, _grown(layout.title, title), display_face(visual.display_font))
    cover = _jpeg(board.pixels)
    thumbnail = _jpeg(_reduced(board.pixels))
    if len(cover) > MAX_COVER_BYTES:
        raise RenderError(
            f"the cover came out at {len(cover)} bytes, above {MAX_COVER_BYTES}: ask for a smaller size_px"
        )
    paths = out_dir / "cover.jpg", out_dir / "thumbnail.jpg"
    with part_file(paths[0]) as large, part_file(paths[1]) as small:
        large.write_bytes(cover)
        small.write_bytes(thumbnail)
        # Neither takes its place before both are whole: a thumbnail of another picture would be worse than no cover.
        large.replace(paths[0])
        small.replace(paths[1])
    dropped = head.lettering.dropped + name.lettering.dropped
    return CoverFiles(
        cover=paths[0],
        thumbnail=paths[1],
        composition=composition,
        size_px=size_px,
        thumbnail_size_px=min(THUMBNAIL_PX, size_px),
        size_bytes=len(cover),
        thumbnail_size_bytes=len(thumbnail),
        title_contrast=_told(head.contrast),
        artist_contrast=_told(name.contrast),
        dropped_characters="".join(dict.fromkeys(dropped)),
        too_small=tuple(what for what, words in (("title", head), ("name", name)) if words.lettering.is_low),
    )


def choose_composition(visual: VisualIdentity, mood: str, seed: int) -> str:
    """One of the identity's compositions: the preferred ones and those that suit the mood more often."""
    known = [*PICTURES, "poster"]
    unknown = [name for name in visual.compositions if name not in known]
    if unknown or not visual.compositions:
        raise UsageError(f"unknown compositions {unknown}: choose from {', '.join(known)}")
    weights = [
        (len(visual.compositions) - rank) * (3.0 if mood.lower() in COMPOSITION_SUITS[name] else 1.0)
        for rank, name in enumerate(visual.compositions)
    ]
    return random.Random(sub_seed(seed, "cover", "choice")).choices(visual.compositions, weights)[0]


def _compose(board: Artboard, composition: str, visual: VisualIdentity) -> Layout:
    if composition == "poster":
        return poster.paint(board, visual.display_font)
    return PICTURES[composition](board)


def _grown(area: TypeArea, title: str) -> TypeArea:
    """A title of a few letters larger, as far as its area goes: at the size of the others it was lost."""
    return replace(area, size=GROWN * area.size) if len(title) <= FEW_LETTERS else area


def _is_dark(mood: str, seed: int) -> bool:
    if mood.lower() in DARK_MOODS:
        return True
    if mood.lower() in LIGHT_MOODS:
        return False
    return sub_seed(seed, "cover", "dark") % 2 == 0


def _energy(visual: VisualIdentity, mood: str) -> float:
    lean = (mood.lower() in RESTLESS_MOODS) - (mood.lower() in STILL_MOODS)
    return min(1.0, max(0.0, visual.motion + 0.3 * lean))


def _told(measured: float | None) -> float | None:
    return None if measured is None else round(measured, 2)


def _reduced(pixels: Pixels) -> Pixels:
    side = min(THUMBNAIL_PX, len(pixels))
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _jpeg(pixels: Pixels) -> bytes:
    sheet = io.BytesIO()
    Image.fromarray(pixels).save(
        sheet, "JPEG", quality=JPEG_QUALITY, subsampling=0, dpi=(300, 300), icc_profile=_srgb_profile()
    )
    return sheet.getvalue()


@cache
def _srgb_profile() -> bytes:
    """The sRGB profile with a fixed date of creation (ICC.1, bytes 24 to 35): it would otherwise be now."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + profile[36:]
