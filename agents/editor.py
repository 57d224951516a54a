"""The editor: other words on the same song, and its takes in order. Music, times and numbers never change."""

from agents.lexicon.explicit import marked
from storage.errors import UsageError
from storage.types import Brief, Composition, Critique, Lyrics, Master, SongEdits, Take, Takes


def ranked(songs: Takes[Composition], masters: Takes[Master], critiques: Takes[Critique]) -> tuple[Take, ...]:
    """The takes of a song, the one that the critic prefers first; equals keep their order."""
    takes = [
        Take(song=song, master=master, critique=critique)
        for song, master, critique in zip(songs.each, masters.each, critiques.each, strict=True)
    ]
    return tuple(sorted(takes, key=lambda take: -take.critique.score))


def edited(
    brief: Brief, lyrics: Lyrics, song: Composition, edits: SongEdits
) -> tuple[Brief, Lyrics, Composition]:
    """The song with a person's words in it. Raises UsageError when there are more or fewer lines than before."""
    if edits.title is not None:
        brief = brief.model_copy(update={"title": edits.title})
    if edits.lines is not None:
        lyrics = _with_lines(lyrics, edits.lines)
    lyrics = marked(lyrics.model_copy(update={"title": brief.title}))
    return brief, lyrics, _reworded(song, brief, lyrics)


def reworded(songs: Takes[Composition], brief: Brief, lyrics: Lyrics) -> Takes[Composition]:
    """The same music under the brief's title, each line of the lyrics in the place of the one it follows.

    A plan without times for its lines keeps none. Raises UsageError when there is not a line for each time.
    """
    return Takes(each=tuple(_reworded(song, brief, lyrics) for song in songs.each))


def _reworded(song: Composition, brief: Brief, lyrics: Lyrics) -> Composition:
    lines = [line for section in lyrics.sections for line in section.lines]
    timed = song.plan.lyric_lines
    if timed and len(lines) != len(timed):
        raise UsageError(
            f"The song has times for {len(timed)} lines and {len(lines)} were written; write as many"
        )
    plan = song.plan.model_copy(
        update={
            "title": brief.title,
            "lyric_lines": tuple(
                line if line.text == text else line.model_copy(update={"text": text, "syllables_s": ()})
                for line, text in zip(timed, lines, strict=False)
            ),
        }
    )
    return song.model_copy(update={"plan": plan})


def _with_lines(lyrics: Lyrics, lines: tuple[str, ...]) -> Lyrics:
    """Other words, line by line; a hook that was changed is changed wherever it returns."""
    before = [line for section in lyrics.sections for line in section.lines]
    if len(before) != len(lines):
        raise UsageError(f"The song has {len(before)} lines and {len(lines)} were given; give as many")
    words = iter(lines)
    sections = tuple(
        section.model_copy(update={"lines": tuple(next(words) for _ in section.lines)})
        for section in lyrics.sections
    )
    hook = next((new for old, new in zip(before, lines, strict=True) if old == lyrics.hook), lyrics.hook)
    return lyrics.model_copy(update={"sections": sections, "hook": hook})
