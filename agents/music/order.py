"""What a provider is asked to make: the brief, the words and the artist's voice, in the forms that vendors read."""

from agents.music.genre import find_genre
from storage.types import Brief, Frozen, Lyrics, VocalIdentity

SECTION_TAGS = {
    "intro": "Intro",
    "verse": "Verse",
    "pre": "Pre-Chorus",
    "chorus": "Chorus",
    "drop": "Chorus",
    "bridge": "Bridge",
    "break": "Break",
    "outro": "Outro",
}


LANGUAGES = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "tr": "Turkish", "uk": "Ukrainian",
    "zh": "Chinese",
}  # fmt: skip
"""As vendors' models know them; others go by their code (ISO 639-1)."""


class MusicOrder(Frozen):
    """One song to be made elsewhere."""

    brief: Brief
    lyrics: Lyrics
    vocal: VocalIdentity

    @property
    def is_instrumental(self) -> bool:
        return not any(section.lines for section in self.lyrics.sections)

    @property
    def duration_s(self) -> float:
        """The whole song's, ring-out included: what was asked for is what is ordered."""
        return round(self.brief.duration_s + self.brief.tail_s, 3)

    def style(self, characters: int) -> str:
        """Comma-separated tags, the most telling first, cut at a whole tag; the voice is the last to be left out."""
        brief, genre = self.brief, find_genre(self.brief.genre)
        voice = ["instrumental"]
        if not self.is_instrumental:
            voice = [f"{self.vocal.gender} vocals" if self.vocal.gender else "vocals", self.vocal.timbre]
            voice.append(f"sung in {LANGUAGES.get(self.lyrics.language, self.lyrics.language)}")
        tags = [
            brief.music_prompt_prefix,
            genre.title.lower(),
            brief.mood,
            f"{brief.tempo_bpm:g} bpm",
            f"{brief.key} {brief.mode}",
            *voice,
            _level(brief.energy, "calm", "energetic"),
            _level(brief.brightness, "dark", "bright"),
            f"about {brief.theme}",
        ]
        plain = {tag: " ".join(tag.replace(",", " ").split()) for tag in tags}
        kept: set[str] = set()
        for tag in (*voice, *tags):
            if plain[tag] and len(", ".join({*kept, plain[tag]})) <= characters:
                kept.add(plain[tag])
        return ", ".join(tag for tag in dict.fromkeys(plain.values()) if tag in kept)

    def sung(self, characters: int) -> str:
        """The words under section tags, `[Verse]`, cut at a whole line; empty for an instrumental."""
        if self.is_instrumental:
            return ""
        words = {section.position: section.lines for section in self.lyrics.sections}
        lines: list[str] = []
        for position, section in enumerate(self.brief.form):
            tag = f"[{SECTION_TAGS.get(section.name, section.name.title())}]"
            lines += ["", tag, *words.get(position, ())]
        kept = ""
        for line in lines[1:]:
            longer = f"{kept}\n{line}" if kept else line
            if len(longer) > characters:
                break
            kept = longer
        return kept.rstrip()

    def title(self, characters: int) -> str:
        return self.brief.title[:characters].strip()


def _level(value: float, low: str, high: str) -> str:
    """A word for the ends of a gene's range; nothing for its middle."""
    return low if value < 0.35 else high if value > 0.65 else ""
