"""Songs of other artists that a new one is compared with: looked up by what it has in common with any of them."""

import asyncio

from agents.music.resemblance import marks_of
from storage import resemblances
from storage.store import StoreClient
from storage.types import ArtistId, Composition, Lyrics, Master, OthersSong, Take, Takes


async def others_like(
    store: StoreClient, artist_id: ArtistId, lyrics: Lyrics, songs: Takes[Composition], masters: Takes[Master]
) -> tuple[OthersSong, ...]:
    """What other artists have made that is likest to any of the takes; nothing where nobody has anything like it."""
    lines = tuple(line for section in lyrics.sections for line in section.lines)

    def marks() -> tuple[str, ...]:
        takes = zip(songs.each, masters.each, strict=True)
        found = {mark for song, master in takes for mark in marks_of(song.melody_grams, lines, master.sound)}
        return tuple(sorted(found))

    shared = await asyncio.to_thread(marks)
    return await store.read(resemblances.songs_like, marks=shared, besides=artist_id)


async def mark_older(store: StoreClient, *, limit: int) -> int:
    """Let songs be found that were kept before there were marks; says how many it looked at, none once all are done."""
    songs = await store.read(resemblances.unmarked, limit=limit)
    for song in songs:
        piece = song.piece
        marks = await asyncio.to_thread(marks_of, piece.melody_hash, piece.lines, piece.sound)
        await store.write(resemblances.mark_song, song=song, marks=marks)
    return len(songs)


def sung(take: Take) -> tuple[str, ...]:
    """The lines that are sung in a take."""
    return tuple(line.text for line in take.song.plan.lyric_lines)
