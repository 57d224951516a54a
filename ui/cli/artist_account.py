"""An artist as a terminal tells it: whole, or one thing of it in a line."""

from rich.console import Group
from rich.text import Text

from storage.types import Artist, LifecycleState
from ui.cli.output import Facts
from ui.wording import moment


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


def account(artist: Artist) -> Group:
    """All of an artist, for a terminal."""
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
