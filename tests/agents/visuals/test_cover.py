"""Covers: legible, inside the margins, of several clearly different kinds, and the same each time."""

import itertools
from time import process_time

import cv2
import numpy as np
import pytest
from PIL import Image

from agents.visuals.colour import find_palette, srgb
from agents.visuals.cover import PICTURES, easel, eclipse, horizon, poster, type_area
from agents.visuals.cover.artboard import Artboard
from agents.visuals.cover.easel import choose_composition, paint
from agents.visuals.cover.type_area import CAPITALS, READABLE, SAFE, TypeArea, set_words
from agents.visuals.identity import COMPOSITIONS, choose_identity
from agents.visuals.typefaces import Typeface, cap_height, display_face
from configs.palettes import load_palettes
from storage.errors import UsageError

SIDE = 240


def painted(visual, out_dir, composition, **changes):
    words = {
        "artist_name": "Nova Lux",
        "title": "Glass Horizon",
        "mood": "dreamy",
        "seed": 11,
        "size_px": SIDE,
    } | changes
    one = visual.model_copy(update={"compositions": (composition,)})
    return paint(one, out_dir=out_dir, **words)


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_every_composition_is_legible_in_every_palette(composition, visual, tmp_path):
    for number, palette in enumerate(load_palettes()):
        own = visual.model_copy(update={"palette": palette})
        mood = ("dreamy", "angry", "lonely", "playful")[number % 4]
        files = painted(own, tmp_path, composition, mood=mood, seed=number, size_px=128)
        assert files.title_contrast >= READABLE, palette
        assert files.artist_contrast >= READABLE, palette


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_files_are_srgb_jpegs_of_the_size_and_repeat_byte_for_byte(composition, visual, tmp_path):
    files, again = painted(visual, tmp_path / "a", composition), painted(visual, tmp_path / "b", composition)
    other = painted(visual, tmp_path / "c", composition, seed=12)
    with Image.open(files.cover) as cover, Image.open(files.thumbnail) as thumbnail:
        assert (cover.format, cover.mode, cover.size) == ("JPEG", "RGB", (SIDE, SIDE))
        assert cover.info["icc_profile"]
        assert thumbnail.size == (min(640, SIDE),) * 2
    assert files.cover.read_bytes() == again.cover.read_bytes()
    assert files.cover.read_bytes() != other.cover.read_bytes()
    assert files.size_bytes == files.cover.stat().st_size
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["cover.jpg", "thumbnail.jpg"]


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_a_cover_has_its_artists_grain(composition, visual, tmp_path):
    noise = []
    for grain in (0.0, 1.0):
        made = painted(visual.model_copy(update={"grain": grain}), tmp_path / str(grain), composition)
        with Image.open(made.cover) as cover:
            luma = np.asarray(cover.convert("L"), dtype=float)
        # The median passes over lettering and edges: most of a cover is smooth.
        noise.append(np.median(np.abs(luma[2:, 2:] - 2 * luma[1:-1, 1:-1] + luma[:-2, :-2])))
    assert noise[1] > noise[0] + 1


def test_the_rays_of_an_eclipse_meet_without_a_seam():
    """Where the strip of rays is joined, left of the disc, a fold across the picture could be seen."""
    for seed in range(4):
        light = eclipse._corona(blank(seed, side=1200), 0.5, 0.405, 0.22)
        seam = round(0.405 * len(light))
        steps = np.abs(np.diff(light[seam - 10 : seam + 10], axis=0))
        for edge in (steps[:, : len(light) // 5], steps[:, -len(light) // 5 :]):
            rows = edge.mean(axis=1)
            assert rows.max() < 2.5 * np.median(rows)


@pytest.mark.parametrize("seed", range(12))
def test_the_sun_stays_clear_of_the_title(seed):
    layout = horizon.paint(blank(seed))
    assert layout.title.box[3] >= horizon.TITLE_BOTTOM


def test_the_title_and_the_artist_keep_apart():
    for name, picture in PICTURES.items():
        layout = picture(blank(1))
        title, artist = layout.title.box, layout.artist.box
        assert artist[1] - title[3] >= 0.01 or title[1] > artist[3], name


@pytest.mark.parametrize("title", ["Donaudampfschifffahrtsgesellschaft", "W" * 60, "Run", "夜"])
@pytest.mark.parametrize("seed", range(6))
def test_a_poster_of_any_title_is_painted(title, seed, visual, tmp_path):
    """Rows slanted beyond the board's right edge were an error."""
    files = painted(visual, tmp_path, "poster", title=title, seed=seed)
    assert files.composition == "poster"


def test_a_poster_of_low_letters_costs_no_more_than_another(visual, tmp_path):
    """Sixty rows were laid over the whole board, and a thousand where nothing of the title could be drawn."""
    cost = {}
    for title in ("Glass Horizon", "W" * 60, "夜"):
        began = process_time()
        painted(visual, tmp_path, "poster", title=title, size_px=800)
        cost[title] = process_time() - began
    assert max(cost.values()) < 3 * cost["Glass Horizon"]


@pytest.mark.parametrize("seed", range(6))
def test_a_poster_of_several_lines_never_lies_over_itself(seed):
    """Fanned or slanted, the lines of each copy crossed those of the next, and none could be read."""
    title = "Every Good Thing We Ever Had Came Back Wrong in the End"
    board = blank(seed, title=title)
    layout = poster.paint(board, "Unbounded")
    back = np.array(board.rgb("ground"))
    block = set_words(board, title, layout.title, display_face("Unbounded")).lettering
    assert len(block.lines) > 1
    above = round(poster.BOX[3] * SIDE) - len(block.mask) - round(0.04 * len(block.mask))
    assert np.abs(board.pixels[above].astype(int) - back).max() < 16


def test_a_poster_of_a_title_that_no_typeface_has_shows_the_artists_sign(visual, tmp_path):
    """It was an empty board."""
    painted(visual, tmp_path, "poster", title="夜", artist_name="夜", mood="dark")
    with Image.open(tmp_path / "cover.jpg") as cover:
        light = np.asarray(cover.convert("L"), dtype=int)
    assert 0.04 < np.mean(light > 200) < 0.5


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_names_can_be_read_on_a_thumbnail(composition):
    """At 160 pixels the capitals of some were three high."""
    board = blank(2)
    layout = poster.paint(board, "Anton") if composition == "poster" else PICTURES[composition](board)
    name = set_words(board, "Mira", layout.artist, Typeface("Inter", 600)).lettering
    assert name.size_px >= 0.034 * SIDE


@pytest.mark.parametrize("palette", load_palettes())
def test_a_light_sky_needs_no_cloud_behind_its_title(palette, visual, tmp_path, monkeypatch):
    """In four palettes of five there was one, and the sky looked soiled."""
    monkeypatch.setattr(type_area, "_scrim", lambda *_: pytest.fail("a cloud"))
    painted(visual.model_copy(update={"palette": palette}), tmp_path, "horizon", mood="bright")


@pytest.mark.parametrize(("composition", "share", "least"), [("riso", 0, 11), ("eclipse", 50, 26)])
def test_songs_of_an_artist_have_covers_of_their_own(composition, share, least, visual, tmp_path):
    """Of many pairs the median, or the nearest, in 8-bit steps. Two songs had the same disc over the same sign in the same inks: one cover with two titles."""
    small = []
    for seed in range(8):
        painted(visual, tmp_path, composition, seed=seed)
        with Image.open(tmp_path / "cover.jpg") as cover:
            middle = cover.crop((SIDE // 6, SIDE // 12, SIDE * 5 // 6, SIDE * 2 // 3)).resize((16, 16))
        small.append(np.asarray(middle, dtype=float))
    apart = [np.abs(one - other).mean() for one, other in itertools.combinations(small, 2)]
    assert np.percentile(apart, share) > least


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("seed", range(4))
def test_a_title_of_one_letter_is_not_lost(composition, seed, visual, tmp_path, monkeypatch):
    """On a grid of five columns it was half as high as the name of a song of two words."""
    heights: list[int] = []
    monkeypatch.setattr(
        easel,
        "set_words",
        lambda *words: heights.append(len((done := set_words(*words)).lettering.mask)) or done,
    )
    painted(visual, tmp_path, composition, title="W", artist_name="Mira", seed=seed)
    assert heights[1] >= 0.07 * SIDE


def test_artists_are_told_apart_and_an_artists_covers_belong_together(tmp_path):
    """Of thumbnails of 64 pixels the most similar one, by colour alone, is mostly the same artist's."""
    colours: list[np.ndarray] = []
    taken: set[str] = set()
    moods = ("dark", "warm", "euphoric", "lonely")
    for artist in range(6):
        look = choose_identity(artist, "house", (), frozenset(taken))
        taken.add(look.palette)
        for seed, mood in enumerate(moods):
            paint(look, artist_name="Nova", title="Run", mood=mood, seed=seed, out_dir=tmp_path, size_px=SIDE)
            with Image.open(tmp_path / "cover.jpg") as cover:
                small = np.asarray(cover.resize((64, 64)), dtype=float).reshape(-1, 3)
            shares, _ = np.histogramdd(small, bins=(6, 6, 6), range=((0, 256),) * 3)
            colours.append(np.sqrt(shares.ravel() / len(small)))
    alike = np.array(colours) @ np.array(colours).T
    np.fill_diagonal(alike, 0)
    artists = np.arange(len(colours)) // len(moods)
    assert np.mean(artists[alike.argmax(axis=1)] == artists) > 0.6


@pytest.mark.parametrize("seed", range(6, 12))
def test_a_long_title_has_room_on_a_grid(seed, visual, tmp_path):
    wide = visual.model_copy(update={"display_font": "Unbounded"})
    title = "I Keep a Light On in the Kitchen for the Ones Who Never Wrote and the Ones Who Wrote Too Late"
    assert painted(wide, tmp_path, "swiss", title=f"{title} ({title[:90]})", seed=seed).too_small == ()


def blank(seed, side=SIDE, title=""):
    palette = find_palette("glacier")
    return Artboard(
        side=side, palette=palette, emblem="disc", seed=seed, is_dark=True, energy=0.8, title=title
    )


def test_a_cover_does_not_know_the_time():
    assert easel._srgb_profile()[24:36] == bytes((7, 234, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))


def test_compositions_are_clearly_different(visual, tmp_path):
    small = {}
    for composition in COMPOSITIONS:
        picture = cv2.imread(str(painted(visual, tmp_path / composition, composition).cover))
        small[composition] = cv2.resize(picture, (24, 24), interpolation=cv2.INTER_AREA).astype(int)
    for one, other in itertools.combinations(COMPOSITIONS, 2):
        assert np.abs(small[one] - small[other]).mean() > 12, (one, other)


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize(
    "title",
    ["I", "Everything We Never Said to the Sea Before the Long Winter Came Back for Us", "Ω 夜 — ‘no’"],
)
def test_odd_titles_are_set_all_the_same(composition, title, visual, tmp_path):
    files = painted(visual, tmp_path, composition, title=title)
    assert files.title_contrast >= READABLE
    assert files.dropped_characters == ("夜" if "夜" in title else "")


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_a_title_of_one_endless_word_is_broken_or_told(composition, visual, tmp_path):
    """It was a hairline."""
    for length in (45, 190):
        files = painted(visual, tmp_path, composition, title="W" * length, size_px=400)
        assert files.title_contrast >= READABLE
        board = blank(1, side=400)
        layout = PICTURES[composition](board) if composition in PICTURES else poster.paint(board, "Inter")
        done = set_words(board, "W" * length, layout.title, display_face("Inter")).lettering
        assert len(done.lines) > 1
        assert done.is_low or done.size_px * cap_height(display_face("Inter")) >= 0.9 * CAPITALS * 400


def test_letters_too_small_for_a_thumbnail_are_told(visual, tmp_path):
    files = painted(
        visual, tmp_path, "eclipse", title="W" * 190, artist_name="Bartholomew " * 16, size_px=400
    )
    assert files.notes == tuple(
        f"the {what} is too long to be read on a thumbnail" for what in ("title", "name")
    )
    assert painted(visual, tmp_path, "eclipse", size_px=400).notes == ()


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("anchor", ["top", "middle", "bottom"])
def test_letters_stay_in_their_area(align, anchor):
    board = Artboard(
        side=SIDE, palette=find_palette("ember"), emblem="disc", seed=1, is_dark=True, energy=0.5
    )
    board.fill(board.rgb("ground"))
    area = TypeArea((SAFE, 0.3, 1 - SAFE, 0.7), 0.3, align, anchor, lines=3)
    set_words(board, "A rather long title for a small box", area, display_face("Playfair Display"))
    drawn = (board.pixels != np.array(board.rgb("ground"))).any(axis=2)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    assert columns[0] >= round(SAFE * SIDE)
    assert columns[-1] < round((1 - SAFE) * SIDE)
    assert rows[0] >= round(0.3 * SIDE)
    assert rows[-1] < round(0.7 * SIDE)


def test_words_on_a_middle_grey_get_a_scrim_and_are_measured_as_read():
    board = Artboard(
        side=SIDE, palette=find_palette("chrome"), emblem="disc", seed=1, is_dark=True, energy=0.5
    )
    board.fill((118, 118, 118))
    area = TypeArea((0.1, 0.4, 0.9, 0.6), 0.2, "centre", "middle", inks=("paper",))
    done = set_words(board, "Halflight", area, display_face("Anton"))
    assert done.contrast >= READABLE
    assert tuple(board.pixels[2, 2]) == (118, 118, 118)
    assert (board.pixels == np.array(srgb(find_palette("chrome").paper))).all(axis=2).any()


def test_identity_and_mood_choose_the_composition():
    visual = choose_identity(2, "lofi", ("tender",), frozenset())
    chosen = [choose_composition(visual, "tender", seed) for seed in range(60)]
    assert set(chosen) == set(visual.compositions)
    assert chosen.count(visual.compositions[0]) > chosen.count(visual.compositions[-1])


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("title", ["夜に駆ける", "شمس", "שמש", "\u200b\u200d"])
def test_words_that_no_typeface_has_are_told_and_have_no_contrast(composition, title, visual, tmp_path):
    """A cover without its title was reported with the contrast of black on white."""
    files = painted(visual, tmp_path, composition, title=title, size_px=64)
    assert files.title_contrast is None
    assert files.artist_contrast >= READABLE
    assert len(files.notes) == 1


def test_what_cannot_be_painted_is_refused(visual, tmp_path):
    with pytest.raises(UsageError, match="liquid"):
        painted(visual, tmp_path, "cubism")
    with pytest.raises(UsageError, match="64 to 6000"):
        painted(visual, tmp_path, "liquid", size_px=10)
    with pytest.raises(UsageError, match="unknown palette"):
        painted(visual.model_copy(update={"palette": "beige"}), tmp_path, "liquid")
    assert list(tmp_path.iterdir()) == []
