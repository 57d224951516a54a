"""Marks for the lyrics: rhyme, even lines, freshness, the hook's return."""

from collections import Counter
from itertools import pairwise

from agents.llm.offline.prosody import is_rhyme, syllables, words_of
from agents.music.review.mark import Mark, mark, near, within
from storage.types import Lyrics, Severity

RETURNS = ("chorus", "drop")
FEWEST_LINES = 6
"""A text of fewer lines is too short to be blamed for repeating itself."""


def plain(line: str) -> str:
    """A line as it is compared: its words alone, in lower case."""
    return " ".join(words_of(line))


def mark_words(lyrics: Lyrics) -> list[Mark]:
    """Marks for the words; none for a song without any."""
    sections = [tuple(line for line in section.lines if plain(line)) for section in lyrics.sections]
    sections = [lines for lines in sections if lines]
    if not sections:
        return []
    is_short = sum(len(lines) for lines in sections) < FEWEST_LINES
    marks = [
        _rhyme(sections),
        _evenness(sections),
        _freshness(lyrics, is_short=is_short),
        None if is_short else _variety(sections),
        _hook(lyrics),
    ]
    return [found for found in marks if found]


def _rhyme(sections: list[tuple[str, ...]]) -> Mark | None:
    """The share of lines with a rhyme nearby; None where no section has two lines that could rhyme."""
    long = [lines for lines in sections if len({plain(line) for line in lines}) > 1]
    if not long:
        return None
    rhymed = sum(
        any(is_rhyme(line, other) for other in lines[max(0, i - 3) : i + 4] if other != line)
        for lines in long
        for i, line in enumerate(lines)
    )
    share = rhymed / sum(len(lines) for lines in long)
    return mark(
        "rhyme_share",
        share,
        0.2 + 0.6 * min(1.0, share / 0.5) + 0.2 * share,
        target="at least half of the lines",
        text=f"{share:.0%} of the lines rhyme with a neighbour.",
        weight=1.5,
        worst=Severity.MINOR,
    )


def _evenness(sections: list[tuple[str, ...]]) -> Mark:
    """How far syllable counts stray from their section's mean."""
    strays: list[float] = []
    for lines in sections:
        counts = [syllables(line) for line in lines]
        mean = sum(counts) / len(counts)
        strays += [abs(count - mean) / max(1.0, mean) for count in counts]
    stray = sum(strays) / len(strays)
    return mark(
        "syllable_stray",
        stray,
        near(stray, 0.0, 0.0, 0.15, 0.35),
        target="under 10 %",
        text=f"Line lengths stray {stray:.0%} from their section's mean.",
    )


def _freshness(lyrics: Lyrics, *, is_short: bool) -> Mark | None:
    """The share of verse, pre and bridge lines that were sung before; returns may repeat.

    None for a short text with no line but the hook.
    """
    own = [
        plain(line) for section in lyrics.sections if section.section not in RETURNS for line in section.lines
    ]
    own = own or [plain(line) for section in lyrics.sections[:1] for line in section.lines]
    hook = plain(lyrics.hook)
    counts = Counter(line for line in own if line and line != hook)
    total = sum(counts.values())
    if is_short and not total:
        return None
    repeated = (total - len(counts)) / total if total else 1.0
    return mark(
        "repeated_lines",
        repeated,
        within(repeated, 0, 0.05, 0.4),
        target="no verse line twice",
        text=f"{repeated:.0%} of the verse lines repeat an earlier one.",
        weight=2.0,
        change=("hook_density", -0.15),
    )


def _variety(sections: list[tuple[str, ...]]) -> Mark:
    """Distinct pairs of words over all pairs, each distinct line counted once (distinct-2; Li et al., 2016)."""
    distinct_lines = dict.fromkeys(plain(line) for lines in sections for line in lines)
    pairs = [pair for line in distinct_lines for pair in pairwise(line.split())]
    distinct = len(set(pairs)) / len(pairs) if pairs else 0.0
    # A few lines again and again are distinct among themselves: expect a dozen pairs at least.
    return mark(
        "distinct_2",
        distinct,
        near(distinct, 1.0, 0.85, 1.0, 0.5) * min(1.0, len(pairs) / 12),
        target="at least 0.85",
        text=f"{distinct:.0%} of the word pairs are distinct.",
    )


def _hook(lyrics: Lyrics) -> Mark:
    returns = [section for section in lyrics.sections if section.section in RETURNS]
    hook = plain(lyrics.hook)
    held = sum(any(hook and hook in plain(line) for line in section.lines) for section in returns)
    share = held / len(returns) if returns else 1.0
    return mark(
        "hook_return",
        share,
        0.1 + 0.9 * share,
        target="in every chorus",
        text=f"The hook is in {held} of {len(returns)} choruses.",
        weight=1.5,
        change=("hook_density", 0.15),
    )
