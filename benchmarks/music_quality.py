"""Whether the embedded engine's songs hold what the studio promises, by ears that share no code with it.

    python -m benchmarks.music_quality [--genres house,lofi] [--songs 10] [--seconds 45] [--rate 22050] [--catalogue 100]

Plans come from the real planner with the embedded writer, one new artist a song. Rendered songs are judged on
choruses, image, silences, tails, loudness, key and beats; the songs of the first seeds teach a nearest-centroid
classifier that must name the genre of the others. Last, a catalogue of one artist per named genre is composed
without sound and its melodies are compared in pairs. A quick pass: `--songs 2 --seconds 30 --catalogue 20`.
"""

import argparse
import asyncio
import sys
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np

from agents import creator, planner
from agents.composer import compose
from agents.llm.offline.writer import OfflineWriter
from agents.music.analysis import AudioFacts, analyse_samples
from agents.music.review.sound import section_loudness
from agents.music.similarity import jaccard, melody_grams
from agents.music.theory import pitch_class, scale_of
from agents.producer import render_master
from benchmarks.ear import (
    hear,
    home_chroma,
    nearest_centroid,
    onset_slope,
    pitch_classes_in,
    true_peak_db,
)
from configs.genres import load_genres
from storage.clock import SystemClock
from storage.types import (
    Artist,
    ArtistId,
    Brief,
    LifecycleState,
    Lyrics,
    MadePiece,
    Score,
    SongPlan,
    SongRequest,
)

PERCUSSIVE = (
    "synthwave",
    "house",
    "techno",
    "trap",
    "phonk",
    "drum_and_bass",
    "hyperpop",
    "darkwave",
    "indie",
)
"""Genres with a drum on every bar line, whose beats an ear can find."""
LONG_S = 150.0
FEWEST_TAUGHT = 3
"""Of fewer songs a genre's centroid says nothing."""
CATALOGUE_GENRES = ("synthwave", "ambient", "trap")
NO_WORDS = Lyrics(title="", hook="", sections=(), source="benchmark")


@dataclass(frozen=True)
class Song:
    """One rendered song and what was heard in it."""

    brief: Brief
    plan: SongPlan
    second_chorus: tuple[bool, bool] | None
    """Of the same song at `LONG_S`, by its notes: whether it differs from the first, and whether it keeps its hook."""
    facts: AudioFacts
    features: np.ndarray
    key_classes: int
    lufs: float
    peak_dbtp: float
    slope: float
    """0 where too few beats were heard."""
    jitter_ms: float


async def new_artist(genre: str, seed: int) -> Artist:
    persona, genes, _ = await creator.create(
        OfflineWriter(), seed=seed, genre=genre, taken_names=frozenset(), taken_looks=frozenset()
    )
    return Artist(
        id=ArtistId("art_bench"),
        slug="bench",
        persona=persona,
        genes=genes,
        state=LifecycleState.CANDIDATE,
        version=1,
        created_at=SystemClock().now(),
    )


async def plan_song(artist: Artist, seed: int, seconds: float, memory: tuple[MadePiece, ...] = ()) -> Brief:
    brief, _ = await planner.plan(
        OfflineWriter(),
        artist=artist,
        request=SongRequest(seed=seed, seconds=seconds),
        memory=memory,
        changes=(),
        variants=(),
        revision=0,
        default_seconds=seconds,
    )
    return brief


def make_song(genre: str, seed: int, seconds: float, rate_hz: int) -> Song:
    import pyloudnorm

    async def briefs() -> tuple[Brief, Brief]:
        artist = await new_artist(genre, seed)
        return await plan_song(artist, seed, seconds), await plan_song(artist, seed, LONG_S)

    brief, long = asyncio.run(briefs())
    score, plan = compose(brief, NO_WORDS)
    audio = render_master(brief, score, plan, sample_rate_hz=rate_hz).audio
    heard = hear(audio, rate_hz)
    slope, jitter_ms, _ = onset_slope(audio, rate_hz, plan.beats_s)
    return Song(
        brief=brief,
        plan=plan,
        second_chorus=second_chorus(*compose(long, NO_WORDS)),
        facts=analyse_samples(audio, rate_hz),
        features=np.concatenate([heard.mfcc, home_chroma(heard.chroma)]),
        key_classes=pitch_classes_in(heard.chroma, pitch_class(brief.key), scale_of(brief.mode)),
        # DeMan's filters are those of BS.1770 at any rate; the default ones are a tenth of a dB off at 22 kHz.
        lufs=float(
            pyloudnorm.Meter(rate_hz, filter_class="DeMan").integrated_loudness(audio.T.astype(np.float64))
        ),
        peak_dbtp=true_peak_db(audio),
        slope=slope,
        jitter_ms=jitter_ms,
    )


def chorus_rises(song: Song) -> list[float]:
    """By how many dB each chorus or drop lies over the verse before it."""
    rises: list[float] = []
    verse: float | None = None
    for section in song.plan.sections:
        level = section_loudness(section, song.facts)
        if section.name == "verse":
            verse = level
        elif section.name in ("chorus", "drop") and None not in (verse, level):
            rises.append(level - verse)
    return rises


def second_chorus(score: Score, plan: SongPlan) -> tuple[bool, bool] | None:
    """Whether the second hook section differs from the first, and whether it keeps the hook; None without a second.

    The hook is kept where at least half of the first's melody notes return at their bar, beat and pitch.
    """
    hooks = [section for section in plan.sections if section.name in ("chorus", "drop")][:2]
    if len(hooks) < 2:
        return None
    step_s = 15 / plan.tempo_bpm
    length_s = min(section.end_s - section.start_s for section in hooks)

    def notes(part: str, start_s: float) -> set[tuple[int, int]]:
        return {
            (round((note.start_s - start_s) / step_s), note.pitch)
            for note in score.parts.get(part, ())
            if -0.4 * step_s <= note.start_s - start_s < length_s - 0.4 * step_s
        }

    melodies = [notes("melody", section.start_s) for section in hooks]
    differs = any(
        notes(part, hooks[0].start_s) != notes(part, hooks[1].start_s)
        for part in ("melody", "harmony", "counter", "bass", "arpeggio")
    )
    return differs, len(melodies[0] & melodies[1]) >= 0.5 * len(melodies[0])


def catalogue_overlap(genre: str, seed: int, songs: int, seconds: float) -> tuple[float, float]:
    """Largest and median Jaccard overlap of interval 4-grams over all pairs of one artist's songs."""

    async def compose_all() -> list[tuple[str, ...]]:
        artist = await new_artist(genre, seed)
        memory: tuple[MadePiece, ...] = ()
        found: list[tuple[str, ...]] = []
        for number in range(songs):
            brief = await plan_song(artist, 1000 * seed + number, seconds, memory)
            found.append(melody_grams(compose(brief, NO_WORDS)[0]))
            piece = {
                name: getattr(brief, name) for name in ("title", "theme", "mood", "tempo_bpm", "key", "mode")
            }
            memory = (*memory, MadePiece(**piece, outcome="approved"))
        return found

    overlaps = [jaccard(one, other) for one, other in combinations(asyncio.run(compose_all()), 2)]
    return max(overlaps), median(overlaps)


def share(held: list[bool]) -> str:
    return f"{sum(held)}/{len(held)}" if held else "–"


def report(name: str, songs: list[Song]) -> None:
    rises = [rise for song in songs for rise in chorus_rises(song)]
    seconds = [song.second_chorus for song in songs if song.second_chorus]
    slopes = [song.slope for song in songs if song.slope and song.brief.genre in PERCUSSIVE]
    widths = [song.facts.side_mid for song in songs]
    print(
        f"{name:14}"
        f" {share([rise >= 1 for rise in rises]):>7} {min(rises, default=0):5.1f}"
        f" {share([differs for differs, _ in seconds]):>6} {share([keeps for _, keeps in seconds]):>6}"
        f" {min(widths):5.2f}–{max(widths):4.2f} {min(song.facts.correlation for song in songs):5.2f}"
        f" {max(song.facts.longest_silence_s for song in songs):5.2f}"
        f" {sum(song.facts.clipped_samples for song in songs):4}"
        f" {max(song.facts.tail_dbfs for song in songs):6.0f}"
        f" {share([song.key_classes >= 6 for song in songs]):>7}"
        f" {share([abs(slope - 1) <= 1e-3 for slope in slopes]):>6}"
        f" {max((abs(slope - 1) * 100 for slope in slopes), default=0):6.3f}"
        f" {max(abs(song.lufs + 14) for song in songs):5.2f} {max(song.peak_dbtp for song in songs):6.2f}"
    )


HEADER = (
    f"{'genre':14} {'rise≥1':>7} {'least':>5} {'2nd≠':>6} {'hook':>6} {'side/mid':>10} {'corr':>5} {'gap':>5}"
    f" {'clip':>4} {'tail':>6} {'key≥6':>7} {'slope':>6} {'off %':>6} {'±LU':>5} {'dBTP':>6}"
)


def classify(songs: list[Song], taught: int) -> None:
    """Teach with the first seeds of each genre, ask about the others."""
    by_genre: dict[str, list[Song]] = defaultdict(list)
    for song in songs:
        by_genre[song.brief.genre].append(song)
    train = [song for own in by_genre.values() for song in own[:taught]]
    test = [song for own in by_genre.values() for song in own[taught:]]
    if not test or len(by_genre) < 2 or taught < FEWEST_TAUGHT:
        return
    named = nearest_centroid(
        np.stack([song.features for song in train]),
        [song.brief.genre for song in train],
        np.stack([song.features for song in test]),
    )
    right = [name == song.brief.genre for name, song in zip(named, test, strict=True)]
    print(
        f"\ngenres told apart: {share(right)} = {sum(right) / len(right):.0%} of unseen seeds, {taught} taught a genre"
    )
    wrong: dict[str, list[str]] = defaultdict(list)
    for name, song in zip(named, test, strict=True):
        if name != song.brief.genre:
            wrong[song.brief.genre].append(name)
    for genre, names in wrong.items():
        print(f"  {genre} taken for {', '.join(names)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Whether the embedded engine's songs hold what the studio promises."
    )
    parser.add_argument("--genres", default=",".join(load_genres()))
    parser.add_argument(
        "--songs", type=int, default=10, help="seeds a genre; six in ten teach the classifier"
    )
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--rate", type=int, default=22_050)
    parser.add_argument(
        "--catalogue", type=int, default=100, help="songs of one artist compared in pairs; 0 for none"
    )
    arguments = parser.parse_args()
    songs: list[Song] = []
    print(HEADER, flush=True)
    for genre in arguments.genres.split(","):
        own = [
            make_song(genre, arguments.first_seed + number, arguments.seconds, arguments.rate)
            for number in range(arguments.songs)
        ]
        report(genre, own)
        sys.stdout.flush()
        songs += own
    report("all", songs)
    classify(songs, round(0.6 * arguments.songs))
    for genre in CATALOGUE_GENRES if arguments.catalogue > 1 else ():
        largest, middle = catalogue_overlap(genre, 1, arguments.catalogue, 120)
        print(
            f"{arguments.catalogue} songs of one {genre} artist: interval 4-grams overlap by"
            f" {largest:.2f} at most, {middle:.2f} in the median pair"
        )


if __name__ == "__main__":
    main()
