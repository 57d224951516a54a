"""Identities: fitting, repeatable, apart from each other, and cheap to import."""

import subprocess
import sys
from collections import Counter

from agents.visuals.cover import PICTURES
from agents.visuals.emblem import emblem_outlines
from agents.visuals.identity import (
    COMPOSITION_SUITS,
    EMBLEMS,
    MOTION_SUITS,
    SCENE_SUITS,
    TYPE_PAIRS,
    choose_identity,
)
from agents.visuals.typefaces import Typeface, load_font
from agents.visuals.visualizer.motion import MOTIONS
from agents.visuals.visualizer.scenes import SCENES
from configs.palettes import load_palettes


def test_same_seed_same_identity_and_other_seeds_differ():
    assert choose_identity(7, "techno", ("cold",), frozenset()) == choose_identity(
        7, "techno", ("cold",), frozenset()
    )
    assert len({choose_identity(seed, "techno", ("cold",), frozenset()) for seed in range(30)}) == 30


def test_taken_palettes_are_avoided_while_others_are_left():
    taken: frozenset[str] = frozenset()
    for seed in range(len(load_palettes())):
        palette = choose_identity(seed, "house", (), taken).palette
        assert palette not in taken
        taken |= {palette}
    assert choose_identity(99, "house", (), taken).palette in taken


def test_taken_emblems_are_avoided_while_others_are_left():
    taken: frozenset[str] = frozenset()
    for seed in range(len(EMBLEMS)):
        emblem = choose_identity(seed, "house", (), taken).emblem
        assert emblem not in taken
        taken |= {emblem}
    assert choose_identity(99, "house", (), taken).emblem in taken


def test_genre_and_moods_lean_the_choice():
    palettes = load_palettes()
    chosen = Counter(choose_identity(seed, "folk", ("calm",), frozenset()).palette for seed in range(200))
    fitting = sum(count for name, count in chosen.items() if {"folk", "calm"} & set(palettes[name].suits))
    assert fitting > 100
    assert len(chosen) > 8


def test_everything_an_identity_can_name_exists():
    assert set(SCENE_SUITS) == set(SCENES)
    assert set(MOTION_SUITS) == set(MOTIONS)
    assert len({choose_identity(seed, "techno", (), frozenset()).motion_style for seed in range(40)}) == len(
        MOTIONS
    )
    assert set(COMPOSITION_SUITS) == {*PICTURES, "poster"}
    for display, text, _ in TYPE_PAIRS:
        assert load_font(Typeface(display), 20)
        assert load_font(Typeface(text), 20)
    shapes = [tuple(map(tuple, emblem_outlines(name)[0].round(3))) for name in EMBLEMS]
    assert len(set(shapes)) == len(EMBLEMS)


def test_importing_the_seams_loads_no_heavy_library():
    code = "import sys, agents.painter, agents.visuals.identity; print([m for m in ('cv2', 'av', 'PIL') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
