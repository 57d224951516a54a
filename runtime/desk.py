"""What people do to a label: the same verbs, rights and audit from every surface.

A surface knows who acts (a reviewer, or the owner) and calls one method; the store's compare-and-set decides
who was first, and the outbox tells the other surfaces.
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Literal

from agents import importer
from agents.evolver import Kind
from agents.mending.checkout import find_checkout
from agents.music import dna
from agents.music.genre import find_genre
from agents.music.measured import octave_nearest
from agents.planning.variants import PREFIX, check_variant
from agents.planning.wishes import plain_line
from agents.publicist import require_platforms
from agents.roster_guard import disclosed, require_wish
from agents.transitions import Trigger, move
from runtime.content_plan import redraw
from runtime.evolution import begin, roll_back, take_back
from runtime.inbox import keep_recording
from runtime.label import Label
from runtime.mending import apply_patch, revert_patch
from runtime.portraits import portrayed
from runtime.roster import import_artists
from runtime.studio import StudioConfig, keep_photo
from runtime.trends import trends_now
from storage import (
    approvals,
    artists,
    autopilot,
    content_plan,
    cycles,
    evolutions,
    experiments,
    faults,
    inbox,
    label,
    lineage,
    name_searches,
    patches,
    people,
    releases,
    steps,
    timelines,
)
from storage.approval_rows import Approval
from storage.clock import sub_seed
from storage.content_plan import PlanChange, PlanEntry
from storage.cycles import Cycle
from storage.errors import NotAllowedError, NotFoundError, UsageError
from storage.evolutions import Evolution
from storage.experiments import ExperimentRow
from storage.faults import ErrorGroup
from storage.inbox import InboxRequest
from storage.patches import Patch
from storage.people import LinkCode, Role
from storage.releases import ReleaseRow, ReleaseState
from storage.roster_files import RosterEntry
from storage.types import (
    Artist,
    ArtistId,
    Asset,
    AutopilotPolicy,
    Brought,
    Clearance,
    CycleId,
    DeciderKind,
    Frozen,
    Outcome,
    Persona,
    PersonaWish,
    PieceKind,
    PlannedPiece,
    Redo,
    SongEdits,
    SongRequest,
    VocalIdentity,
)

ParkedAnswer = Literal["paste", "buy_again", "go_on", "cancel"]
"""What can be said of a cycle that goes no further by itself."""
NOT_OURS = frozenset({Redo.SONG, Redo.LYRICS})
OWNERS_MOVES = frozenset({Trigger.EVOLVE, Trigger.RETIRE})
HOUR_S = 3600.0
TAKES_MAX = 8
"""Each is mastered, measured and filmed."""


class Bringing(Frozen):
    """What a person says of a recording that they bring."""

    licence: str = "brought by a person: as they have cleared it"
    ai_role: Literal["human", "assisted", "generated"] = "generated"
    """How much of it a model made; the release discloses it."""


class Actor(Frozen):
    """Who acts, and where."""

    alias: str
    surface: str
    """console, telegram, cli or api."""
    role: Role = Role.OWNER


class Desk:
    """One person at one surface. Every method raises ConflictError when somebody was faster."""

    def __init__(self, label: Label, actor: Actor) -> None:
        self.actor = actor
        self._label = label
        self._store = label.store

    # ------------------------------------------------------------ songs

    async def approve(
        self, asked: Approval, *, take: int = 1, reason: str = "", edits: SongEdits | None = None
    ) -> Approval:
        """The song is released, in these words; None are those that people have put beside the question."""
        wanted = asked.edits if edits is None else edits
        return await self._decide(asked, Outcome.APPROVED, take, reason, wanted)

    async def edit(self, asked: Approval, edits: SongEdits) -> Approval:
        """Other words for a song that waits: whoever approves it next approves them; empty ones take them back."""
        return await self._store.write(
            approvals.edit_words,
            approval_id=asked.id,
            edits=edits,
            who=self.actor.alias,
            surface=self.actor.surface,
            preview_sha256=asked.preview_sha256,
            words_sha256=asked.words_sha256,
        )

    async def reject(self, asked: Approval, *, reason: str) -> Approval:
        """The song is not released. Raises UsageError without a reason: the artist learns from it."""
        if not reason.strip():
            raise UsageError("Say why, so that the artist learns from it")
        return await self._decide(asked, Outcome.REJECTED, 1, reason, None)

    async def send_back(self, asked: Approval, redo: Redo, *, reason: str = "") -> Approval:
        """A part is made anew, and people are asked again; only `song` may buy music.

        Raises UsageError for what cannot be made anew: the music and words of a recording that was brought.
        """
        if redo in NOT_OURS:
            cycle = await self._store.read(cycles.cycle_by_id, cycle_id=asked.cycle_id)
            if cycle.request.recording is not None:
                raise UsageError("The recording was brought as it is; change the words by hand, or reject it")
        return await self._store.write(
            approvals.send_back,
            approval_id=asked.id,
            redo=redo,
            who=self.actor.alias,
            surface=self.actor.surface,
            reason=reason,
            undo_s=(await self._label.live.now()).undo_s,
            preview_sha256=asked.preview_sha256,
        )

    async def put_off(self, asked: Approval) -> Approval:
        """The question comes after the others for a while."""
        return await self._store.write(
            approvals.put_off,
            approval_id=asked.id,
            for_s=(await self._label.live.now()).later_h * HOUR_S,
            who=self.actor.alias,
            surface=self.actor.surface,
        )

    async def undo(self, approval_id: str) -> Approval:
        """Take a decision back before it takes effect."""
        return await self._store.write(
            approvals.undo, approval_id=approval_id, who=self.actor.alias, surface=self.actor.surface
        )

    async def give_up(self, asked: Approval, *, reason: str) -> Approval:
        """Close an undecided song as expired; it teaches nothing."""
        return await self._store.write(
            approvals.close_expired,
            approval_id=asked.id,
            decided_by=DeciderKind.PERSON,
            who=self.actor.alias,
            surface=self.actor.surface,
            reason=reason,
        )

    async def ask_song(self, artist_id: ArtistId, request: SongRequest) -> Cycle:
        """Queue one song."""
        return await self._label.request_song(artist_id, request, who=self.actor.alias)

    async def import_song(
        self, artist_id: ArtistId, path: Path, wanted: SongRequest, brought: Bringing, *, words: str = ""
    ) -> Cycle:
        """Queue a recording that was made elsewhere: mastering, pictures, decision and release follow.

        Raises UsageError for what is no song, before anything is queued.
        """
        importer.require_importable(words)
        asset, facts = await asyncio.to_thread(keep_recording, self._studio(), path)
        await self._require_releasable(asset)
        # A pulse is as true at half and double speed: the bringer's tempo tells which.
        tempo_bpm = octave_nearest(facts.tempo_bpm, wanted.tempo_bpm or facts.tempo_bpm) or 120.0
        request = wanted.model_copy(
            update={
                "title": wanted.title or plain_line(Path(path).stem.replace("_", " "))[:60] or None,
                "seconds": facts.duration_s,
                "tempo_bpm": min(220.0, max(40.0, tempo_bpm)),
                "key": wanted.key or facts.key or "C",
                "mode": wanted.mode or facts.mode or "minor",
                "recording": Brought(
                    sha256=asset.sha256,
                    media_type=asset.media_type,
                    licence=brought.licence,
                    ai_role=brought.ai_role,
                    words=words,
                ),
            }
        )
        return await self._label.request_song(artist_id, request, who=self.actor.alias)

    async def deliver(self, asked: InboxRequest, paths: tuple[Path, ...], *, licence: str) -> InboxRequest:
        """Bring the song that a request waits for, in as many takes as were made of it.

        Raises UsageError for what is no song, ConflictError when somebody was faster; the request waits on.
        """
        if not 0 < len(paths) <= TAKES_MAX:
            raise UsageError(f"Give 1 to {TAKES_MAX} recordings: WAV, FLAC or MP3")
        kept = [(await asyncio.to_thread(keep_recording, self._studio(), path))[0] for path in paths]
        return await self._store.write(
            inbox.deliver,
            request_id=asked.id,
            recordings=tuple({asset.sha256: asset for asset in kept}.values()),
            licence=licence,
            who=self.actor.alias,
            surface=self.actor.surface,
        )

    async def _require_releasable(self, asset: Asset) -> None:
        """What the label knows as somebody's with no right to release it does not come in by another door."""
        with suppress(NotFoundError):
            known = await self._store.read(lineage.asset_by_sha256, sha256=asset.sha256)
            if known.clearance is Clearance.BLOCKED:
                raise UsageError(
                    f"This recording is {known.provider}'s and may not be released: {known.licence}"
                )

    async def cancel(self, cycle_id: CycleId) -> Cycle:
        """End a cycle at its next step; what was made stays."""
        return await self._store.write(cycles.request_cancel, cycle_id=cycle_id, who=self.actor.alias)

    async def resolve(
        self,
        cycle_id: CycleId,
        choice: ParkedAnswer,
        *,
        job_id: str | None = None,
        purchase_key: str | None = None,
    ) -> Cycle:
        """Answer for a parked cycle; what may be paid for a second time is the owner's to say."""
        if choice == "buy_again":
            self._require_owner("buy again what may have been bought")
        await self._store.write(
            steps.resolve_parked,
            cycle_id=cycle_id,
            choice=choice,
            job_id=job_id,
            who=self.actor.alias,
            purchase_key=purchase_key,
        )
        return await self._store.read(cycles.cycle_by_id, cycle_id=cycle_id)

    # ------------------------------------------------------------ artists

    async def create_artist(self, *, seed: int, genre: str | None) -> Artist:
        """Invent an artist as a candidate. Raises UsageError for an unknown genre, ConflictError on a full roster."""
        self._require_owner("create artists")
        return await self._label.create_artist(seed=seed, genre=genre, who=self.actor.alias)

    async def import_artists(self, entries: tuple[RosterEntry, ...], *, seed: int) -> list[Artist]:
        """Bring a roster in. Raises UsageError or ConflictError before anybody is added."""
        self._require_owner("import artists")
        settings = await self._label.live.now()
        return await import_artists(self._store, settings, entries, seed=seed, who=self.actor.alias)

    async def edit_artist(self, artist: Artist, wish: PersonaWish) -> Artist:
        """Change what a person may change of a persona: neither name nor language, voice and look have their own ways.

        Raises UsageError for a text that claims a human life, ConflictError when the artist has changed meanwhile.
        """
        self._require_owner("edit artists")
        if wish.name is not None or wish.language is not None:
            raise UsageError("Name and language never change: create another artist")
        require_wish(wish, ())
        changed = artist.persona.model_copy(update=wish.given())
        changed = changed.model_copy(update={"backstory": disclosed(changed.name, changed.backstory)})
        return await self._change_persona(artist, changed, "edited", {"fields": sorted(wish.given())})

    async def record_name_search(self, artist: Artist, found: str) -> Artist:
        """Keep that a person looked whether somebody else goes by the artist's name: its releases wait for that."""
        self._require_owner("record a search for an artist's name")
        if not (words := " ".join(found.split())[:300]):
            raise UsageError("Say where you searched and what you found")
        return await self._store.write(
            name_searches.record_name_search,
            artist_id=artist.id,
            version=artist.version,
            found=words,
            who=self.actor.alias,
        )

    async def mark_published(self, release: ReleaseRow, urls: dict[str, str]) -> ReleaseRow:
        """Keep that a person has put a release out, and where by target. Raises ConflictError while it waits."""
        self._require_owner("publish")
        return await self._move_release(release, ReleaseState.PUBLISHED, urls)

    async def withdraw_release(self, release: ReleaseRow) -> ReleaseRow:
        """Keep that a person has taken a release back, for good. Raises ConflictError where it was before."""
        self._require_owner("withdraw releases")
        return await self._move_release(release, ReleaseState.WITHDRAWN)

    async def _move_release(
        self, release: ReleaseRow, after: ReleaseState, urls: dict[str, str] | None = None
    ) -> ReleaseRow:
        """From the state in which it was shown, or not at all."""
        return await self._store.write(
            releases.set_release_state,
            release_id=release.id,
            before=release.state,
            after=after,
            who=self.actor.alias,
            urls=urls,
        )

    async def accept(self, artist: Artist) -> Artist:
        """Take an artist on: its content plan is followed from now on."""
        self._require_owner("take artists on")
        return await self._store.write(artists.accept_artist, artist_id=artist.id, who=self.actor.alias)

    async def add_to_plan(self, artist: Artist, piece: PlannedPiece) -> PlanEntry:
        """Put something on an artist's calendar. Raises ConflictError where the day has one of its kind."""
        _require_platform(piece.kind, piece.platform)
        return await self._store.write(
            content_plan.add_piece, artist_id=artist.id, piece=piece, who=self.actor.alias
        )

    async def change_plan(self, entry_id: str, change: PlanChange) -> PlanEntry:
        """Change an entry of a calendar. Raises ConflictError for a song that was begun, or a day that is taken."""
        entry = await self._store.read(content_plan.entry_by_id, entry_id=entry_id)
        if change.platform is not None:
            _require_platform(entry.kind, change.platform)
        return await self._store.write(
            content_plan.change_entry, entry_id=entry_id, change=change, who=self.actor.alias
        )

    async def redraw_plan(self, artist: Artist) -> int:
        """Draw an artist's coming days anew; what people wrote or changed stays. Returns how many entries are new."""
        now = await self._store.read(timelines.label_now)
        return await redraw(self._store, await self._label.live.now(), artist, now)

    async def move(self, artist: Artist, trigger: Trigger, *, reason: str) -> Artist:
        """Pause, resume, evolve or retire. Raises IllegalTransitionError where the table has no such move."""
        if trigger in OWNERS_MOVES:
            self._require_owner(f"{trigger} an artist")
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
        self._require_owner("change an artist's voice")
        persona = artist.persona.model_copy(update={"vocal": vocal})
        return await self._change_persona(artist, persona, "voice", None)

    async def set_avatar(self, artist: Artist, photo: Path | None, *, licence: str) -> Artist:
        """Show an artist by a picture of one's own, or without one by what is drawn from its look.

        Raises UsageError for a file that is no picture.
        """
        self._require_owner("change an artist's avatar")
        settings = await self._label.live.now()
        if photo is None:
            persona, pictures = await portrayed(settings, artist.persona)
            return await self._change_persona(artist, persona, "avatar", {"drawn": True}, pictures)
        given = await asyncio.to_thread(keep_photo, StudioConfig.of(settings), photo, licence)
        persona = artist.persona.model_copy(update={"avatar_sha256": given.sha256})
        return await self._change_persona(artist, persona, "avatar", {"licence": licence}, (given,))

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

    async def set_autopilot(
        self, artist_id: ArtistId, policy: AutopilotPolicy | None, *, reason: str
    ) -> Artist:
        """Switch an artist's autopilot on under a policy, or off."""
        self._require_owner("switch an autopilot")
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
        self._require_owner("take an artist's change back")
        change = await self._store.read(evolutions.evolution_by_id, evolution_id=evolution_id)
        if change.artist_id != artist.id:
            raise NotFoundError(f"{artist.persona.name} has no change {evolution_id}; look again")
        return await roll_back(self._store, change, reason, self.actor.alias)

    # ------------------------------------------------------------ experiments

    async def begin_experiment(self, parameter: str, values: tuple[str, ...], *, even: bool) -> ExperimentRow:
        """Try variants on the next songs. Raises UsageError for fewer than two, or what no song can be made with."""
        self._require_owner("begin an experiment")
        for value in values:
            check_variant(parameter, value)
        if parameter == PREFIX and not (await self._label.live.now()).music_providers:
            raise UsageError(f"{PREFIX} is read by music providers, and MUSIC_PROVIDERS names none")
        return await self._store.write(
            experiments.create_experiment,
            parameter=parameter,
            values=values,
            method="even" if even else "thompson",
            who=self.actor.alias,
        )

    async def promote(self, row: ExperimentRow, arm_id: str, *, reason: str) -> ExperimentRow:
        """A variant holds for every song from now on."""
        self._require_owner("promote a variant")
        return await self._store.write(
            experiments.promote_arm,
            experiment_id=row.id,
            arm_id=arm_id,
            who=self.actor.alias,
            reason=reason,
        )

    async def stop_experiment(self, row: ExperimentRow) -> ExperimentRow:
        """End it without a winner. Raises ConflictError where it has ended meanwhile."""
        self._require_owner("stop an experiment")
        return await self._store.write(
            experiments.stop_experiment, experiment_id=row.id, who=self.actor.alias
        )

    async def withdraw_winner(self, row: ExperimentRow) -> ExperimentRow:
        """What won is each artist's own again."""
        self._require_owner("withdraw a variant")
        return await self._store.write(
            experiments.withdraw_winner, experiment_id=row.id, who=self.actor.alias
        )

    # ------------------------------------------------------------ the label

    async def stop(self) -> label.Label:
        """Halt all spending at once."""
        return await self._store.write(label.stop_label, who=self.actor.alias)

    async def go_on(self) -> label.Label:
        """Allow them again. Stopping is everybody's, spending again is the owner's."""
        self._require_owner("allow spending again")
        return await self._store.write(label.resume_label, who=self.actor.alias)

    async def change_setting(self, name: str, value: str | None) -> None:
        """Turn a knob while the label runs, or give it back to `.env` with None."""
        self._require_owner("change settings")
        await self._label.live.change(name, value, who=self.actor.alias)

    async def dismiss_fault(self, fingerprint: str) -> ErrorGroup:
        """Hear no more of a fault."""
        return await self._store.write(faults.dismiss_group, fingerprint=fingerprint, who=self.actor.alias)

    async def resolve_fault(self, fingerprint: str) -> ErrorGroup:
        """Call a fault mended."""
        return await self._store.write(faults.resolve_group, fingerprint=fingerprint, who=self.actor.alias)

    async def ask_patch(self, fingerprint: str) -> Patch:
        """Have a model asked to mend a bug of ours; the running label does it.

        Raises UsageError while PATCH_PROPOSALS_ENABLED is off, ConfigurationError without a source tree.
        """
        self._require_owner("have labelmate's own code mended")
        if not (await self._label.live.now()).patch_proposals_enabled:
            raise UsageError(
                "Patches are off: with PATCH_PROPOSALS_ENABLED=true a model may read labelmate's code and the redacted "
                "trace, and what it proposes is run in a copy to test it"
            )
        await asyncio.to_thread(find_checkout)
        group = await self._store.read(faults.group_by_fingerprint, fingerprint=fingerprint)
        return await self._store.write(patches.ask_patch, fingerprint=group.fingerprint, who=self.actor.alias)

    async def apply_patch(self, patch: Patch) -> Patch:
        """Put a proposed patch in place; it counts from the next start, and is taken back if its fault returns."""
        self._require_owner("change labelmate's own code")
        return await apply_patch(self._store, patch.id, who=self.actor.alias)

    async def revert_patch(self, patch: Patch) -> Patch:
        """Put the former code back, byte for byte."""
        self._require_owner("change labelmate's own code")
        return await revert_patch(self._store, patch.id, who=self.actor.alias)

    async def discard_patch(self, patch: Patch) -> Patch:
        """Not this patch."""
        self._require_owner("judge patches of labelmate's own code")
        return await self._store.write(patches.discard_patch, fix_id=patch.id, who=self.actor.alias)

    async def invite(self, alias: str, role: Role) -> LinkCode:
        """A one-time code with which somebody joins from Telegram; nothing but its hash is kept."""
        self._require_owner("invite people")
        code = people.new_code()
        invited = await self._store.write(
            people.invite, alias=alias, role=role, who=self.actor.alias, code_sha256=people.hash_code(code)
        )
        return LinkCode(code=code, **invited.model_dump())

    async def _decide(
        self,
        asked: Approval,
        outcome: Literal[Outcome.APPROVED, Outcome.REJECTED],
        take: int,
        reason: str,
        edits: SongEdits | None,
    ) -> Approval:
        return await self._store.write(
            approvals.decide,
            approval_id=asked.id,
            outcome=outcome,
            decided_by=DeciderKind.PERSON,
            who=self.actor.alias,
            surface=self.actor.surface,
            take=take,
            reason=reason,
            undo_s=(await self._label.live.now()).undo_s,
            preview_sha256=asked.preview_sha256,
            edits=edits,
            words_sha256=asked.words_sha256 if outcome is Outcome.APPROVED else None,
        )

    def _studio(self) -> StudioConfig:
        return StudioConfig.of(self._label.settings)

    def _require_owner(self, what: str) -> None:
        if self.actor.role is not Role.OWNER:
            raise NotAllowedError(f"Only the owner may {what}; {self.actor.alias} is a reviewer")


def _require_platform(kind: PieceKind, platform: str) -> None:
    if kind is PieceKind.SONG:
        if platform:
            raise UsageError("A song has no platform: its teasers and posts have")
    elif not platform:
        raise UsageError(f"Say which platform the {kind} is for")
    else:
        require_platforms((platform,))
