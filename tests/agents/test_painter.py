"""The painter's seams, as the rest of labelmate calls them."""

import pytest
from PIL import Image

from agents.painter import paint_cover, preview_span
from agents.visuals.identity import choose_identity
from storage.types import PlannedSection, SongPlan

SECTIONS = (
    ("intro", 8, 0.3),
    ("verse", 16, 0.5),
    ("chorus", 16, 0.9),
    ("verse", 16, 0.5),
    ("chorus", 16, 0.95),
)


def song(sections=SECTIONS) -> SongPlan:
    start, planned = 0.0, []
    for name, length_s, energy in sections:
        planned.append(
            PlannedSection(
                name=name, start_s=start, end_s=start + length_s, bars=length_s // 2, energy=energy
            )
        )
        start += length_s
    return SongPlan(
        title="Run",
        artist_name="Ida",
        genre="house",
        tempo_bpm=120.0,
        key="C",
        mode="minor",
        duration_s=start,
        sections=tuple(planned),
        beats_s=(),
        bars_s=(),
        chords=(),
        lyric_lines=(),
        source="test",
    )


def test_the_preview_begins_a_bar_before_the_first_chorus():
    assert preview_span(song()) == (22.0, 52.0)


def test_a_song_without_a_chorus_is_previewed_from_its_most_energetic_section():
    assert preview_span(song((("intro", 8, 0.2), ("build", 16, 0.6), ("break", 40, 0.9)))) == (22.0, 52.0)


@pytest.mark.parametrize(
    ("sections", "span"),
    [
        ((("intro", 8, 0.2), ("chorus", 12, 0.9)), (0.0, 20.0)),
        (((("verse", 40, 0.4)), ("chorus", 10, 0.9)), (20.0, 50.0)),
        ((), (0.0, 0.0)),
    ],
)
def test_the_preview_stays_inside_the_song(sections, span):
    assert preview_span(song(sections)) == span


@pytest.mark.slow
def test_a_full_size_cover_fits_the_shops(tmp_path):
    visual = choose_identity(3, "synthwave", ("nostalgic",), frozenset())
    files = paint_cover(visual, "Nova Lux", "Glass Horizon", "nostalgic", 3, tmp_path)
    with Image.open(files.cover) as cover:
        assert cover.size == (3000, 3000)
    assert files.size_bytes < 10_000_000
    assert files.thumbnail_size_px == 640
    assert files.title_contrast >= 4.5
