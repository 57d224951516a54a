"""The importer: a recording that a person brought becomes a plan and words, measured and theirs, with nothing invented."""

from agents.lexicon.explicit import marked
from agents.music.lyric_sheet import LARGEST_BYTES, stanzas
from agents.planning.wishes import read_wishes
from storage.errors import UsageError
from storage.types import Artist, Brief, Lyrics, LyricSection, SectionSpec, SongRequest

SOURCE = "person"


def require_importable(words: str) -> None:
    """Raise UsageError for words that no song has, while their bringer can still mend them."""
    if len(words.encode("utf-8", "replace")) > LARGEST_BYTES:
        raise UsageError(f"the lyrics are longer than {LARGEST_BYTES} bytes")
    stanzas(words)


def brief_of(artist: Artist, request: SongRequest) -> Brief:
    """The plan of a recording: its own tempo, key and length as the request has them, the artist's genes otherwise.

    Raises:
        UsageError: the request does not tell what was measured, or its words are too long.
    """
    persona, genes = artist.persona, artist.genes
    if request.recording is None or not (
        request.tempo_bpm and request.seconds and request.key and request.mode
    ):
        raise UsageError("A recording is imported with its measures: `labelmate song import` takes them")
    wishes = read_wishes(request)
    bar_s = 240 / request.tempo_bpm
    bars = max(1, round(request.seconds / bar_s))
    names = [name or "verse" for name, _ in _parts(request.recording.words, bars)] or ["verse"]
    form = tuple(
        SectionSpec(name=name, bars=bars * (place + 1) // len(names) - bars * place // len(names))
        for place, name in enumerate(names)
    )
    return Brief(
        seed=request.seed,
        artist_name=persona.name,
        genre=persona.genre,
        title=wishes.title or "Untitled",
        theme=wishes.theme or persona.themes[0],
        mood=wishes.mood or persona.moods[0],
        tempo_bpm=request.tempo_bpm,
        key=request.key,
        mode=request.mode,
        form=form,
        energy=genes.energy,
        density=genes.density,
        brightness=genes.brightness,
        swing=genes.swing,
        width=genes.width,
        hook_density=genes.hook_density,
        signature_seed=persona.signature_seed,
        sound=persona.sound,
        reasons=("imported: tempo, key and length were measured on the recording",),
        source=SOURCE,
    )


def _parts(words: str, most: int) -> list[tuple[str, tuple[str, ...]]]:
    """The stanzas of a text, at most one a bar: what is over stands with the last."""
    found = stanzas(words)
    if len(found) <= most:
        return found
    *kept, (name, _) = found[:most]
    return [*kept, (name, tuple(line for _, lines in found[most - 1 :] for line in lines))]


def lyrics_of(artist: Artist, brief: Brief, request: SongRequest) -> Lyrics:
    """The words as their bringer gave them."""
    given = _parts(request.recording.words, len(brief.form)) if request.recording else []
    sections = tuple(
        LyricSection(section=section.name, position=place, lines=lines)
        for place, (section, (_, lines)) in enumerate(zip(brief.form, given, strict=False))
    )
    lines = [line for section in sections for line in section.lines]
    return marked(
        Lyrics(
            title=brief.title,
            hook=max(lines, key=lines.count) if lines else "",
            sections=sections,
            language=artist.persona.language,
            source=SOURCE,
        )
    )
