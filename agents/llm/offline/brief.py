"""What the next song is about, and what it is called."""

import random

from agents.llm.offline.banks import ThemeBank, theme_bank_for, theme_banks
from agents.llm.offline.prosody import syllables
from agents.llm.tasks import BriefDraft, BriefInputs
from storage.clock import sub_seed

_ARTICLES = frozenset({"a", "an", "the", "my", "our", "your"})
_COUNTING = frozenset(
    {"one", "two", "three", "single", "only", "other", "same", "second", "whole", "wrong", "first"}
)
"""Adjectives that pick a thing out of several: no name for a song."""
_SMALL_WORDS = frozenset({"a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"})
"""Words that a title keeps small, and does not end on."""


def write_brief(inputs: BriefInputs, seed: int) -> BriefDraft:
    """Choose theme, mood and title; what a person wanted stays as it was said."""
    rng = random.Random(sub_seed(seed, "brief", "words"))
    reasons: list[str] = []
    air = random.Random(sub_seed(seed, "brief", "trends"))
    theme = inputs.wanted_theme or _with_the_times(
        "theme", _theme(inputs, rng, reasons), inputs.trending_themes, inputs.avoid_themes, air, reasons
    )
    if theme_bank_for(theme) is None:
        reasons.append(
            "the embedded writer has no words for this theme: it sings of the artist's own around the title"
        )
    mood = inputs.wanted_mood or _with_the_times(
        "mood", _mood(inputs, rng, reasons), inputs.trending_moods, inputs.rejected_moods, air, reasons
    )
    title = inputs.wanted_title or _title(theme, inputs, rng)
    return BriefDraft(title=title, theme=theme, mood=mood, reasons=tuple(reasons))


def _theme(inputs: BriefInputs, rng: random.Random, reasons: list[str]) -> str:
    fresh = [theme for theme in inputs.themes if theme not in inputs.avoid_themes] or list(inputs.themes)
    loved = [theme for theme in fresh if theme in inputs.approved_themes]
    if loved and rng.random() > inputs.adventurousness:
        theme = rng.choice(loved)
        reasons.append(f"theme {theme!r}: approved before and not used lately")
        return theme
    theme = rng.choice(fresh)
    if inputs.avoid_themes:
        reasons.append(f"theme {theme!r}: not among the latest ({', '.join(inputs.avoid_themes)})")
    return theme


def _mood(inputs: BriefInputs, rng: random.Random, reasons: list[str]) -> str:
    """Approved moods weigh more, rejected ones less, as strongly as the artist is not adventurous."""
    trust = 1.0 - inputs.adventurousness
    weights = [
        max(0.2, 1.0 + trust * (inputs.approved_moods.count(mood) - inputs.rejected_moods.count(mood)))
        for mood in inputs.moods
    ]
    mood = rng.choices(inputs.moods, weights)[0]
    if mood in inputs.approved_moods:
        reasons.append(f"mood {mood!r}: approved {inputs.approved_moods.count(mood)} time(s)")
    return mood


def _with_the_times(
    what: str,
    chosen: str,
    trending: tuple[tuple[str, float], ...],
    avoided: tuple[str, ...],
    rng: random.Random,
    reasons: list[str],
) -> str:
    """The choice, or what is in the air in its place, each with a chance as strong as the artist listens to it."""
    for name, strength in trending:
        if rng.random() < strength and name not in avoided:
            if name != chosen:
                reasons[:] = [reason for reason in reasons if not reason.startswith(f"{what} ")]
                reasons.append(f"trend: moved the {what} from {chosen!r} to {name!r}")
            return name
    return chosen


def _title(theme: str, inputs: BriefInputs, rng: random.Random) -> str:
    """A title from the theme's bank that was not used; a theme without a bank lends its own words."""
    taken = {title.lower() for title in inputs.avoid_titles}
    bank = theme_bank_for(theme)
    if bank is None or (theme not in theme_banks() and rng.random() < 0.7):
        own = _from_theme(theme)
        if own and own.lower() not in taken:
            return own
    bank = (
        bank
        or theme_banks()[
            rng.choice([name for name in inputs.themes if name in theme_banks()] or [*theme_banks()])
        ]
    )
    titles = [hook.title for hook in bank.hooks] + _noun_titles(bank)
    weights = [3.0] * len(bank.hooks) + [1.0] * (len(titles) - len(bank.hooks))
    while titles:
        index = rng.choices(range(len(titles)), weights)[0]
        if titles[index].lower() not in taken:
            return titles[index]
        del titles[index], weights[index]
    return f"{bank.things[0].noun.title()} {len(taken) + 1}"


def _from_theme(theme: str) -> str:
    """The theme's own words as a title of at most six syllables; empty where they cannot be sung in English."""
    words = theme.split()
    while words and words[0].lower() in _ARTICLES:
        words = words[1:]
    while words and syllables(" ".join(words)) > 6:
        words = words[:-1]
    while words and words[-1].lower() in _SMALL_WORDS:
        words = words[:-1]
    title = " ".join(
        word if at and word.lower() in _SMALL_WORDS else word[:1].upper() + word[1:]
        for at, word in enumerate(words)
    )
    return title if title.isascii() and any(letter.isalpha() for letter in title) else ""


def _noun_titles(bank: ThemeBank) -> list[str]:
    """Adjective and noun, for instance `Broken Streetlight`."""
    return [
        f"{adjective} {thing.noun}".title()
        for thing in bank.things
        for adjective in thing.adjectives
        if adjective.isalpha() and adjective not in _COUNTING and " " not in thing.noun
    ]
