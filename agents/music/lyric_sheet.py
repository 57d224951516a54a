"""Words a person wrote, laid on the sections of a form: `[verse]` headings, or stanzas in the form's order."""

import re
import unicodedata
from pathlib import Path

from agents.lexicon.explicit import marked
from agents.music.measured import spread
from storage.errors import UsageError
from storage.types import Brief, Lyrics, LyricSection, PlannedLine, SongPlan

SUNG = ("verse", "pre", "chorus", "drop", "bridge")
RETURNS = ("pre", "chorus", "drop")
"""Sections that sing the same words again where none are given."""
LARGEST_BYTES = 64_000
MOST_LINES, LONGEST_LINE = 400, 100
LINES_A_BAR = 2
"""More than two lines a bar cannot be read as they pass."""
HEADING = re.compile(r"\[\s*([^\W\d_]{1,20})[^\]]{0,40}\]")
NAMES = {"prechorus": "pre", "refrain": "chorus", "hook": "chorus", "middle": "bridge"}


def read_lyrics(path: Path, brief: Brief) -> Lyrics:
    """Read a sheet of any script, UTF-8, and lay it on the brief's form.

    Raises:
        UsageError: the file is missing, is no text, is too long, or its words do not fit the form.
    """
    return lay_lyrics(read_sheet(path), brief)


def spread_words(plan: SongPlan, text: str) -> SongPlan:
    """The plan with these words: each stanza over its section, or all over the song where one has none.

    Nobody knows when the lines are sung. Raises UsageError as `read_lyrics` does for a text that is no lyric.
    """
    given = stanzas(text)
    if not given:
        raise UsageError("the lyrics hold no words: leave --lyrics out for a video without")
    free = [section for section in plan.sections if section.name in SUNG]
    timed: list[PlannedLine] = []
    for name, lines in given:
        place = next((section for section in free if not name or section.name == name), None)
        if place is None:
            every = tuple((line, own) for own, own_lines in given for line in own_lines)
            timed = list(spread(every, 0.0, plan.duration_s))
            break
        free = free[free.index(place) + 1 :]
        timed += spread(tuple((line, place.name) for line in lines), place.start_s, place.end_s)
    return plan.model_copy(update={"lyric_lines": tuple(timed), "has_line_times": False})


def read_sheet(path: Path) -> str:
    """A sheet's text. Raises UsageError as `read_lyrics` does."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UsageError(
                f"{path.name} has {path.stat().st_size} bytes: a song's words are {LARGEST_BYTES} at most"
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} is no text in UTF-8: save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror}") from error


def lay_lyrics(text: str, brief: Brief) -> Lyrics:
    """Each stanza to its section; a chorus given once is sung at every return.

    Raises:
        UsageError: there are no words, too many, or more stanzas than the form has sections for.
    """
    given = stanzas(text)
    if not given:
        raise UsageError("the lyrics hold no words: leave --lyrics out for words by the embedded writer")
    placed: dict[int, tuple[str, ...]] = {}
    free = [i for i, spec in enumerate(brief.form) if spec.name in SUNG]
    for name, lines in given:
        place = _place(name, free, brief)
        free.remove(place)
        placed[place] = lines
    for place in list(free):
        name = brief.form[place].name
        earlier = [i for i in placed if brief.form[i].name == name and i < place]
        if name in RETURNS and earlier:
            placed[place] = placed[max(earlier)]
    for place, lines in placed.items():
        bars = brief.form[place].bars
        if len(lines) > LINES_A_BAR * bars:
            raise UsageError(
                f"{len(lines)} lines for section {place + 1}, a {brief.form[place].name} of {bars} bars: at most "
                f"{LINES_A_BAR * bars}; write fewer or ask for more seconds"
            )
    sections = tuple(
        LyricSection(section=brief.form[place].name, position=place, lines=placed[place])
        for place in sorted(placed)
    )
    return marked(Lyrics(title=brief.title, hook=_hook(sections), sections=sections, source="person"))


def stanzas(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Name, empty where none is given, and lines of each stanza; none for a text without words.

    Raises:
        UsageError: there are too many lines, or one of them is too long or cannot be printed.
    """
    found: list[tuple[str, list[str]]] = []
    is_open = False
    for raw in text.splitlines():
        # Marks of direction and joining are no letters; pictures of the words could not draw them.
        line = " ".join("".join(sign for sign in raw if unicodedata.category(sign) != "Cf").split())
        if heading := HEADING.fullmatch(line):
            word = heading[1].lower()
            found.append((NAMES.get(word, word), []))
            is_open = True
        elif not line:
            is_open = is_open and not found[-1][1]
        else:
            if len(line) > LONGEST_LINE or not line.isprintable():
                raise UsageError(
                    f"the line {line[:30]!r}… has {len(line)} characters: at most {LONGEST_LINE}, all of them printable"
                )
            if not is_open:
                found.append(("", []))
                is_open = True
            found[-1][1].append(line)
    total = sum(len(lines) for _, lines in found)
    if total > MOST_LINES:
        raise UsageError(f"the lyrics have {total} lines: at most {MOST_LINES}")
    return [(name, tuple(lines)) for name, lines in found if lines]


def _place(name: str, free: list[int], brief: Brief) -> int:
    names = [brief.form[i].name for i in free]
    if name in ("chorus", "drop"):  # club music has drops where songs have choruses
        name = next((own for own in names if own in ("chorus", "drop")), name)
    if not name and names:
        return free[0]
    if name not in names:
        form = " ".join(spec.name for spec in brief.form)
        raise UsageError(
            f"no section is left for a stanza{f' [{name}]' if name else ''}; the form is {form}: ask for more seconds or write fewer stanzas"
        )
    return free[names.index(name)]


def _hook(sections: tuple[LyricSection, ...]) -> str:
    """The chorus line that is sung most often, the first of equals; without a chorus the first line."""
    hooks = [line for section in sections if section.section in ("chorus", "drop") for line in section.lines]
    return max(hooks, key=hooks.count) if hooks else sections[0].lines[0]
