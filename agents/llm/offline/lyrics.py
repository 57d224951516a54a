"""The words of a song, from its brief: same inputs and seed, same words."""

import random

from agents.llm.offline.banks import ThemeBank, genre_voice, theme_bank_for, theme_banks
from agents.llm.offline.grammar import I_SPEAKER, SHE_SPEAKER, speaker_of
from agents.llm.offline.hooks import hook_for
from agents.llm.offline.lines import LineWriter
from agents.llm.offline.verses import Sheet
from agents.llm.tasks import LyricsDraft, LyricsInputs, SungSection
from storage.clock import sub_seed
from storage.types import LyricSection

REFRAINS = frozenset({"chorus", "drop"})
"""Sections that return with the same words."""


def write_lyrics(inputs: LyricsInputs, seed: int) -> LyricsDraft:
    """Write every sung section of a song.

    Raises:
        UsageError: the form is so long that the theme's bank runs out of rhymes.
    """
    bank = _bank_for(inputs, seed)
    rng = random.Random(sub_seed(seed, "lyrics", "lines"))
    fewest, most = _hook_bounds(inputs.sections)
    recent = frozenset(line.lower() for line in (*inputs.avoid_lines, *inputs.avoid_hooks))
    sung = inputs.sung_lines | recent
    voice = genre_voice(inputs.genre)
    is_tale = rng.random() < voice.tale
    frames = tuple(map(I_SPEAKER.say, voice.frames))
    if is_tale:
        frames = (
            tuple(SHE_SPEAKER.say(frame) for frame in voice.frames if SHE_SPEAKER.can_say(frame)) or frames
        )
    hook = hook_for(inputs.title, inputs.theme, frames, fewest=fewest, most=most, avoid=sung, rng=rng)
    writer = LineWriter(bank, inputs.mood, speaker_of(hook, rng, voice.we, is_tale=is_tale), voice)
    sheet = Sheet(writer, rng, sung | {hook.lower()}, recent | {hook.lower()})
    return LyricsDraft(hook=hook, sections=_sections(inputs.sections, sheet, hook))


def _bank_for(inputs: LyricsInputs, seed: int) -> ThemeBank:
    """The theme's own bank, else the one of the artist's themes or of all themes that the seed picks."""
    own = theme_bank_for(inputs.theme) or theme_bank_for(inputs.title)
    if own:
        return own
    names = [name for name in inputs.themes if name in theme_banks()] or list(theme_banks())
    return theme_banks()[random.Random(sub_seed(seed, "lyrics", "theme")).choice(names)]


def _hook_bounds(sections: tuple[SungSection, ...]) -> tuple[int, int]:
    with_hook = [section for section in sections if "H" in section.scheme] or list(sections)
    if not with_hook:
        return 4, 9
    return with_hook[0].syllables_min, with_hook[0].syllables_max


def _sections(sections: tuple[SungSection, ...], sheet: Sheet, hook: str) -> tuple[LyricSection, ...]:
    """All sections, refrains first written once and then returned; the last chorus turns."""
    written: list[LyricSection] = []
    refrains: dict[tuple[str, str], tuple[str, ...]] = {}
    last_chorus = max((one.position for one in sections if one.section == "chorus"), default=-1)
    for section in sections:
        key = (section.section, section.scheme)
        if key in refrains:
            lines = refrains[key]
            if section.position == last_chorus:
                lines = sheet.turned(section, lines)
        else:
            lines = sheet.lines(section, hook)
            if section.section in REFRAINS:
                refrains[key] = lines
        written.append(LyricSection(section=section.section, position=section.position, lines=lines))
    return tuple(written)
