"""Which revision each part of a song is at: what is sent back is made anew, the rest is recalled."""

from dataclasses import dataclass, replace
from typing import Self

from storage.clock import sub_seed
from storage.types import Brief, Redo


@dataclass(frozen=True)
class Revisions:
    """A step is known by its revision (storage/steps.py), so a part that keeps its number keeps its result."""

    newest: int = 0
    """Of what was made last: people are asked, films and the release are made under it."""
    plan: int = 0
    titles: tuple[int, ...] = ()
    """Other titles for the same plan, one after the other."""
    words: int = 0
    recording: int = 0
    """Music, master, critique and reflection, which belong together."""
    pictures: int = 0
    repainted: Redo = Redo.SONG
    """What the pictures were last made anew for."""
    cover_look: int = 0
    video_look: int = 0
    """How often the same song got another cover, or other films."""

    def again(self, part: Redo) -> Self:
        """The revisions once a part is made anew."""
        new = self.newest + 1
        if part is Redo.SONG:
            return type(self)(newest=new, plan=new, words=new, recording=new, pictures=new)
        repainted = replace(self, newest=new, pictures=new, repainted=part)
        match part:
            case Redo.TITLE:
                return replace(repainted, titles=(*self.titles, new))
            case Redo.LYRICS:
                return replace(repainted, words=new)
            case Redo.COVER:
                return replace(repainted, cover_look=self.cover_look + 1)
            case Redo.VIDEO:
                return replace(repainted, video_look=self.video_look + 1)

    def words_seed(self, brief: Brief) -> int:
        """Words that were sent back come from a seed of their own: the music's stays."""
        return brief.seed if self.words == self.recording else sub_seed(brief.seed, "words", self.words)

    @property
    def paints_cover(self) -> bool:
        """Whether the latest pictures include a new cover."""
        return self.repainted in (Redo.SONG, Redo.TITLE, Redo.COVER)

    @property
    def films_preview(self) -> bool:
        """Whether they include a new preview; its title card and captions hold the song's words."""
        return self.repainted is not Redo.COVER
