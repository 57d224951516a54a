"""Briefs, words and rendered songs for the tests of the music: short, at a low sample rate, made once each."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from agents.composer import compose
from agents.music.form import fit_form
from agents.music.order import MusicOrder
from agents.producer import render_master
from configs.genres import load_genres
from storage.types import Brief, Lyrics, LyricSection, Score, SectionSpec, SongPlan, VocalIdentity

RATE_HZ = 11_025
HOOK = "We keep the last light near"
VERSE = (
    "The harbour lamps are burning low",
    "The paper boats have far to go",
    "I wrote your number on the wall",
    "And heard the winter windows call",
    "The station clock forgot the day",
    "The rain has washed the road away",
    "Your coat still hangs behind the door",
    "I hear no footsteps anymore",
)
BRIDGE = ("So let the river take the rest", "The quiet hours know me best")


def brief_of(genre: str = "synthwave", seed: int = 1, seconds: float = 24.0, **changes: object) -> Brief:
    """A brief in the middle of its genre, with any field changed."""
    table = load_genres()[genre]
    form, tempo_bpm, _ = fit_form(table, seconds, 0.0, seed)
    fields = {
        "seed": seed,
        "artist_name": "Nova Lux",
        "genre": genre,
        "title": "Glass Horizon",
        "theme": "night drive",
        "mood": "hopeful",
        "tempo_bpm": tempo_bpm,
        "key": ("A", "C", "F#", "D", "G#")[seed % 5],
        "mode": table.modes[seed % len(table.modes)],
        "form": form,
        "energy": 0.5,
        "density": 0.5,
        "brightness": 0.5,
        "swing": 0.5,
        "hook_density": 0.5,
        "signature_seed": seed % 7,
        "source": "test",
    }
    return Brief.model_validate(fields | changes)


def order_of(*, words: bool = True, vocal: VocalIdentity | None = None, **changes: object) -> MusicOrder:
    """A song to be made elsewhere, with words or without."""
    brief = brief_of(**changes)  # type: ignore[arg-type]
    silent = Lyrics(title=brief.title, hook="", sections=(), source="test")
    lyrics = words_for(brief) if words else silent
    return MusicOrder(
        brief=brief, lyrics=lyrics, vocal=vocal or VocalIdentity(gender="female", timbre="airy")
    )


def form_of(text: str) -> tuple[SectionSpec, ...]:
    """A form written as `verse4 chorus4`."""
    return tuple(
        SectionSpec(name=word.rstrip("0123456789"), bars=int(word.lstrip("abcdefghijklmnopqrstuvwxyz")))
        for word in text.split()
    )


def words_for(brief: Brief) -> Lyrics:
    """Rhyming words, a line for every two bars of the sung sections."""
    sections: list[LyricSection] = []
    fresh = iter(VERSE * 8)
    for position, spec in enumerate(brief.form):
        count = max(1, spec.bars // 2)
        if spec.name in ("chorus", "drop"):
            chorus = (HOOK, "Until the colder nights are clear", HOOK, "And no one else is left to hear")
            lines = tuple(chorus[i % 4] for i in range(count))
        elif spec.name in ("verse", "pre"):
            lines = tuple(next(fresh) for _ in range(count))
        elif spec.name == "bridge":
            lines = BRIDGE
        else:
            continue
        sections.append(LyricSection(section=spec.name, position=position, lines=lines))
    return Lyrics(title=brief.title, hook=HOOK, sections=tuple(sections), source="test")


def written(brief: Brief) -> tuple[Score, SongPlan]:
    """The brief composed with words that fit it."""
    return compose(brief, words_for(brief))


@cache
def rendered(genre: str, seed: int = 1, seconds: float = 24.0) -> tuple[Brief, SongPlan, NDArray[np.float32]]:
    """A mastered song, float32 (2, samples) at `RATE_HZ`; made once a session."""
    brief = brief_of(genre, seed, seconds)
    score, plan = written(brief)
    return brief, plan, render_master(brief, score, plan, sample_rate_hz=RATE_HZ).audio
