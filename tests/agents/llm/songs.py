"""Briefs and artists for the tests of the words."""

import random
from datetime import UTC, datetime

from agents.llm.offline.banks import moods, theme_banks
from agents.music.form import fit_form
from configs.genres import load_genres
from storage.types import Artist, ArtistId, Brief, Genes, LifecycleState, Persona, SectionSpec, VisualIdentity

POP_FORM = "intro4 verse8 pre4 chorus8 verse8 pre4 chorus8 bridge8 chorus8 outro4"

VISUAL = VisualIdentity(
    palette="ember",
    display_font="Anton",
    text_font="Inter",
    compositions=("swiss",),
    scenes=("halo",),
    emblem="disc",
    motion=0.5,
    grain=0.5,
)

PERSONA = Persona(
    name="Pale Harbour",
    genre="indie",
    tagline="Songs.",
    backstory="A virtual artist, made with AI.",
    lyrical_voice="Plain.",
    themes=("night drive", "city rain", "letting go", "first light"),
    moods=("hopeful", "restless", "tender"),
    audience="Anyone.",
    visual=VISUAL,
    signature_seed=3,
    source="offline",
)

ARTIST = Artist(
    id=ArtistId("art_1"),
    slug="pale-harbour",
    persona=PERSONA,
    genes=Genes(),
    state=LifecycleState.ACTIVE,
    version=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def form_of(text: str) -> tuple[SectionSpec, ...]:
    """`intro4 verse8` as a form."""
    return tuple(
        SectionSpec(name=part.rstrip("0123456789"), bars=int(part.lstrip("abcdefghijklmnopqrstuvwxyz")))
        for part in text.split()
    )


def brief_of(
    seed: int = 1,
    *,
    theme: str = "city rain",
    title: str = "Rain on the Roof",
    mood: str = "hopeful",
    tempo_bpm: float = 110.0,
    form: str = POP_FORM,
    hook_density: float = 0.6,
    genre: str = "indie",
) -> Brief:
    return Brief(
        seed=seed,
        artist_name="Pale Harbour",
        genre=genre,
        title=title,
        theme=theme,
        mood=mood,
        tempo_bpm=tempo_bpm,
        key="C",
        mode="minor",
        form=form_of(form),
        energy=0.5,
        density=0.5,
        brightness=0.5,
        swing=0.5,
        hook_density=hook_density,
        signature_seed=3,
        source="offline",
    )


def sampled_brief(seed: int, genre: str) -> Brief:
    """A brief such as a planner may make for a genre: any theme, mood, length and hook density."""
    rng = random.Random(f"{seed}/{genre}")
    bank = theme_banks()[rng.choice(list(theme_banks()))]
    form, tempo_bpm, _ = fit_form(
        load_genres()[genre], rng.choice((15, 30, 60, 90, 180)), rng.uniform(-1, 1), seed
    )
    return brief_of(
        seed,
        theme=bank.name,
        title=rng.choice(bank.hooks).title,
        mood=rng.choice(list(moods())),
        tempo_bpm=tempo_bpm,
        genre=genre,
        hook_density=rng.random(),
    ).model_copy(update={"form": form})
