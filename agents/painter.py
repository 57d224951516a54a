"""The painter: covers, previews and films, from a song's plan and an artist's visual identity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.visuals.facts import CoverFiles, VideoFacts
from configs.knobs import Captions
from storage.errors import RenderError
from storage.types import Brief, FootageClip, SongPlan, VisualIdentity

__all__ = [
    "CoverFiles",
    "SongFilm",
    "VideoFacts",
    "can_write",
    "dressed",
    "film",
    "film_song",
    "paint_cover",
    "preview_size",
    "preview_span",
]


FLASHES_MAX = 3
"""In any second: more may harm people with photosensitive epilepsy (WCAG 2.3.1)."""
PREVIEW_HEIGHT_PX = 480
"""At most, so that a preview is small enough for a messenger."""
PEAK_SECTIONS = ("chorus", "drop", "hook")


def paint_cover(
    visual: VisualIdentity,
    artist_name: str,
    title: str,
    mood: str,
    seed: int,
    out_dir: Path,
    *,
    size_px: int = 3000,
) -> CoverFiles:
    """Paints `cover.jpg` (square, sRGB) and `thumbnail.jpg` (640 px) into `out_dir`; the same seed gives the same bytes.

    Raises UsageError for a size or composition that cannot be painted and RenderError if the file would be
    too large for the shops; nothing half-written is left.
    """
    from agents.visuals.cover.easel import paint

    return paint(
        visual, artist_name=artist_name, title=title, mood=mood, seed=seed, out_dir=out_dir, size_px=size_px
    )


def can_write(visual: VisualIdentity, *words: str) -> bool:
    """Whether the artist's typefaces, or the one that stands in for them, can draw anything of the words."""
    from agents.visuals.script import clean_text

    return any(clean_text(text, visual.display_font)[0] for text in words)


def dressed(visual: VisualIdentity, brief: Brief) -> VisualIdentity:
    """The artist's look, with the cover composition that an experiment asks for."""
    if brief.cover_composition is None:
        return visual
    return visual.model_copy(update={"compositions": (brief.cover_composition,)})


def film(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    out: Path,
    *,
    width: int,
    height: int,
    fps: int = 30,
    seed: int,
    start_s: float = 0.0,
    end_s: float | None = None,
    preset: str = "veryfast",
    captions: Captions = "auto",
    progress: Callable[[float], None] | None = None,
) -> VideoFacts:
    """Renders the song's music video, or the span of it from `start_s` to `end_s`, as an MP4 with its sound.

    `progress` is told the finished share, 0–1, after every few pictures. What had to be left out is in
    the facts' `notes`. Raises UsageError for a size, rate or span that cannot be made, or the plan of another
    song or of one without names, or an `out` that is the recording; DiskFullError without room and RenderError if encoding fails; in every case `out` is not touched.
    """
    from agents.visuals.editing.delivery import require_apart
    from agents.visuals.visualizer.film import render_film
    from agents.visuals.visualizer.stage import Stage

    require_apart(out, audio)
    return render_film(
        plan,
        audio,
        visual,
        out,
        stage=Stage(width, height),
        fps=fps,
        seed=seed,
        start_s=start_s,
        end_s=end_s,
        preset=preset,
        captions=captions,
        progress=progress,
    )


@dataclass(frozen=True)
class SongFilm:
    """A film, and whose footage it shows."""

    facts: VideoFacts
    clips: tuple[FootageClip, ...] = ()
    note: str = ""
    """Why it was drawn, in whole or in part, and what was missed when footage was looked for."""


def film_song(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    out: Path,
    *,
    clips: Sequence[tuple[FootageClip, Path]],
    width: int,
    height: int,
    fps: int,
    seed: int,
    start_s: float,
    end_s: float | None,
    preset: str,
    captions: Captions = "auto",
    missed: str = "",
) -> SongFilm:
    """A film cut from footage on the song's bars; drawn, with a note, as far as that does not become one.

    `missed` is what went wrong when clips were looked for, and stays in the note. Raises as `film` does.
    """
    from agents.visuals.editing.delivery import require_apart
    from agents.visuals.footage.filming import film_footage

    require_apart(out, audio)
    note = missed
    if clips:
        try:
            made = film_footage(
                plan,
                audio,
                visual,
                out,
                clips=clips,
                width=width,
                height=height,
                fps=fps,
                seed=seed,
                start_s=start_s,
                end_s=end_s,
                preset=preset,
                captions=captions,
            )
            if made.facts.flashes_per_s <= FLASHES_MAX:
                return SongFilm(made.facts, made.clips, _together(missed, made.note))
            why = f"the footage flashes {made.facts.flashes_per_s:.0f} times a second: drawn instead"
        except RenderError as error:
            why = f"{error}: drawn instead"
        note = _together(missed, why)
    facts = film(
        plan,
        audio,
        visual,
        out,
        width=width,
        height=height,
        fps=fps,
        seed=seed,
        start_s=start_s,
        end_s=end_s,
        preset=preset,
        captions=captions,
    )
    return SongFilm(facts, note=note)


def _together(*notes: str) -> str:
    """What each says, said once."""
    return "; ".join(dict.fromkeys(part for note in notes if note for part in note.split("; ")))


def preview_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the preview of a film of that size, in its shape."""
    low = min(PREVIEW_HEIGHT_PX, height)
    return round(low * width / height / 2) * 2, low


def preview_span(plan: SongPlan, length_s: float = 30.0) -> tuple[float, float]:
    """Start and end of the preview: a bar before the song's first peak, whole inside the song."""
    length_s = min(length_s, plan.duration_s)
    if not plan.sections:
        return 0.0, length_s
    loudest = max(section.energy for section in plan.sections)
    peaks = [s for s in plan.sections if s.name in PEAK_SECTIONS] or [
        s for s in plan.sections if s.energy >= loudest - 0.05
    ]
    start_s = max(0.0, peaks[0].start_s - 240.0 / plan.tempo_bpm)
    start_s = max(0.0, min(start_s, plan.duration_s - length_s))
    return start_s, start_s + length_s
