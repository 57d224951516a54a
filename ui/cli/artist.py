"""`labelmate artist …`: the roster."""

import secrets
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Group
from rich.text import Text

from agents.transitions import Trigger
from runtime.label import Label
from storage import queries
from storage.errors import UsageError
from storage.roster_files import read_roster
from storage.types import Artist, AutopilotPolicy, Cadence, LifecycleState, PersonaWish
from ui.cli import changes
from ui.cli.options import ArtistName, Json, Limit, Who, at_desk, person
from ui.cli.output import Facts, show, show_rows
from ui.cli.session import find_artist, with_label
from ui.wording import moment, usd

app = typer.Typer(
    no_args_is_help=True,
    help="The roster: list, show, create, edit, import, accept, searched, changes, rollback, pause, resume, evolve, retire, autopilot, voice, avatar.",
)
for command in (changes.changes, changes.rollback):
    app.command()(command)
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the change.")]
POLICY = AutopilotPolicy()
GIVEN = "given by a person: as they have cleared it"


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


@app.command("list")
def list_artists(*, limit: Limit = 100, as_json: Json = False) -> None:
    """Show every artist with what became of its songs."""
    rows = with_label(lambda label: label.store.read(queries.roster, limit=limit))
    show_rows(
        "artists",
        rows,
        {
            "artist": lambda row: row.slug,
            "genre": lambda row: row.genre,
            "state": lambda row: f"{row.state} ({row.pause_reason})" if row.pause_reason else row.state,
            "songs": lambda row: str(row.songs),
            "approved": lambda row: str(row.approved),
            "rejected": lambda row: str(row.rejected),
            "making": lambda row: str(row.in_the_making),
            "spent": lambda row: usd(row.spent_usd),
            "last run": lambda row: moment(row.last_run_at),
        },
        as_json=as_json,
        empty="There is no artist yet; `labelmate artist create` makes one.",
    )


@app.command("show")
def show_artist(name: ArtistName, *, as_json: Json = False) -> None:
    """Show one artist whole: persona, look, genes, notes."""
    artist = with_label(lambda label: find_artist(label, name))
    show(artist, as_json=as_json, drawn=_drawn(artist))


Themes = Annotated[list[str] | None, typer.Option("--theme", help="What it sings about; repeat for more.")]
Moods = Annotated[list[str] | None, typer.Option("--mood", help="How it feels; repeat for more.")]
Platforms = Annotated[
    list[str] | None, typer.Option("--platform", help="Of configs/posts.yaml; repeat for more.")
]
Calls = Annotated[list[str] | None, typer.Option("--cta", help="What its posts ask for; repeat for more.")]
Pins = Annotated[
    list[str] | None,
    typer.Option("--pin", help="A gene, sound or style_notes that never changes by itself; repeat for more."),
]
Tagline = Annotated[str | None, typer.Option(help="One sentence.")]
Backstory = Annotated[
    str | None, typer.Option(help="It says of itself that it is a virtual artist, made with AI.")
]
Audience = Annotated[str | None, typer.Option(help="Whom it is for.")]
DaysPerSong = Annotated[int | None, typer.Option(min=1, max=365, help="Days from song to song.")]
Teasers = Annotated[int | None, typer.Option(min=0, max=7, help="Teasers for each song.")]
PostsPerWeek = Annotated[int | None, typer.Option(min=0, max=7, help="Other posts a week.")]
Adaptability = Annotated[
    float | None, typer.Option("--trends", min=0, max=1, help="How far it follows trends; 0: not at all.")
]


@app.command()
def create(
    *,
    genre: Annotated[
        str | None, typer.Option(help="A genre of configs/genres.yaml; without it, the seed picks.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**63 - 1, help="The same seed, roster and trends make the same artist."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Its name; without it, one is invented.")] = None,
    language: Annotated[str | None, typer.Option(help="Of its lyrics, such as en or pt-BR.")] = None,
    tagline: Tagline = None,
    backstory: Backstory = None,
    audience: Audience = None,
    theme: Themes = None,
    mood: Moods = None,
    platform: Platforms = None,
    cta: Calls = None,
    days_per_song: DaysPerSong = None,
    teasers: Teasers = None,
    posts_per_week: PostsPerWeek = None,
    trends: Adaptability = None,
    pin: Pins = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Invent an artist unlike those on the roster, as a candidate, around whatever you fix."""
    chosen = secrets.randbelow(2**31) if seed is None else seed
    wish = wish_of(
        name=name,
        language=language,
        tagline=tagline,
        backstory=backstory,
        audience=audience,
        themes=theme,
        moods=mood,
        platforms=platform,
        calls_to_action=cta,
        cadence=_cadence(Cadence(), days_per_song, teasers, posts_per_week),
        trend_adaptability=trends,
        pinned=pin,
    )
    artist = with_label(
        lambda label: label.create_artist(seed=chosen, genre=genre, who=person(who), wish=wish)
    )
    show(artist, as_json=as_json, drawn=_drawn(artist))


@app.command()
def edit(
    name: ArtistName,
    *,
    tagline: Tagline = None,
    backstory: Backstory = None,
    lyrical_voice: Annotated[
        str | None, typer.Option(help="Who speaks in its words, to whom, in what tone.")
    ] = None,
    audience: Audience = None,
    theme: Themes = None,
    mood: Moods = None,
    platform: Platforms = None,
    cta: Calls = None,
    days_per_song: DaysPerSong = None,
    teasers: Teasers = None,
    posts_per_week: PostsPerWeek = None,
    trends: Adaptability = None,
    pin: Pins = None,
    unpin: Annotated[bool, typer.Option("--unpin", help="Let everything change again.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Change what may change of an artist; name, language, voice and look stay. Lists are replaced whole."""

    async def change(label: Label) -> Artist:
        artist = await find_artist(label, name)
        wish = wish_of(
            tagline=tagline,
            backstory=backstory,
            lyrical_voice=lyrical_voice,
            audience=audience,
            themes=theme,
            moods=mood,
            platforms=platform,
            calls_to_action=cta,
            cadence=_cadence(artist.persona.cadence, days_per_song, teasers, posts_per_week),
            trend_adaptability=trends,
            pinned=[] if unpin else pin,
        )
        if not wish.given():
            raise UsageError("Say what to change; `labelmate artist edit --help` lists it")
        desk = at_desk(label, who)
        edited = await desk.artists.edit(artist, wish)
        if wish.cadence or wish.platforms or wish.calls_to_action:
            await desk.plan.redraw(edited)
        return edited

    artist = with_label(change)
    show(artist, as_json=as_json, drawn=_drawn(artist))


@app.command("import")
def import_roster(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A roster.yaml, or the original's artists.db.")
    ],
    *,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A name of the file; repeat for more.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="For what the file leaves open.")] = 1,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Bring artists from a file, as candidates; what it leaves open is invented. Again, it goes on where it stopped."""
    entries = read_roster(file)
    if only:
        names = {name.lower() for name in only}
        entries = tuple(entry for entry in entries if (entry.wish.name or "").lower() in names)
        if len(entries) < len(names):
            raise UsageError(f"{file} does not have all of {', '.join(only)}")

    async def bring(label: Label) -> list[Artist]:
        return await at_desk(label, who).artists.bring_in(entries, seed=seed)

    show_rows(
        "artists",
        with_label(bring),
        {
            "artist": lambda artist: artist.slug,
            "name": lambda artist: artist.persona.name,
            "genre": lambda artist: artist.persona.genre,
            "tagline": lambda artist: artist.persona.tagline,
        },
        as_json=as_json,
        empty="Nobody was brought.",
    )


@app.command()
def searched(
    name: ArtistName,
    *,
    found: Annotated[
        str | None, typer.Option("--found", help="Where you searched, and what you found.")
    ] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Nobody searched after all; not once something came out.")
    ] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Record your own search for others of this name; until then no release of the artist is ready to be published."""
    if (found is None) is not take_back:
        raise UsageError("Say --found with what you found, or --take-back")

    async def record(label: Label) -> Artist:
        artists, artist = at_desk(label, who).artists, await find_artist(label, name)
        if found is None:
            return await artists.take_back_name_search(artist)
        return await artists.record_name_search(artist, found)

    artist = with_label(record)
    told = (
        "no search is on record any more, and its releases wait"
        if found is None
        else "your search is on record, and its releases may go out"
    )
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {told}")


def wish_of(**given: object) -> PersonaWish:
    """What a person fixes, checked. Raises UsageError in one line."""
    fixed = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    try:
        return PersonaWish.model_validate(fixed)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{str(first['loc'][0]).replace('_', ' ')}: {first['msg']}") from None


def _cadence(present: Cadence, days: int | None, teasers: int | None, posts: int | None) -> Cadence | None:
    changes = {"days_per_song": days, "teasers_per_song": teasers, "posts_per_week": posts}
    given = {name: value for name, value in changes.items() if value is not None}
    return present.model_copy(update=given) if given else None


@app.command()
def accept(name: ArtistName, *, who: Who = None, as_json: Json = False) -> None:
    """Take a new artist on: from now on the label follows its content plan. To ask it for a song does so too."""

    async def take_on(label: Label) -> Artist:
        return await at_desk(label, who).artists.accept(await find_artist(label, name))

    artist = with_label(take_on)
    drawn = f"{artist.persona.name} is taken on; `labelmate plan show {artist.slug}` tells what it makes when"
    show(artist, as_json=as_json, drawn=drawn)


@app.command()
def pause(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let an artist make nothing; a song under way stops at its next step."""
    _change(name, Trigger.PAUSE, reason, who, as_json=as_json)


@app.command()
def resume(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let a paused artist work again."""
    _change(name, Trigger.RESUME, reason, who, as_json=as_json)


@app.command()
def evolve(
    name: ArtistName, *, reason: Reason = "by a person", who: Who = None, as_json: Json = False
) -> None:
    """Let an artist try itself anew: its next songs are compared with those before."""
    _change(name, Trigger.EVOLVE, reason, who, as_json=as_json)


@app.command()
def autopilot(
    name: ArtistName,
    switch: Annotated[Switch, typer.Argument(help="on or off.")],
    *,
    min_score: Annotated[
        float, typer.Option(min=0, max=1, help="Critic's score from which it approves.")
    ] = POLICY.min_score,
    per_week: Annotated[
        int, typer.Option(min=0, help="Songs of this artist it may approve in seven days.")
    ] = POLICY.releases_per_week,
    stop_after_rejections: Annotated[
        int, typer.Option(min=1, help="Rejections by people after which it switches itself off.")
    ] = POLICY.stop_after_rejections,
    stop_after_errors: Annotated[
        int, typer.Option(min=1, help="Failed songs after which it switches itself off.")
    ] = POLICY.stop_after_errors,
    stop_at_usd: Annotated[
        float, typer.Option(min=0, help="US dollars spent at which it switches itself off; 0: never.")
    ] = float(POLICY.stop_at_usd),
    reason: Reason = "by a person",
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Let an artist's good songs be approved without you, within limits; off for everybody at first."""
    policy = AutopilotPolicy(
        min_score=min_score,
        releases_per_week=per_week,
        stop_after_rejections=stop_after_rejections,
        stop_after_errors=stop_after_errors,
        stop_at_usd=Decimal(str(stop_at_usd)),
    )

    async def throw(label: Label) -> Artist:
        artist = await find_artist(label, name)
        wanted = policy if switch is Switch.ON else None
        return await at_desk(label, who).artists.set_autopilot(artist.id, wanted, reason=reason)

    artist = with_label(throw)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {autopilot_line(artist)}")


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    ANY = "any"


@app.command()
def voice(
    name: ArtistName,
    *,
    gender: Annotated[Gender | None, typer.Option(help="Who sings; any leaves it to the vendor.")] = None,
    timbre: Annotated[str | None, typer.Option(help="How, such as breathy or warm baritone.")] = None,
    persona: Annotated[
        list[str] | None,
        typer.Option(
            "--persona",
            metavar="VENDOR=ID",
            help="A vendor's own id of this voice, such as suno=…; no id takes it away.",
        ),
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Show or change the voice that is asked of those who sing; the embedded engine sings nothing."""
    changes: dict[str, object] = {}
    if gender is not None:
        changes["gender"] = "" if gender is Gender.ANY else gender.value
    if timbre is not None:
        changes["timbre"] = " ".join(timbre.split())[:60]

    async def speak(label: Label) -> Artist:
        artist = await find_artist(label, name)
        known = dict(artist.persona.vocal.vendor_personas)
        for pair in persona or ():
            vendor, is_pair, id_ = pair.partition("=")
            if not is_pair or not vendor.strip():
                raise UsageError(f"--persona {pair!r}: give VENDOR=ID, such as suno=0a1b2c")
            known[vendor.strip()] = id_.strip()
        if not changes and not persona:
            return artist
        vocal = artist.persona.vocal.model_copy(
            update={**changes, "vendor_personas": {vendor: id_ for vendor, id_ in known.items() if id_}}
        )
        return await at_desk(label, who).artists.set_voice(artist, vocal)

    artist = with_label(speak)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name}: {voice_line(artist)}")


@app.command()
def avatar(
    name: ArtistName,
    file: Annotated[
        Path | None,
        typer.Argument(dir_okay=False, help="A JPEG, PNG or WebP; without it, one is drawn from the look."),
    ] = None,
    *,
    licence: Annotated[str, typer.Option(help="Whose picture it is, and why you may show it.")] = GIVEN,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Show an artist by a picture of your own, or by the one that its look gives."""

    async def change(label: Label) -> Artist:
        artist = await find_artist(label, name)
        return await at_desk(label, who).artists.set_avatar(
            artist, file, licence=" ".join(licence.split())[:200]
        )

    artist = with_label(change)
    told = "is shown by your picture" if file else "has an avatar and a logo drawn from its look"
    show(artist, as_json=as_json, drawn=f"{artist.persona.name} {told}")


@app.command()
def retire(
    name: ArtistName,
    *,
    reason: Reason = "by a person",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """End an artist's career for ever; what it made stays."""
    if not yes:
        typer.confirm(f"Retire {name} for ever?", abort=True, err=True)
    _change(name, Trigger.RETIRE, reason, who, as_json=as_json)


def _change(name: str, trigger: Trigger, reason: str, who: str | None, *, as_json: bool) -> None:
    async def change(label: Label) -> Artist:
        return await at_desk(label, who).artists.move(await find_artist(label, name), trigger, reason=reason)

    artist = with_label(change)
    show(artist, as_json=as_json, drawn=f"{artist.persona.name} is {artist.state}")


def sound_line(artist: Artist) -> str | None:
    """Who plays the artist's songs."""
    sound = artist.persona.sound
    if sound is None:
        return None
    return ", ".join(f"{part} {name.replace('_', ' ')}" for part, name in sound.instruments.items())


def voice_line(artist: Artist) -> str:
    """The artist's voice in a few words."""
    vocal = artist.persona.vocal
    ids = [f"{vendor} {id_}" for vendor, id_ in vocal.vendor_personas.items()]
    words = [vocal.gender or "any", vocal.timbre, artist.persona.language, *ids]
    return ", ".join(word for word in words if word)


def accept_line(artist: Artist) -> str | None:
    """What a new artist waits for."""
    if artist.accepted_at is not None:
        return None
    return f"`labelmate artist accept {artist.slug}`: until then it makes nothing by itself"


def searched_line(artist: Artist) -> str:
    """Whether somebody looked for others of the name."""
    search = artist.persona.name_search
    if search is None:
        return f"not yet: `labelmate artist searched {artist.slug} --found …` before its first release"
    return f"{search.by}, {moment(search.at)}: {search.found}"


def cadence_line(artist: Artist) -> str:
    """How often it makes and posts."""
    wanted = artist.persona.cadence
    return (
        f"a song every {wanted.days_per_song} days, {wanted.teasers_per_song} teasers each, "
        f"{wanted.posts_per_week} posts a week"
    )


def autopilot_line(artist: Artist) -> str:
    """What the autopilot may do, in one line."""
    policy = artist.autopilot_policy
    if policy is None:
        return "autopilot off: people decide"
    return (
        f"autopilot on: approves from a score of {policy.min_score:.2f}, {policy.releases_per_week} a week; "
        f"off after {policy.stop_after_rejections} rejections, {policy.stop_after_errors} failures "
        f"or {policy.stop_at_usd} USD"
    )


def _drawn(artist: Artist) -> Group:
    persona = artist.persona
    paused = artist.state is LifecycleState.PAUSED
    return Group(
        Facts(
            {
                "name": f"{persona.name} ({artist.slug}, {artist.id})",
                "state": f"{artist.state}, version {artist.version}",
                "waits for you": accept_line(artist),
                "autopilot": autopilot_line(artist),
                "paused": f"{moment(artist.paused_at)}: {artist.pause_reason}" if paused else None,
                "genre": ", ".join((persona.genre, *persona.secondary_genres)),
                "tagline": persona.tagline,
                "voice": persona.lyrical_voice,
                "themes": ", ".join(persona.themes),
                "moods": ", ".join(persona.moods),
                "audience": persona.audience,
                "heard on": ", ".join(persona.platforms),
                "asks for": " / ".join(persona.calls_to_action),
                "cadence": cadence_line(artist),
                "follows trends": f"{persona.trend_adaptability:.0%}",
                "leanings": "\n".join(persona.leanings) or None,
                "pinned": ", ".join(persona.pinned) or None,
                "name searched": searched_line(artist),
                "influences": ", ".join(persona.influences),
                "look": f"{persona.visual.palette}; {persona.visual.display_font}; {', '.join(persona.visual.scenes)}",
                "genes": ", ".join(f"{name} {value:+.2f}" for name, value in artist.genes),
                "sound": sound_line(artist),
                "notes": artist.style_notes or None,
                "made by": persona.source,
                "since": moment(artist.created_at),
            }
        ),
        "",
        Text(persona.backstory),
    )
