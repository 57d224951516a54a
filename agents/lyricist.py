"""The lyricist: a brief becomes words that fit its form, bar by bar."""

from agents.lexicon.explicit import marked
from agents.llm.offline.banks import genre_voice
from agents.llm.protocol import Completion, Request, Writer
from agents.llm.refinement import refined
from agents.llm.repair import ask
from agents.llm.sampling import sampling_temperature
from agents.llm.tasks import LyricsDraft, LyricsInputs, SungSection
from storage.clock import sub_seed
from storage.types import Brief, Lyrics, MadePiece, Persona, Remark

REMEMBERED_SONGS = 12
"""How many of the artist's latest songs a model is told of, and no line of its draft may come from."""

_SUNG = frozenset({"verse", "pre", "chorus", "bridge", "drop"})
_BARS_PER_LINE = 2
_SLOW_LINE_S = 4.5


async def write(
    writer: Writer,
    *,
    brief: Brief,
    persona: Persona,
    memory: tuple[MadePiece, ...],
    sung: frozenset[str] = frozenset(),
    rounds: int = 0,
    remarks: tuple[Remark, ...] = (),
) -> tuple[Lyrics, Completion[LyricsDraft]]:
    """Write one line for every two bars of each sung section, with a hook that returns.

    A hosted model's words are criticised and written anew up to `rounds` times. `sung` is every line that the artist
    ever sang, in lower case: the embedded writer keeps clear of all of them, a hosted model of those in `memory`.
    `remarks` is what people said of earlier songs, as far as a model may know it.

    Raises:
        ProviderError: no writer gave words that fit the form.
    """
    learnt = [lesson for lesson in brief.lessons if lesson.about == "words"]
    # Who was told of lines sung before looks back as far as it can.
    is_warned = any(lesson.key in ("words/reused_lines", "words/repeated_lines") for lesson in learnt)
    latest = memory if is_warned else memory[-REMEMBERED_SONGS:]
    inputs = LyricsInputs(
        title=brief.title,
        theme=brief.theme,
        mood=brief.mood,
        genre=brief.genre,
        voice=persona.lyrical_voice,
        themes=persona.themes,
        sections=sung_sections(brief),
        avoid_lines=tuple(line for piece in latest for line in piece.lines),
        avoid_hooks=tuple(piece.hook for piece in latest if piece.hook),
        sung_lines=sung,
        lessons=tuple(str(lesson) for lesson in learnt),
        remarks=remarks,
    )
    request = Request(
        task="lyrics",
        prompt="lyrics",
        inputs=inputs,
        answer=LyricsDraft,
        seed=sub_seed(brief.seed, "lyrics"),
        temperature=sampling_temperature(brief.temperature),
    )
    completion = await ask(writer, request, lambda draft: _faults(draft, inputs))
    completion = await refined(
        writer, request, completion, lambda draft: _faults(draft, inputs), rounds=rounds
    )
    draft = completion.value
    lyrics = Lyrics(
        title=brief.title,
        hook=draft.hook,
        sections=draft.sections,
        language=persona.language,
        source=completion.source,
    )
    return marked(lyrics), completion


def sung_sections(brief: Brief) -> tuple[SungSection, ...]:
    """What the form asks of the words: lines, rhyme scheme and syllables of each section with words."""
    voice = genre_voice(brief.genre)
    low, high = _syllables(voice.syllables, 2 * brief.bar_s)
    verse_scheme = voice.schemes[sub_seed(brief.seed, "lyrics", "scheme") % len(voice.schemes)]
    return tuple(
        SungSection(
            position=position,
            section=section.name,
            scheme=_scheme(
                section.name, max(1, section.bars // _BARS_PER_LINE), verse_scheme, brief.hook_density
            ),
            syllables_min=low,
            syllables_max=high,
        )
        for position, section in enumerate(brief.form)
        if section.name in _SUNG
    )


def _syllables(genre: tuple[int, int], line_s: float) -> tuple[int, int]:
    """Bounds for a line that lasts `line_s` seconds: the genre's, with more air in slow songs."""
    fewest, most = genre
    return fewest, most if line_s < _SLOW_LINE_S else most + 1


def _scheme(section: str, lines: int, verse_scheme: str, hook_density: float) -> str:
    """One letter a line: blocks of four with letters of their own, then what is left over."""
    if section in {"chorus", "drop"}:
        block = "HaHa" if hook_density >= 0.5 or section == "drop" else "Haba"
        rest = {0: "", 1: "H", 2: "HH", 3: "Haa"}
    else:
        block = {"bridge": "abcb", "pre": "aabb"}.get(section, verse_scheme)
        rest = {0: "", 1: "a", 2: "aa", 3: "aab"}
    blocks = [block] * (lines // 4) + [rest[lines % 4]]
    scheme, used = "", 0
    for block in blocks:
        letters = sorted(set(block) - {"H"})
        renamed = {letter: chr(ord("a") + used + index) for index, letter in enumerate(letters)}
        scheme += "".join(renamed.get(letter, letter) for letter in block)
        used += len(letters)
    return scheme


def _faults(draft: LyricsDraft, inputs: LyricsInputs) -> tuple[str, ...]:
    """What keeps a draft from being sung; a model reads these words."""
    wanted = {section.position: section for section in inputs.sections}
    if [section.position for section in draft.sections] != list(wanted):
        return (f"sections must be at positions {', '.join(map(str, wanted))}, in this order",)
    faults: list[str] = []
    avoid = {line.lower() for line in inputs.avoid_lines}
    verses: list[str] = []
    for section in draft.sections:
        asked = wanted[section.position]
        if len(section.lines) != len(asked.scheme):
            faults.append(
                f"section {section.position} needs {len(asked.scheme)} lines, not {len(section.lines)}"
            )
        if "H" in asked.scheme and draft.hook not in section.lines:
            faults.append(f"section {section.position} lacks the hook")
        if section.section == "verse":
            verses += [line.lower() for line in section.lines]
        faults += [
            f"too long or not plain text: {line[:40]!r}" for line in section.lines if not _is_plain(line)
        ]
        faults += [
            f"used in an earlier song: {line!r}"
            for line in section.lines
            if line.lower() in avoid and not _is_named_again(line, draft, inputs)
        ]
    if len(set(verses)) != len(verses):
        faults.append("a verse line repeats")
    return tuple(faults[:6])


def _is_named_again(line: str, draft: LyricsDraft, inputs: LyricsInputs) -> bool:
    """Whether a line is the hook with the title in it: a title that is asked for again is sung again."""
    return line == draft.hook and inputs.title.lower() in line.lower()


def _is_plain(line: str) -> bool:
    return 0 < len(line) <= 100 and line.isprintable()
