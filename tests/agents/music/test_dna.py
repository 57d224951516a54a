"""Sound DNA: an artist's own, heard in its songs, and moved by one small step at a time."""

from agents import composer
from agents.music.dna import LARGEST_STEP, LEAPS, PARTS, SYNCOPATION, dna_of, draw_dna, step
from agents.music.local.palette import palette_of
from agents.music.similarity import jaccard, melody_grams
from configs.genres import load_genres
from storage.types import SoundDna
from tests.agents.music.songs import brief_of, words_for

GENRES = load_genres()


def distance(one: SoundDna, other: SoundDna) -> dict[str, float]:
    """What differs: instruments and motifs counted, tastes as shares of their range."""
    return {
        "instruments": sum(one.instruments[part] != other.instruments[part] for part in PARTS),
        "motifs": sum(a != b for a, b in zip(one.motif_seeds, other.motif_seeds, strict=True)),
        "syncopation": abs(one.syncopation - other.syncopation) / (SYNCOPATION[1] - SYNCOPATION[0]),
        "leaps": abs(one.leaps - other.leaps) / (LEAPS[1] - LEAPS[0]),
    }


def test_every_step_is_small_and_stays_in_the_genre():
    for name, genre in GENRES.items():
        dna = draw_dna(genre, 7)
        seen: set[str] = set()
        for seed in range(40):
            moved, told = step(dna, genre, seed)
            differs = {what: far for what, far in distance(dna, moved).items() if far}
            assert len(differs) <= 1, (name, told)
            assert all(
                far <= 1 if what in ("instruments", "motifs") else far <= LARGEST_STEP + 1e-3
                for what, far in differs.items()
            )
            assert told
            seen |= set(differs)
            palette_of(moved)
            assert all(moved.instruments[part] in getattr(genre.stock, part) for part in PARTS)
            dna = moved
        assert {"motifs", "syncopation", "leaps"} <= seen
        assert SYNCOPATION[0] <= dna.syncopation <= SYNCOPATION[1]


def test_a_brief_of_before_has_what_its_signature_gives():
    brief = brief_of("house")
    assert brief.sound is None
    assert dna_of(brief) == draw_dna(GENRES["house"], brief.signature_seed)
    spelled = brief.model_copy(update={"sound": dna_of(brief)})
    assert composer.compose(spelled, words_for(spelled)) == composer.compose(brief, words_for(brief))


def test_one_new_motif_keeps_most_of_the_artists_manner():
    brief = brief_of("indie", seconds=60)
    dna = dna_of(brief)
    other = dna.model_copy(update={"motif_seeds": (*dna.motif_seeds[:2], 99, *dna.motif_seeds[3:])})
    anew = dna.model_copy(update={"motif_seeds": tuple(range(900, 906))})
    grams = [
        melody_grams(composer.compose(brief.model_copy(update={"sound": each}), words_for(brief))[0])
        for each in (dna, other, anew)
    ]
    assert jaccard(grams[0], grams[1]) > jaccard(grams[0], grams[2])
