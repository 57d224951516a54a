"""The planner: what an artist's next song is about, how fast it goes, in which key and form, and why."""

import random

from agents.llm.offline.banks import genre_bank
from agents.llm.protocol import Completion, Request, Writer
from agents.llm.repair import ask
from agents.llm.sampling import sampling_temperature
from agents.llm.tasks import BriefDraft, BriefInputs
from agents.music.form import fit_form
from agents.music.theory import PITCH_NAMES
from agents.planning.memory import Recollection, recollect
from agents.planning.steering import steer
from agents.planning.trends import InTheAir, heard_by, moved_words, push_tempo
from agents.planning.variants import COVER, PREFIX, Variant, fixed_by, steers, text
from agents.planning.wishes import Wishes, read_wishes
from configs.genres import Genre, load_genres
from storage.clock import sub_seed
from storage.errors import UsageError
from storage.types import (
    Artist,
    Brief,
    GeneEdit,
    Genes,
    KnownLesson,
    MadePiece,
    ParameterChange,
    Remark,
    SongRequest,
    Trend,
)


async def plan(
    writer: Writer,
    *,
    artist: Artist,
    request: SongRequest,
    memory: tuple[MadePiece, ...],
    changes: tuple[ParameterChange, ...],
    variants: tuple[Variant, ...],
    trying: tuple[GeneEdit, ...] = (),
    revision: int,
    default_seconds: float,
    remarks: tuple[Remark, ...] = (),
    trends: tuple[Trend, ...] = (),
    lessons: tuple[KnownLesson, ...] = (),
) -> tuple[Brief, Completion[BriefDraft]]:
    """Plan one song: what the request fixes is obeyed exactly, the rest follows genes, memory and critic.

    Args:
        memory: the artist's earlier songs, latest last.
        changes: all of the critic's steps since revision 0, in terms of the genes.
        variants: what experiments set, the one on trial and winners of before.
        trying: the artist's change that is on trial; its genes have it already.
        revision: 0 at first; a later one keeps theme, mood, title, key and form, and is composed anew.
        remarks: what people said of earlier songs, as far as a model may know it.
        trends: what is in the air, the strongest first; an artist listens as far as its `trend_adaptability` says.
        lessons: what earlier songs taught, the best proven first.

    Raises:
        UsageError: the request or a variant asks for what does not exist.
        ProviderError: no writer gave a usable theme and title.
    """
    persona = artist.persona
    genre = _genre(persona.genre)
    wishes, past = read_wishes(request), recollect(memory)
    air = heard_by(persona, trends, genre_bank(persona.genre).themes)
    completion = await _choose_words(
        writer, artist, sub_seed(request.seed, "brief"), wishes, past, remarks, air, lessons
    )
    draft = completion.value
    song, reasons = steer(
        artist.genes, genre, past, changes, variants, request.seed, lessons, fixed=fixed_by(request)
    )
    if wishes.tempo_bpm is None and not steers(variants, "tempo_bias"):
        song, pushed = push_tempo(song, genre, persona, air.told)
        reasons += pushed
    form, tempo_bpm, tail_s = fit_form(
        genre,
        wishes.seconds or default_seconds,
        song.tempo_bias,
        request.seed,
        is_exact=wishes.seconds is not None,
        tempo_bpm=wishes.tempo_bpm,
        form=wishes.form,
    )
    theme, key = wishes.theme or draft.theme, wishes.key or _key(past, persona.genre, request.seed)
    brief = Brief(
        seed=request.seed if revision == 0 else sub_seed(request.seed, "revision", revision),
        artist_name=persona.name,
        genre=persona.genre,
        title=wishes.title or draft.title,
        theme=theme,
        mood=wishes.mood or draft.mood,
        tempo_bpm=tempo_bpm,
        key=key,
        mode=wishes.mode or _mode(genre, song.darkness, request.seed),
        form=form,
        tail_s=tail_s,
        energy=song.energy if wishes.energy is None else wishes.energy,
        density=song.density if wishes.density is None else wishes.density,
        brightness=song.brightness,
        swing=song.swing,
        width=song.width,
        hook_density=song.hook_density,
        temperature=artist.genes.temperature,
        is_tempered=completion.temperature is not None,
        signature_seed=persona.signature_seed,
        sound=persona.sound,
        arm_id=next((each.arm_id for each in variants if not each.is_promoted), None),
        music_prompt_prefix=text(variants, PREFIX) or "",
        cover_composition=text(variants, COVER),
        lessons=lessons,
        trends=air.told,
        trying=trying,
        reasons=(
            *_asked_for(request),
            *([_after(memory[-1], theme, key)] if memory else []),
            *(["memory: no lesson asks for a change"] if memory and not lessons else []),
            *draft.reasons,
            *([] if wishes.theme else moved_words(air, "theme", draft.theme)),
            *([] if wishes.mood else moved_words(air, "mood", draft.mood)),
            *reasons,
            *(f"evolution: trying {edit.gene} {edit.delta:+.2f}; {edit.because}" for edit in trying),
            _numbers_reason(genre, song),
        ),
        source=completion.source,
    )
    return brief, completion


async def retitle(
    writer: Writer,
    *,
    artist: Artist,
    brief: Brief,
    memory: tuple[MadePiece, ...],
    revision: int,
    remarks: tuple[Remark, ...] = (),
) -> tuple[Brief, Completion[BriefDraft]]:
    """Another title for a plan that stays as it is otherwise.

    Raises:
        ProviderError: no writer gave a title that was not used before.
    """
    wishes = read_wishes(SongRequest(seed=brief.seed, theme=brief.theme, mood=brief.mood))
    past = recollect(memory)
    tried = past.model_copy(update={"used_titles": (*past.used_titles, brief.title)})
    seed = sub_seed(brief.seed, "retitle", revision)
    completion = await _choose_words(writer, artist, seed, wishes, tried, remarks, InTheAir(), brief.lessons)
    return brief.model_copy(update={"title": completion.value.title}), completion


async def _choose_words(
    writer: Writer,
    artist: Artist,
    seed: int,
    wishes: Wishes,
    past: Recollection,
    remarks: tuple[Remark, ...],
    air: InTheAir,
    lessons: tuple[KnownLesson, ...],
) -> Completion[BriefDraft]:
    inputs = BriefInputs(
        artist_name=artist.persona.name,
        genre=artist.persona.genre,
        themes=artist.persona.themes,
        moods=artist.persona.moods,
        wanted_theme=wishes.theme,
        wanted_title=wishes.title,
        wanted_mood=wishes.mood,
        avoid_titles=past.used_titles,
        avoid_themes=past.recent_themes,
        approved_themes=past.approved_themes,
        approved_moods=past.approved_moods,
        rejected_moods=past.rejected_moods,
        adventurousness=artist.genes.adventurousness,
        style_notes=artist.style_notes,
        remarks=remarks,
        trending_themes=air.themes,
        trending_moods=air.moods,
        lessons=tuple(str(lesson) for lesson in lessons),
    )
    asked = Request(
        task="brief",
        prompt="brief",
        inputs=inputs,
        answer=BriefDraft,
        seed=seed,
        temperature=sampling_temperature(artist.genes.temperature),
    )
    return await ask(writer, asked, lambda draft: _faults(draft, inputs))


def _faults(draft: BriefDraft, inputs: BriefInputs) -> tuple[str, ...]:
    """What keeps a draft from being a brief; a model reads these words."""
    faults: list[str] = []
    taken = {title.lower() for title in inputs.avoid_titles}
    if inputs.wanted_title is None and draft.title.lower() in taken:
        faults.append(f"the title {draft.title!r} was used before")
    if not (draft.title + draft.theme + draft.mood).isprintable():
        faults.append("title, theme and mood must be plain text on one line")
    return tuple(faults)


def _genre(name: str) -> Genre:
    genres = load_genres()
    if name not in genres:
        raise UsageError(
            f"the artist's genre {name[:40]!r} is not in configs/genres.yaml: it has {', '.join(genres)}"
        )
    return genres[name]


def _key(past: Recollection, genre: str, seed: int) -> str:
    """A key that the latest songs did not use; one seed has another in each genre."""
    fresh = [key for key in PITCH_NAMES if key not in past.recent_keys]
    return random.Random(sub_seed(seed, "plan", "key", genre)).choice(fresh)


def _after(latest: MadePiece, theme: str, key: str) -> str:
    """The song before, what became of it, and what is done otherwise."""
    others = [
        f"another {what}"
        for what, differs in (("theme", latest.theme != theme), ("key", latest.key != key))
        if differs
    ]
    score = "" if latest.score is None else f", critic {latest.score:.2f}"
    was = f"{latest.theme}, {latest.mood}, {latest.tempo_bpm:.0f} BPM in {latest.key} {latest.mode}"
    told = f"memory: after “{latest.title}” ({was}; {latest.outcome.replace('_', ' ')}{score})"
    return f"{told} {' and '.join(others)}" if others else told


def _mode(genre: Genre, darkness: float, seed: int) -> str:
    """One of the genre's modes, which stand brightest first, near where `darkness` points."""
    last = len(genre.modes) - 1
    place = darkness * last + random.Random(sub_seed(seed, "plan", "mode")).gauss(0, 0.6)
    return genre.modes[min(last, max(0, round(place)))]


def _numbers_reason(genre: Genre, song: Genes) -> str:
    slow, fast = genre.tempo_bpm
    return f"genes: tempo {song.tempo_bias:+.2f} within {slow:g}–{fast:g} BPM, darkness {song.darkness:.2f}"


def _asked_for(request: SongRequest) -> tuple[str, ...]:
    fields = ("theme", "title", "mood", "tempo_bpm", "key", "mode", "seconds", "form", "density", "energy")
    asked = [name for name in fields if getattr(request, name) is not None]
    return (f"request: fixed {', '.join(asked)}",) if asked else ()
