"""Artists: created, brought in, edited, moved through their lives, and changed back."""

import asyncio
from pathlib import Path

from agents.evolver import Kind
from agents.music import dna
from agents.music.genre import find_genre
from agents.roster_guard import disclosed, require_wish
from agents.transitions import Trigger, move
from runtime.desk.actor import Seat
from runtime.evolution import begin, roll_back, take_back
from runtime.portraits import portrayed
from runtime.roster import import_artists
from runtime.studio import StudioConfig, keep_photo
from runtime.trends import trends_now
from storage import artists, autopilot, evolutions, name_searches
from storage.clock import sub_seed
from storage.errors import NotFoundError, UsageError
from storage.evolutions import Evolution
from storage.roster_files import RosterEntry
from storage.types import Artist, ArtistId, Asset, AutopilotPolicy, Persona, PersonaWish, VocalIdentity

OWNERS_MOVES = frozenset({Trigger.EVOLVE, Trigger.RETIRE})


class Artists(Seat):
    """Reviewers pause and resume; the rest is the owner's."""

    async def create(self, *, seed: int, genre: str | None) -> Artist:
        """Invent an artist as a candidate. Raises UsageError for an unknown genre, ConflictError on a full roster."""
        self.require_owner("create artists")
        return await self._label.create_artist(seed=seed, genre=genre, who=self.actor.alias)

    async def bring_in(self, entries: tuple[RosterEntry, ...], *, seed: int) -> list[Artist]:
        """Bring a roster in. Raises UsageError or ConflictError before anybody is added."""
        self.require_owner("import artists")
        settings = await self._label.live.now()
        return await import_artists(self._store, settings, entries, seed=seed, who=self.actor.alias)

    async def edit(self, artist: Artist, wish: PersonaWish) -> Artist:
        """Change what a person may change of a persona: neither name nor language, voice and look have their own ways.

        Raises UsageError for a text that may not be told in public, ConflictError when the artist has changed meanwhile.
        """
        self.require_owner("edit artists")
        if wish.name is not None or wish.language is not None:
            raise UsageError("Name and language never change: create another artist")
        require_wish(wish, (), own_name=artist.persona.name)
        changed = artist.persona.model_copy(update=wish.given())
        changed = changed.model_copy(update={"backstory": disclosed(changed.name, changed.backstory)})
        return await self._change_persona(artist, changed, "edited", {"fields": sorted(wish.given())})

    async def record_name_search(self, artist: Artist, found: str) -> Artist:
        """Keep that a person looked whether somebody else goes by the artist's name: its releases wait for that."""
        self.require_owner("record a search for an artist's name")
        if not (words := " ".join(found.split())[:300]):
            raise UsageError("Say where you searched and what you found")
        return await self._store.write(
            name_searches.record_name_search,
            artist_id=artist.id,
            version=artist.version,
            found=words,
            who=self.actor.alias,
        )

    async def take_back_name_search(self, artist: Artist) -> Artist:
        """Nobody searched after all: its releases wait again. Raises ConflictError once one of them came out."""
        self.require_owner("take a search for an artist's name back")
        return await self._store.write(
            name_searches.take_back_name_search,
            artist_id=artist.id,
            version=artist.version,
            who=self.actor.alias,
        )

    async def accept(self, artist: Artist) -> Artist:
        """Take an artist on: its content plan is followed from now on."""
        self.require_owner("take artists on")
        return await self._store.write(artists.accept_artist, artist_id=artist.id, who=self.actor.alias)

    async def move(self, artist: Artist, trigger: Trigger, *, reason: str) -> Artist:
        """Pause, resume, evolve or retire. Raises IllegalTransitionError where the table has no such move."""
        if trigger in OWNERS_MOVES:
            self.require_owner(f"{trigger} an artist")
        moved = await self._store.write(
            artists.set_state,
            artist_id=artist.id,
            before=artist.state,
            after=move(artist.state, trigger),
            trigger=trigger,
            evidence=None,
            bound=None,
            reason=reason,
            who=self.actor.alias,
        )
        if trigger is not Trigger.EVOLVE:
            return moved
        await take_back(self._store, artist.id, "A person lets the artist evolve.", self.actor.alias)
        parent = await self._store.read(artists.artist_by_id, artist_id=artist.id)
        stepped = await self._step_sound(parent)
        await begin(
            self._store,
            stepped,
            Kind.EXPLORE,
            parent_version=parent.version,
            trends=await trends_now(self._store, await self._label.live.now()),
            who=self.actor.alias,
        )
        return await self._store.read(artists.artist_by_id, artist_id=artist.id)

    async def set_voice(self, artist: Artist, vocal: VocalIdentity) -> Artist:
        """The voice that vendors are asked for from the next song on."""
        self.require_owner("change an artist's voice")
        persona = artist.persona.model_copy(update={"vocal": vocal})
        return await self._change_persona(artist, persona, "voice", None)

    async def set_avatar(self, artist: Artist, photo: Path | None, *, licence: str) -> Artist:
        """Show an artist by a picture of one's own, or without one by what is drawn from its look.

        Raises UsageError for a file that is no picture.
        """
        self.require_owner("change an artist's avatar")
        settings = await self._label.live.now()
        if photo is None:
            persona, pictures = await portrayed(settings, artist.persona)
            return await self._change_persona(artist, persona, "avatar", {"drawn": True}, pictures)
        given = await asyncio.to_thread(keep_photo, StudioConfig.of(settings), photo, licence)
        persona = artist.persona.model_copy(update={"avatar_sha256": given.sha256})
        return await self._change_persona(artist, persona, "avatar", {"licence": licence}, (given,))

    async def set_autopilot(
        self, artist_id: ArtistId, policy: AutopilotPolicy | None, *, reason: str
    ) -> Artist:
        """Switch an artist's autopilot on under a policy, or off."""
        self.require_owner("switch an autopilot")
        return await self._store.write(
            autopilot.set_autopilot,
            artist_id=artist_id,
            policy=policy,
            who=self.actor.alias,
            surface=self.actor.surface,
            reason=reason,
        )

    async def roll_back(self, artist: Artist, evolution_id: str, *, reason: str) -> Evolution:
        """Take this change back. Raises ConflictError where it has ended, or is the artist's own evolution."""
        self.require_owner("take an artist's change back")
        change = await self._store.read(evolutions.evolution_by_id, evolution_id=evolution_id)
        if change.artist_id != artist.id:
            raise NotFoundError(f"{artist.persona.name} has no change {evolution_id}; look again")
        return await roll_back(self._store, change, reason, self.actor.alias)

    async def _step_sound(self, artist: Artist) -> Artist:
        """Who evolves sounds a little different from the next song on: one small step, that can be taken back."""
        persona, genre = artist.persona, find_genre(artist.persona.genre)
        if "sound" in persona.pinned:
            return artist
        before = persona.sound or dna.draw_dna(genre, persona.signature_seed)
        after, told = dna.step(before, genre, sub_seed(persona.signature_seed, "evolve", artist.version))
        moved = persona.model_copy(update={"sound": after})
        return await self._change_persona(artist, moved, "sound", {"moved": told})

    async def _change_persona(
        self,
        artist: Artist,
        persona: Persona,
        trigger: str,
        evidence: dict[str, object] | None,
        pictures: tuple[Asset, ...] = (),
    ) -> Artist:
        return await self._store.write(
            artists.change_persona,
            artist_id=artist.id,
            version=artist.version,
            persona=persona,
            trigger=trigger,
            evidence=evidence,
            who=self.actor.alias,
            pictures=pictures,
        )
