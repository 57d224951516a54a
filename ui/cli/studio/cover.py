"""One cover."""

from typing import Annotated

import typer

from agents import painter
from agents.music.genre import find_genre
from agents.visuals.identity import choose_identity
from storage.errors import UsageError
from storage.types import Frozen
from ui.cli.options import Json
from ui.cli.output import Facts, show
from ui.cli.session import interruptible, shown_path
from ui.cli.studio.files import Out, folder_made
from ui.cli.studio.looks import drawn_seed, look_seed
from ui.cli.studio.spent import cpu_s
from ui.cli.wishes import Seed


class StudioCover(Frozen):
    """A cover as files, and what was measured on it."""

    cover: str
    thumbnail: str
    composition: str
    size_px: int
    size_bytes: int
    title_contrast: float | None
    """None where nothing of it could be drawn."""
    artist_contrast: float | None
    notes: tuple[str, ...]
    """What had to be left out."""
    seed: int
    cpu_s: float
    """Of this process, Python's start included."""


def cover(
    *,
    out: Out,
    title: Annotated[str, typer.Option(help="What the song is called.")],
    artist: Annotated[str, typer.Option(help="Who made it.")],
    genre: Annotated[
        str, typer.Option(help="A genre of configs/genres.yaml; it leans the look.")
    ] = "synthwave",
    mood: Annotated[str, typer.Option(help="How the song feels.")] = "dreamy",
    size_px: Annotated[int, typer.Option("--size", min=64, max=6000, help="Pixels of a side.")] = 3000,
    seed: Seed = None,
    as_json: Json = False,
) -> None:
    """Paint a cover and its thumbnail; the look follows the artist's name, the picture the seed."""
    find_genre(genre)
    chosen = drawn_seed(seed)
    visual = choose_identity(look_seed(artist), genre, (mood,), frozenset())
    if not painter.can_write(visual, title, artist):
        raise UsageError(
            "no typeface here can write that title or that name: give --title or --artist in Latin, Greek or "
            "Cyrillic letters"
        )
    with interruptible("nothing of the cover is kept"), folder_made(out):
        made = painter.paint_cover(visual, artist, title, mood, chosen, out, size_px=size_px)
    done = StudioCover(
        cover=str(made.cover),
        thumbnail=str(made.thumbnail),
        composition=made.composition,
        size_px=made.size_px,
        size_bytes=made.size_bytes,
        title_contrast=made.title_contrast,
        artist_contrast=made.artist_contrast,
        notes=made.notes,
        seed=chosen,
        cpu_s=cpu_s(),
    )
    drawn = Facts(
        {
            "cover": shown_path(made.cover),
            "composition": made.composition,
            "note": "; ".join(made.notes) or None,
            "again": f"--seed {chosen}",
        }
    )
    show(done, as_json=as_json, drawn=drawn)
