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


def sung(take: Take) -> tuple[str, ...]:
    """The lines that are sung in a take."""
    return tuple(line.text for line in take.song.plan.lyric_lines)
