"""Avatars and logos: of one look, told apart when small, readable, and only pictures are taken for pictures."""

import itertools

import cv2
import numpy as np
import pytest
from PIL import Image

from agents.visuals.colour import contrast, find_palette, srgb
from agents.visuals.identity import choose_identity
from agents.visuals.portrait import AVATAR_PX, READABLE, draw_avatar, draw_logo, take_photo
from configs.palettes import load_palettes
from storage.errors import UsageError


def roster(size):
    taken: frozenset[str] = frozenset()
    looks = []
    for seed in range(size):
        look = choose_identity(seed, "house", ("dreamy",), taken)
        taken |= {look.palette}
        looks.append(look)
    return looks


def test_avatars_are_told_apart_at_thumbnail_size(tmp_path):
    small = []
    for seed, look in enumerate(roster(6)):
        draw_avatar(look, seed, tmp_path / "avatar.png")
        picture = cv2.imread(str(tmp_path / "avatar.png"))
        assert picture.shape == (AVATAR_PX, AVATAR_PX, 3)
        small.append(cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA).astype(int))
    apart = [np.abs(one - other).mean() for one, other in itertools.combinations(small, 2)]
    assert min(apart) > 10


def test_an_avatar_is_its_seeds_and_its_looks(tmp_path):
    look, other = roster(2)
    for name, (visual, seed) in {"a": (look, 1), "b": (look, 1), "c": (look, 2), "d": (other, 1)}.items():
        draw_avatar(visual, seed, tmp_path / name)
    drawn = {name: (tmp_path / name).read_bytes() for name in "abcd"}
    assert drawn["a"] == drawn["b"]
    assert len(set(drawn.values())) == 3


@pytest.mark.parametrize("palette", load_palettes())
def test_a_logo_can_be_read(palette, visual, tmp_path):
    own = visual.model_copy(update={"palette": palette})
    assert draw_logo(own, "The Cobalt Cartographers", tmp_path / "logo.png") == ""
    with Image.open(tmp_path / "logo.png") as logo:
        pixels = np.asarray(logo.convert("RGB"))
    assert pixels.shape[1] <= 1600
    ground = np.array(srgb(find_palette(palette).ground))
    assert (pixels[0] == ground).all()
    name, sign = pixels[:, pixels.shape[1] // 2 :], pixels[:, : pixels.shape[0]]
    for part in (name, sign):
        assert np.percentile(contrast(part.reshape(-1, 3), ground), 98) >= READABLE


def test_a_name_that_no_typeface_has_is_told(visual, tmp_path):
    assert draw_logo(visual, "夜 Run", tmp_path / "logo.png") == "夜"


def test_a_given_picture_is_squared_and_tells_nothing_of_its_making(tmp_path):
    photo = Image.new("RGB", (600, 300), (0, 0, 255))
    photo.paste((255, 0, 0), (150, 0, 450, 300))
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    photo.save(tmp_path / "me.jpg", exif=exif)
    take_photo(tmp_path / "me.jpg", tmp_path / "avatar.png")
    with Image.open(tmp_path / "avatar.png") as taken:
        assert (taken.size, taken.mode) == ((AVATAR_PX, AVATAR_PX), "RGB")
        assert not taken.getexif()
        assert np.asarray(taken)[..., 0].mean() > 240
    assert b"Secret" not in (tmp_path / "avatar.png").read_bytes()


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "words.png").write_text("no picture")
    Image.new("RGB", (40, 40)).save(tmp_path / "tiny.png")
    Image.new("RGB", (300, 300)).save(tmp_path / "old.gif")
    Image.new("1", (9_000, 9_000)).save(tmp_path / "bomb.png")
    Image.new("RGB", (300, 300), (9, 9, 9)).save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    for name in ("none.png", "words.png", "tiny.png", "old.gif", "bomb.png", "cut.png"):
        with pytest.raises(UsageError) as refusal:
            take_photo(tmp_path / name, tmp_path / "avatar.png")
        assert "\n" not in str(refusal.value)
        assert not (tmp_path / "avatar.png").exists()
