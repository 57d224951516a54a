"""An artist's look, chosen once when the artist is created."""

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

from configs.palettes import load_palettes
from storage.clock import sub_seed
from storage.types import VisualIdentity

T = TypeVar("T")

COMPOSITIONS = ("liquid", "swiss", "horizon", "flow", "riso", "poster", "eclipse", "aura")
SCENES = ("halo", "tunnel", "ridges", "swarm", "ink", "lattice", "kaleidoscope", "scope", "sunrise")
EMBLEMS = ("disc", "arch", "bars", "star", "hexagon", "diamond", "eye", "crescent", "petals", "steps")

TYPE_PAIRS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Anton", "Inter", ("trap", "phonk", "house", "synthwave", "defiant", "driving", "triumphant")),
    ("Bebas Neue", "Space Grotesk", ("techno", "drum_and_bass", "synthwave", "cold", "driving", "restless")),
    ("Playfair Display", "Inter", ("indie", "folk", "rnb", "cinematic", "romantic", "tender", "melancholic")),
    ("DM Serif Display", "Archivo", ("folk", "lofi", "rnb", "indie", "nostalgic", "warm", "romantic")),
    ("Syne", "Inter", ("hyperpop", "house", "indie", "playful", "euphoric", "dreamy", "bright")),
    ("Unbounded", "Space Grotesk", ("hyperpop", "techno", "house", "drum_and_bass", "euphoric", "playful")),
    ("Archivo", "Inter", ("trap", "phonk", "techno", "angry", "brooding", "dark", "lonely")),
    ("Space Grotesk", "Inter", ("ambient", "lofi", "darkwave", "hypnotic", "calm", "cold", "mysterious")),
    ("Inter", "DM Serif Display", ("ambient", "cinematic", "serene", "hopeful", "lonely", "calm")),
)
"""Display face, text face, and the genres and moods they suit."""

SCENE_SUITS: dict[str, tuple[str, ...]] = {
    "halo": ("house", "rnb", "trap", "euphoric", "hypnotic", "romantic", "triumphant"),
    "tunnel": ("techno", "drum_and_bass", "phonk", "driving", "restless", "defiant", "hypnotic"),
    "ridges": ("indie", "darkwave", "ambient", "melancholic", "lonely", "brooding", "cold"),
    "swarm": ("drum_and_bass", "hyperpop", "indie", "restless", "playful", "hopeful", "dreamy"),
    "ink": ("ambient", "lofi", "rnb", "trap", "calm", "tender", "mysterious", "dark", "serene"),
    "lattice": ("techno", "house", "lofi", "cold", "playful", "hypnotic", "bright"),
    "kaleidoscope": ("hyperpop", "folk", "indie", "euphoric", "dreamy", "romantic", "warm"),
    "scope": ("phonk", "darkwave", "techno", "cinematic", "angry", "dark", "mysterious"),
    "sunrise": ("synthwave", "house", "folk", "cinematic", "nostalgic", "hopeful", "triumphant", "warm"),
}

COMPOSITION_SUITS: dict[str, tuple[str, ...]] = {
    "liquid": ("rnb", "trap", "hyperpop", "dreamy", "mysterious", "romantic", "dark"),
    "swiss": ("techno", "house", "drum_and_bass", "playful", "bright", "driving", "cold"),
    "horizon": ("synthwave", "folk", "cinematic", "nostalgic", "hopeful", "lonely", "warm", "serene"),
    "flow": ("ambient", "indie", "folk", "calm", "tender", "melancholic", "restless"),
    "riso": ("lofi", "indie", "house", "playful", "warm", "nostalgic", "tender"),
    "poster": ("phonk", "trap", "techno", "angry", "defiant", "triumphant", "driving"),
    "eclipse": ("darkwave", "cinematic", "ambient", "brooding", "dark", "lonely", "hypnotic"),
    "aura": ("rnb", "ambient", "hyperpop", "lofi", "dreamy", "euphoric", "romantic", "calm"),
}

MOTION_SUITS: dict[str, tuple[str, ...]] = {
    "glide": ("house", "indie", "folk", "warm", "hopeful", "bright"),
    "drift": ("ambient", "lofi", "cinematic", "calm", "dreamy", "serene", "lonely", "melancholic"),
    "pulse": ("techno", "trap", "phonk", "hyperpop", "driving", "angry", "triumphant", "defiant"),
    "orbit": ("synthwave", "rnb", "house", "hypnotic", "romantic", "nostalgic", "euphoric"),
    "fall": ("darkwave", "drum_and_bass", "cinematic", "brooding", "dark", "mysterious", "restless"),
}
"""Motion styles (agents/visuals/visualizer/motion.py) and what they suit."""

STILL_MOODS = frozenset({"calm", "tender", "serene", "lonely", "melancholic", "dreamy", "warm", "brooding"})
RESTLESS_MOODS = frozenset({"restless", "angry", "driving", "defiant", "euphoric", "playful", "triumphant"})


def choose_identity(seed: int, genre: str, moods: tuple[str, ...], taken: frozenset[str]) -> VisualIdentity:
    """An artist's visual identity; palettes and emblems in `taken` are avoided while others are left."""
    traits = frozenset({genre, *(mood.lower() for mood in moods)})
    palettes = load_palettes()
    free = _free(palettes, taken)
    palette = _draw(_stream(seed, "palette"), free, [_fit(palettes[name].suits, traits) for name in free])
    faces = _stream(seed, "type")
    display, text, _ = _draw(faces, TYPE_PAIRS, [_fit(suits, traits) for _, _, suits in TYPE_PAIRS])
    motion = _stream(seed, "motion")
    lean = 0.12 * (len(traits & RESTLESS_MOODS) - len(traits & STILL_MOODS))
    return VisualIdentity(
        palette=palette,
        display_font=display,
        text_font=text,
        compositions=_rank(_stream(seed, "compositions"), COMPOSITION_SUITS, traits, 4),
        scenes=_rank(_stream(seed, "scenes"), SCENE_SUITS, traits, 5),
        emblem=_stream(seed, "emblem").choice(_free(EMBLEMS, taken)),
        motion=round(min(1.0, max(0.0, motion.uniform(0.35, 0.65) + lean)), 3),
        grain=round(motion.uniform(0.15, 0.85), 3),
        motion_style=_rank(_stream(seed, "motion style"), MOTION_SUITS, traits, 1)[0],
    )


def _free(names: Iterable[str], taken: frozenset[str]) -> list[str]:
    """Those that nobody has, or all of them."""
    every = list(names)
    return [name for name in every if name not in taken] or every


def _stream(seed: int, part: str) -> random.Random:
    return random.Random(sub_seed(seed, "identity", part))


def _fit(suits: Sequence[str], traits: frozenset[str]) -> float:
    """A weight that prefers what suits without making two artists of a genre alike."""
    return 1.0 + 4.0 * len(traits.intersection(suits))


def _draw(stream: random.Random, options: Sequence[T], weights: Sequence[float]) -> T:
    return stream.choices(options, weights)[0]


def _rank(
    stream: random.Random, suits: dict[str, tuple[str, ...]], traits: frozenset[str], count: int
) -> tuple[str, ...]:
    """`count` names drawn without replacement, the most fitting likely to come first."""
    left = dict(suits)
    ranked: list[str] = []
    while len(ranked) < count:
        name = _draw(stream, list(left), [_fit(left[key], traits) for key in left])
        ranked.append(name)
        del left[name]
    return tuple(ranked)
