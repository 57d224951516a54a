"""Artists by command and by button: look, run, pause, resume, autopilot, evolve, retire."""

from telegram import InlineKeyboardButton, Update
from telegram.ext import ContextTypes

from agents.planning.wishes import THEME_MAX
from agents.transitions import Trigger
from configs.settings import Settings
from storage import chats, queries
from storage.artists import artist_by_id, artist_by_name
from storage.errors import ConflictError, NotFoundError, UsageError
from storage.types import Artist, ArtistId, AutopilotPolicy, LifecycleState
from ui.telegram.answers import answer_press, reply
from ui.telegram.buttons import Press, Rows, button, read_press, version_seen
from ui.telegram.markup import bold, clip, italic, paragraphs, plain
from ui.telegram.office import Office
from ui.wishes import wish

ROSTER_MAX = 20
NOBODY = "nobody else goes by this name (said in Telegram)"
SURE = {"retire": Trigger.RETIRE, "evolve": Trigger.EVOLVE}
"""What is asked about once more."""
FOR_EVER = {
    "retire": "for ever; what was made stays",
    "evolve": "its next songs are compared with those before",
}


class Artists:
    """The roster in a chat."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._store = office.store

    async def artist(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One artist, or all of them."""
        if context.args:
            await self._show(update, await self._named(context))
            return
        rows = await self._store.read(queries.roster, limit=ROSTER_MAX)
        if not rows:
            await reply(update, "There is no artist yet.")
            return
        lines = [
            f"{bold(row.name)}: {row.state}, {row.approved} approved, {row.rejected} rejected"
            f"{', autopilot' if row.autopilot else ''}"
            for row in rows
        ]
        await reply(update, paragraphs(lines), [[button(clip(row.name, 40), row.id, "show")] for row in rows])

    async def run(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask for a song; of an update that comes twice, one is enough."""
        artist, theme = await self._named_with_rest(context)
        if await self._store.write(chats.claim_once, key=f"update/{update.update_id}"):
            await reply(update, await self._ask_song(update, artist, theme))

    async def pause(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._move(update, await self._named(context), Trigger.PAUSE)

    async def resume(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._move(update, await self._named(context), Trigger.RESUME)

    async def autopilot(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """On or off; without either, how it stands."""
        words = list(context.args or [])
        switch = words.pop().lower() if words and words[-1].lower() in ("on", "off") else None
        artist = await self._find(" ".join(words))
        if switch is not None:
            artist = await self._switch(update, artist, is_on=switch == "on")
        await reply(update, _pilot(artist), _rows(artist))

    async def press(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """A button under an artist."""
        query = update.callback_query
        press = read_press(query.data or "") if query is not None else None
        if query is None or query.message is None or press is None:
            raise NotFoundError("This button is none of mine; /artist shows them")
        artist = await self._store.read(artist_by_id, artist_id=ArtistId(press.id))
        line = await self._do(update, press, artist, f"{query.message.chat.id}/{query.message.message_id}")
        await answer_press(query, line)

    async def _do(self, update: Update, press: Press, artist: Artist, place: str) -> str:
        match press.verb, press.argument:
            case "show", None:
                await self._show(update, artist)
            case "run", None:
                if not await self._store.write(chats.claim_once, key=f"press/{place}/run"):
                    raise ConflictError("That song is asked for already; /artist shows new buttons")
                await reply(update, await self._ask_song(update, artist, None))
            case ("pause" | "resume") as verb, None:
                await self._move(update, artist, Trigger(verb))
            case "pilot", ("on" | "off") as switch:
                await reply(update, _pilot(await self._switch(update, artist, is_on=switch == "on")))
            case "accept", None:
                taken = await (await self._office.desk(update)).artists.accept(artist)
                await reply(update, f"{bold(taken.persona.name)} is taken on.", _rows(taken))
            case "searched", None:
                name = clip(artist.persona.name, 40)
                seen = version_seen(artist)
                sure = [[button("Yes, and nobody does", artist.id, "searched", "nobody", seen=seen)]]
                await reply(
                    update,
                    f"Did you look whether somebody else goes by the name {bold(name)}? If somebody does, retire the "
                    "artist; what else you found goes on record with <code>labelmate artist searched</code>.",
                    sure,
                )
            case "searched", "nobody":
                _require_seen(press, artist)
                known = await (await self._office.desk(update)).artists.record_name_search(artist, NOBODY)
                await reply(update, f"On record: {bold(known.persona.name)} may be released.", _rows(known))
            case ("retire" | "evolve") as verb, None:
                yes = f"Yes, {verb} {clip(artist.persona.name, 30)}"
                sure = [[button(yes, artist.id, verb, "yes", seen=version_seen(artist))]]
                await reply(
                    update, f"{verb.capitalize()} {bold(artist.persona.name)}? ({FOR_EVER[verb]})", sure
                )
            case ("retire" | "evolve") as verb, "yes":
                _require_seen(press, artist)
                await self._move(update, artist, SURE[verb])
            case _:
                raise NotFoundError("This button is none of mine; /artist shows them")
        return ""

    async def _ask_song(self, update: Update, artist: Artist, theme: str | None) -> str:
        desk = await self._office.desk(update)
        settings: Settings = await self._office.label.live.now()
        wanted = wish(
            theme=clip(theme, THEME_MAX) if theme else None,
            formats=settings.video_aspects,
        )
        await desk.cycles.ask_song(artist.id, wanted)
        return f"{bold(artist.persona.name)} makes a song as soon as a place is free."

    async def _move(self, update: Update, artist: Artist, trigger: Trigger) -> None:
        desk = await self._office.desk(update)
        moved = await desk.artists.move(artist, trigger, reason=f"by {desk.actor.alias} in Telegram")
        await reply(update, f"{bold(moved.persona.name)} is {moved.state}.", _rows(moved))

    async def _switch(self, update: Update, artist: Artist, *, is_on: bool) -> Artist:
        desk = await self._office.desk(update)
        policy = AutopilotPolicy() if is_on else None
        return await desk.artists.set_autopilot(
            artist.id, policy, reason=f"by {desk.actor.alias} in Telegram"
        )

    async def _show(self, update: Update, artist: Artist) -> None:
        persona = artist.persona
        paused = f" ({artist.pause_reason})" if artist.pause_reason else ""
        lines = [
            f"{bold(persona.name)}, {plain(persona.genre)}: {artist.state}{plain(paused)}, version {artist.version}",
            italic(clip(persona.tagline, 200)),
            _pilot(artist),
            *_waits(artist),
        ]
        await reply(update, paragraphs(lines), _rows(artist))

    async def _named(self, context: ContextTypes.DEFAULT_TYPE) -> Artist:
        return await self._find(" ".join(context.args or []))

    async def _named_with_rest(self, context: ContextTypes.DEFAULT_TYPE) -> tuple[Artist, str | None]:
        """The artist that the first words name, the longest name first, and the words after it."""
        words = list(context.args or [])
        for end in range(len(words), 0, -1):
            try:
                return await self._find(" ".join(words[:end])), " ".join(words[end:]) or None
            except NotFoundError:
                if end == 1:
                    raise
        return await self._find(""), None

    async def _find(self, name: str) -> Artist:
        if not name:
            raise UsageError("Name an artist; /artist shows them")
        return await self._store.read(artist_by_name, name=name)


def _require_seen(press: Press, artist: Artist) -> None:
    """A question is answered about the artist that it was asked of. Raises ConflictError for a later version."""
    if press.seen != version_seen(artist):
        raise ConflictError(
            f"{artist.persona.name} has changed since this was asked: look at it with /artist, then decide"
        )


def _rows(artist: Artist) -> Rows:
    """What can be done to an artist as it is."""
    if artist.state is LifecycleState.RETIRED:
        return []
    is_paused = artist.state is LifecycleState.PAUSED
    first: list[InlineKeyboardButton] = [] if is_paused else [button("🎵 Make a song", artist.id, "run")]
    first.append(
        button("▶️ Resume", artist.id, "resume") if is_paused else button("⏸ Pause", artist.id, "pause")
    )
    pilot = (
        button("🧭 Autopilot off", artist.id, "pilot", "off")
        if artist.autopilot
        else button("🧭 Autopilot on", artist.id, "pilot", "on")
    )
    return [
        *_asked(artist),
        first,
        [pilot],
        [button("🌱 Evolve…", artist.id, "evolve"), button("🪦 Retire…", artist.id, "retire")],
    ]


def _asked(artist: Artist) -> Rows:
    """What only a person can say of a new artist."""
    asked = [button("👋 Take it on", artist.id, "accept")] if artist.accepted_at is None else []
    if artist.persona.name_search is None:
        asked.append(button("🔎 I searched its name…", artist.id, "searched"))
    return [asked] if asked else []


def _waits(artist: Artist) -> list[str]:
    told = [] if artist.accepted_at else ["It makes nothing by itself until the owner takes it on."]
    if artist.persona.name_search is None:
        told.append(
            "Nobody has looked yet whether somebody else goes by its name: its first release waits for that."
        )
    return told


def _pilot(artist: Artist) -> str:
    policy = artist.autopilot_policy
    if policy is None:
        return f"Autopilot of {bold(artist.persona.name)} is off: people decide."
    return (
        f"Autopilot of {bold(artist.persona.name)} is on: it approves from a score of {policy.min_score:.2f}, "
        f"{policy.releases_per_week} a week; off after {policy.stop_after_rejections} rejections, "
        f"{policy.stop_after_errors} failures or {policy.stop_at_usd} USD."
    )
