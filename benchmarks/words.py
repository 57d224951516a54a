"""Whether the embedded writer's songs can be sung and told apart: words beside the melody's notes, genres by their words.

    python -m benchmarks.words [--songs 14] [--catalogue 100]

Plans and words come from the real planner and lyricist, one new artist a song; nothing is rendered. Notes are counted
between a line's first and last moment in the plan, stress is read from CMU's pronunciations, and beats from the plan.
Last, a catalogue of one artist per genre is composed with its words, and its melodies are compared in pairs.
"""

import argparse
import asyncio
from collections import Counter
from itertools import combinations
from statistics import median

from agents import lyricist
from agents.composer import compose
from agents.llm.offline.prosody import stress_pattern, syllables, words_of
from agents.llm.offline.writer import OfflineWriter
from agents.music.similarity import jaccard, melody_grams
from benchmarks.music_quality import CATALOGUE_GENRES, new_artist, plan_song
from configs.genres import load_genres
from storage.types import Artist, Brief, Lyrics, MadePiece, Score, SongPlan

EARLY_S = 0.05
"""As early as a player may be."""
SECONDS = 120.0


async def write_song(artist: Artist, seed: int, memory: tuple[MadePiece, ...] = ()) -> tuple[Brief, Lyrics]:
    brief = await plan_song(artist, seed, SECONDS, memory)
    lyrics, _ = await lyricist.write(OfflineWriter(), brief=brief, persona=artist.persona, memory=memory)
    return brief, lyrics


def count_fit(score: Score, plan: SongPlan) -> Counter[str]:
    """Lines, those with two notes too many or few at most, and stressed and other syllables with those on beats."""
    found: Counter[str] = Counter()
    beat_s = 60 / plan.tempo_bpm
    melody = sorted(score.parts["melody"], key=lambda note: note.start_s)
    for line in plan.lyric_lines:
        notes = [note for note in melody if line.start_s - EARLY_S <= note.start_s < line.end_s - EARLY_S]
        found["lines"] += 1
        found["fit"] += abs(len(notes) - syllables(line.text)) <= 2
        for note, stress in zip(notes, stress_pattern(line.text), strict=False):
            is_on_beat = abs((note.start_s + beat_s / 2) % beat_s - beat_s / 2) < beat_s / 8
            found[f"stress {stress}"] += 1
            found[f"stress {stress} on beat"] += is_on_beat
    return found


def told_apart(songs: list[tuple[str, frozenset[str]]], known: int) -> float:
    """Share of songs whose genre is that of the nearest of the first `known` songs' word counts; rare words weigh more."""
    spread = Counter(word for _, words in songs for word in words)
    genres = list(dict.fromkeys(genre for genre, _ in songs))
    own = {genre: [words for name, words in songs if name == genre] for genre in genres}
    means = {genre: Counter(word for words in own[genre][:known] for word in words) for genre in genres}

    def likeness(words: frozenset[str], genre: str) -> float:
        return sum(means[genre][word] / spread[word] for word in words)

    asked = [(genre, words) for genre in genres for words in own[genre][known:]]
    right = [max(genres, key=lambda name: likeness(words, name)) == genre for genre, words in asked]
    return sum(right) / len(right)


async def overlaps_of(genre: str, songs: int) -> list[float]:
    """Jaccard overlap of interval 4-grams of each pair of one artist's songs, sung with their words."""
    artist = await new_artist(genre, 1)
    memory: tuple[MadePiece, ...] = ()
    found: list[tuple[str, ...]] = []
    for number in range(songs):
        brief, lyrics = await write_song(artist, 1000 + number, memory)
        found.append(melody_grams(compose(brief, lyrics)[0]))
        fields = {
            name: getattr(brief, name) for name in ("title", "theme", "mood", "tempo_bpm", "key", "mode")
        }
        lines = tuple(line for section in lyrics.sections for line in section.lines)
        memory = (*memory[-20:], MadePiece(**fields, outcome="approved", lines=lines, hook=lyrics.hook))
    return [jaccard(one, other) for one, other in combinations(found, 2)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--songs", type=int, default=14, help="of each genre")
    parser.add_argument("--catalogue", type=int, default=100, help="songs of one artist compared in pairs")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.songs, arguments.catalogue))


async def measure(songs: int, catalogue: int) -> None:
    said: list[tuple[str, frozenset[str]]] = []
    total: Counter[str] = Counter()
    print(f"{'genre':14} {'lines':>6} {'notes within 2':>15} {'stress on beats':>16} {'others':>7}")
    for genre in load_genres():
        fit: Counter[str] = Counter()
        for seed in range(songs):
            brief, lyrics = await write_song(await new_artist(genre, seed), seed)
            fit += count_fit(*compose(brief, lyrics))
            lines = (line for section in lyrics.sections for line in section.lines)
            said.append((genre, frozenset(word for line in lines for word in words_of(line))))
        report(genre, fit)
        total += fit
    report("all", total)
    print(
        f"genre told from words: {told_apart(said, songs // 2):.0%} of unseen songs (chance {1 / len(load_genres()):.0%})"
    )
    for genre in CATALOGUE_GENRES:
        found = await overlaps_of(genre, catalogue)
        print(
            f"{catalogue} sung songs of one {genre} artist: interval 4-grams overlap by {max(found):.2f} at most, "
            f"{median(found):.2f} in the median pair"
        )


def report(name: str, fit: Counter[str]) -> None:
    print(
        f"{name:14} {fit['lines']:>6} {fit['fit'] / fit['lines']:>15.1%} "
        f"{fit['stress 1 on beat'] / fit['stress 1']:>16.1%} {fit['stress 0 on beat'] / fit['stress 0']:>7.1%}",
        flush=True,
    )


if __name__ == "__main__":
    main()
