"""An artist's avatar and logo, made of the same emblem, colours and type as everything else they show."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from agents.visuals.colour import contrast, find_palette
from agents.visuals.cover.artboard import Artboard, Ink
from agents.visuals.lettering import set_block
from agents.visuals.threads import one_thread
from agents.visuals.typefaces import display_face
from storage.errors import UsageError
from storage.types import VisualIdentity

AVATAR_PX = 640
GRAINY = 1
"""zlib's level for a picture with grain: of noise its usual level 6 saves 2 % more, and takes five times as long."""
LOGO_HEIGHT_PX, LOGO_WIDTH_PX = 320, 1600
READABLE = 4.5
"""WCAG AA contrast of the logo's parts on its ground."""
PHOTO_BYTES_MAX, PHOTO_SIDE_MIN, PHOTO_PIXELS_MAX = 10_000_000, 200, 40_000_000
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")


@one_thread()
def draw_avatar(visual: VisualIdentity, seed: int, out: Path) -> None:
    """The emblem in the artist's colours: a square PNG of 640 px whose content also fits a circle."""
    board = Artboard(
        side=AVATAR_PX,
        palette=find_palette(visual.palette),
        emblem=visual.emblem,
        seed=seed,
        is_dark=True,
        energy=visual.motion,
        grain_share=visual.grain,
    )
    _MANNERS[seed % len(_MANNERS)](board)
    board.grain(5.0)
    Image.fromarray(board.pixels).save(out, "PNG", compress_level=GRAINY)


@one_thread()
def draw_logo(visual: VisualIdentity, name: str, out: Path) -> str:
    """Emblem and name side by side on the artist's darkest colour, a PNG of at most 1600 × 320 px.

    Returns the characters of the name that no typeface here can draw.
    """
    palette = find_palette(visual.palette)
    pad, tall = LOGO_HEIGHT_PX // 5, LOGO_HEIGHT_PX
    sign = tall - 2 * pad
    lettering = set_block(
        name,
        display_face(visual.display_font),
        width_px=LOGO_WIDTH_PX - sign - 3 * pad,
        height_px=round(0.62 * sign),
        size_px=round(0.62 * sign),
    )
    wide = 3 * pad + sign + lettering.mask.shape[1]
    board = Artboard(side=wide, palette=palette, emblem=visual.emblem, seed=0, is_dark=True, energy=0.0)
    board.fill(board.rgb("ground"))
    marks: tuple[Ink, ...] = ("glow", "body", "accent", "paper")
    ground = board.rgb("ground")
    colour = next(rgb for rgb in (board.rgb(mark) for mark in marks) if contrast(rgb, ground) >= READABLE)
    middle = tall / 2 / wide
    board.polygons(board.emblem_at((pad + sign / 2) / wide, middle, sign / 2 / wide), colour)
    plate = board.pixels[:tall]
    top, left = (tall - lettering.mask.shape[0]) // 2, 2 * pad + sign
    area = plate[top : top + lettering.mask.shape[0], left : left + lettering.mask.shape[1]]
    cover = lettering.mask[..., None].astype(np.float32) / 255
    area[:] = np.rint(area * (1 - cover) + np.array(board.rgb("paper"), np.float32) * cover)
    Image.fromarray(plate).save(out, "PNG")
    return lettering.dropped


def take_photo(source: Path, out: Path) -> None:
    """A picture that a person gives as an avatar: its middle square, 640 px, without what its file told besides.

    Raises UsageError for a file that is missing, too large, too small, or no JPEG, PNG or WebP.
    """
    from PIL import UnidentifiedImageError

    try:
        if source.stat().st_size > PHOTO_BYTES_MAX:
            raise UsageError(f"{source.name} is larger than {PHOTO_BYTES_MAX // 1_000_000} MB")
        with Image.open(source, formats=PHOTO_FORMATS) as image:
            if image.width * image.height > PHOTO_PIXELS_MAX or min(image.size) < PHOTO_SIDE_MIN:
                raise UsageError(
                    f"{source.name} has {image.width}×{image.height} pixels: give sides of {PHOTO_SIDE_MIN} or "
                    f"more, and {PHOTO_PIXELS_MAX // 1_000_000} million in all at most"
                )
            picture = _upright(image).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise UsageError(f"{source.name} cannot be read as a picture: give a JPEG, PNG or WebP") from error
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    square.resize((AVATAR_PX, AVATAR_PX), Image.Resampling.LANCZOS).save(out, "PNG")


def _upright(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _seal(board: Artboard) -> None:
    """The emblem cut out of a disc of light."""
    _night(board)
    board.lay(_light(board, ("body", "glow", "paper")), board.stencil(_ring(0.36)))
    board.polygons(board.emblem_at(0.5, 0.5, 0.235), board.rgb("ground"))


def _lantern(board: Artboard) -> None:
    """The emblem itself shines."""
    _night(board)
    glow = board.stencil(board.emblem_at(0.5, 0.5, 0.31), blur=0.055)
    board.lay(board.rgb("body"), glow, 0.9)
    board.lay(_light(board, ("glow", "paper")), board.stencil(board.emblem_at(0.5, 0.5, 0.29)))


def _stack(board: Artboard) -> None:
    """The emblem over its own echoes, as printed in layers."""
    board.fill(board.rgb("paper"))
    layers: tuple[tuple[float, Ink], ...] = ((0.44, "glow"), (0.35, "body"), (0.26, "deep"))
    for radius, ink in layers:
        board.lay(board.rgb(ink), board.stencil(board.emblem_at(0.5, 0.5, radius)))


def _orbit(board: Artboard) -> None:
    """A small emblem, and what circles it."""
    _night(board)
    for radius in (0.40, 0.345, 0.29):
        start = float(board.stream.uniform(0, 360))
        angles = np.deg2rad(np.linspace(start, start + float(board.stream.uniform(150, 310)), 240))
        arc = np.stack([0.5 + radius * np.cos(angles), 0.5 + radius * np.sin(angles)], axis=1)
        board.line(arc, board.rgb("glow"), 0.010)
        board.disc(arc[-1, 0], arc[-1, 1], 0.020, board.rgb("accent"))
    board.lay(_light(board, ("glow", "paper")), board.stencil(board.emblem_at(0.5, 0.5, 0.19)))


_MANNERS: tuple[Callable[[Artboard], None], ...] = (_seal, _lantern, _stack, _orbit)


def _night(board: Artboard) -> None:
    """A dark ground with a little light in it."""
    x, y = board.soft_grid()
    centre = board.stream.uniform(0.25, 0.75, 2)
    far = np.hypot(x - centre[0], y - centre[1]) + 0.35 * (board.soft(2, "night") - 0.5)
    board.pixels[:] = board.colour_by(
        np.clip(0.95 - 1.25 * far, 0, 1), board.table(("ground", "deep", "body"), (0, 0.55, 1))
    )


def _light(board: Artboard, inks: tuple[Ink, ...]) -> np.ndarray:
    """A slanted gradient, darkest at the foot."""
    x, y = board.soft_grid()
    return board.colour_by(np.clip(1.15 - 1.1 * (0.25 * x + 0.75 * y), 0, 1), board.table(inks))


def _ring(radius: float) -> list[np.ndarray]:
    angles = np.deg2rad(np.arange(360))
    return [np.stack([0.5 + radius * np.cos(angles), 0.5 + radius * np.sin(angles)], axis=1)]
