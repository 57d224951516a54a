"""A new song is looked up by what any of its takes has in common with songs of other artists."""

from agents.music.resemblance import marks_of
from runtime.resemblances import mark_older, others_like, sung
from storage import learning
from storage.store import LocalStore
from storage.types import (
    Composition,
    Critique,
    Lyrics,
    LyricSection,
    MadePiece,
    Master,
    PlannedLine,
    SongPlan,
    Take,
    Takes,
)
from tests.storage.stage import Stage, asset

GRAMS = ("+1+1+1+1", "+2-2+0+5", "+3+3-6+0", "-1-1+2+7")
LINES = ("the kettle sings at four", "and no one minds the door")


def take(*, grams: tuple[str, ...] = (), sound: tuple[float, ...] = ()) -> tuple[Composition, Master]:
    lines = tuple(PlannedLine(text=line, section="verse", start_s=0.0, end_s=1.0) for line in LINES)
    plan = SongPlan(
        title="Kettle Song", artist_name="a", genre="lofi", tempo_bpm=90, key="C", mode="minor", duration_s=60.0,
        sections=(), beats_s=(), bars_s=(), chords=(), lyric_lines=lines, source="t",
    )  # fmt: skip
    file = asset("ab")
    master = Master(
        wav=file, flac=file, mp3=file, facts=file, duration_s=60.0, loudness_lufs=-14.0, true_peak_dbtp=-1.0,
        tempo_bpm=90, key="C", mode="minor", sound=sound, source="t",
    )  # fmt: skip
    return Composition(plan=plan, plan_asset=file, melody_grams=grams, source="t"), master


async def test_any_take_and_any_measure_finds_the_song_of_another(stage: Stage):
    sound = tuple(((-1) ** place) / 6 for place in range(36))
    fence, cycle = stage.song("Kilo Wren")
    piece = MadePiece(
        title="Kettle Song", theme="home", mood="calm", tempo_bpm=90, key="C", mode="minor", outcome="undecided",
        melody_hash=GRAMS, lines=LINES, sound=sound,
    )  # fmt: skip
    stage.write(
        learning.note,
        fence=fence,
        cycle_id=cycle.id,
        piece=piece,
        lessons=(),
        marks=marks_of(GRAMS, LINES, sound),
    )
    own = stage.artist("Nova Rain")
    silent = Lyrics(title="x", hook="", sections=(), source="t")
    worded = silent.model_copy(update={"sections": (LyricSection(section="verse", position=0, lines=LINES),)})

    async def found(lyrics: Lyrics, *takes: tuple[Composition, Master], artist_id=own.id) -> list[str]:
        songs, masters = zip(*takes, strict=True)
        others = await others_like(
            LocalStore(stage.store),
            artist_id,
            lyrics,
            Takes[Composition](each=songs),
            Takes[Master](each=masters),
        )
        return [f"{other.piece.title} by {other.artist}" for other in others]

    theirs = ["Kettle Song by Kilo Wren"]
    assert await found(silent, take(), take(grams=GRAMS)) == theirs
    assert await found(silent, take(sound=sound), take()) == theirs
    assert await found(worded, take()) == theirs
    assert await found(silent, take()) == []
    assert await found(worded, take(grams=GRAMS), artist_id=fence.artist_id) == []
    empty, bare = stage.song("Tin Pier")
    for of, it, older in (
        (fence, cycle, piece),
        (empty, bare, piece.model_copy(update={"melody_hash": (), "lines": (), "sound": ()})),
    ):
        stage.write(learning.note, fence=of, cycle_id=it.id, piece=older, lessons=())
    assert await found(worded, take(grams=GRAMS, sound=sound)) == [], "kept before there were marks"
    store = LocalStore(stage.store)
    assert await mark_older(store, limit=1) + await mark_older(store, limit=5) == 2
    assert await mark_older(store, limit=5) == 0, "also one of which nothing is known"
    assert await found(worded, take(grams=GRAMS, sound=sound)) == theirs
    song, master = take()
    critique = Critique(score=1, passed=True, threshold=0.6, findings=(), feedback="", source="t")
    assert sung(Take(song=song, master=master, critique=critique)) == LINES
