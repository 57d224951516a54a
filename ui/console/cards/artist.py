"""One artist: who it is, what it made last, what it cost, what it may do."""

from collections.abc import Sequence
from datetime import datetime

from storage.autopilot import FlightRow
from storage.histories import ArtistMoney
from storage.queries import CycleLine
from storage.types import Artist, Event, LifecycleState
from ui.console import plots
from ui.console.cards.media import player, video
from ui.console.cards.roster import avatar
from ui.console.markup import Markup, ago, chip, el, empty, facts, media, page_link, section, text
from ui.wording import moment, usd

NAME_SEARCH = el(
    "p",
    "Search shops, streaming services and the web for others of this name. No list that labelmate has can do that; "
    "until somebody says what was found, no release of the artist is ready to be published.",
    cls="lm-quiet",
)

NAME_SEARCH_KEPT = el(
    "p",
    "The persona below says who searched and what was found. Until something has come out under the name this can be "
    "taken back: its releases then wait for another search.",
    cls="lm-quiet",
)


def portrait(artist: Artist, latest: dict[str, str], money: ArtistMoney, now: datetime) -> Markup:
    """Name, sign, state and what it cost."""
    persona = artist.persona
    each = money.per_approved_usd
    paused = artist.state is LifecycleState.PAUSED
    return el(
        "div",
        avatar(persona.name, persona.avatar_sha256 or latest.get("thumbnail"), persona.visual.palette),
        el(
            "div",
            el("h1", persona.name),
            el("p", persona.tagline, cls="lm-tagline"),
            el(
                "p",
                chip(artist.state),
                artist.autopilot and chip("autopilot", "auto"),
                [chip(genre, "plain") for genre in (persona.genre, *persona.secondary_genres)],
                el("span", f"version {artist.version}", cls="lm-quiet"),
                cls="lm-chips",
            ),
            paused
            and el(
                "p",
                "Paused ",
                ago(artist.paused_at, now),
                f": {artist.pause_reason or 'no reason given'}",
                cls="lm-note",
            ),
        ),
        el(
            "dl",
            el("dt", "spent per approved song"),
            el("dd", "–" if each is None else usd(each)),
            el("dt", "approved"),
            el("dd", money.approved),
            el("dt", "spent"),
            el("dd", usd(money.spent_usd)),
            cls="lm-sums",
        ),
        cls="lm-portrait",
    )


def latest_work(artist: Artist, latest: dict[str, str], peaks: Sequence[float]) -> Markup:
    """The newest cover, recording and video."""
    if not latest:
        return section("Latest work", empty(f"{artist.persona.name} has not made anything yet."))
    film = media(latest.get("video")) or media(latest.get("preview"))
    picture = media(latest.get("cover"))
    return section(
        "Latest work",
        el(
            "div",
            el("img", src=picture, alt="Latest cover", loading="lazy") if picture else None,
            el(
                "div",
                video(film, None, told="Latest video"),
                player(latest.get("mp3"), peaks, name="Latest recording") if latest.get("mp3") else None,
            ),
            cls="lm-latest",
        ),
    )


def persona_card(artist: Artist) -> Markup:
    """Who this is; it never changes."""
    persona = artist.persona
    logo = media(persona.logo_sha256)
    return section(
        "Persona",
        el("img", src=logo, alt=f"Logo of {persona.name}", loading="lazy", cls="lm-logo") if logo else None,
        el("p", persona.backstory, cls="lm-story"),
        facts(
            (
                ("writes", persona.lyrical_voice),
                (
                    "plays",
                    ", ".join(persona.sound.instruments.values()).replace("_", " ") if persona.sound else "",
                ),
                ("sings", f"{persona.vocal.gender or 'any'} {persona.vocal.timbre}".strip()),
                ("themes", ", ".join(persona.themes)),
                ("moods", ", ".join(persona.moods)),
                ("audience", persona.audience),
                ("leanings", "; ".join(persona.leanings)),
                ("influences", ", ".join(persona.influences)),
                ("look", f"{persona.visual.palette}, {persona.visual.display_font}".replace("_", " ")),
                (
                    "name searched",
                    persona.name_search
                    and f"{persona.name_search.by}, {moment(persona.name_search.at)}: {persona.name_search.found}",
                ),
                ("made by", persona.source),
                ("since", moment(artist.created_at)),
            )
        ),
    )


def songs(lines: Sequence[CycleLine], scores: Sequence[float], now: datetime) -> Markup:
    """Its latest songs."""
    rows = [
        el(
            "li",
            el(
                "a",
                line.title or line.cycle.request.title or "untitled yet",
                href=page_link("cycles", cycle=line.cycle.id),
            ),
            el(
                "span",
                chip(line.cycle.outcome or line.cycle.state),
                " ",
                ago(line.cycle.created_at, now),
                cls="lm-quiet",
            ),
        )
        for line in lines
    ]
    return section(
        "Songs",
        el("ul", rows, cls="lm-rows") if rows else empty("None yet."),
        aside=text("critic's scores ", plots.spark(scores, told="critic's scores, the latest at the right"))
        if len(scores) > 1
        else None,
    )


def autopilot_card(artist: Artist, flight: FlightRow, throws: Sequence[Event], now: datetime) -> Markup:
    """What the autopilot may do, what it has done, and who switched it."""
    policy = artist.autopilot_policy
    if policy is None:
        state = el("p", "Off: people decide on every song.")
    else:
        state = el(
            "p",
            f"On since {moment(artist.autopilot_since)}: approves from a score of {policy.min_score:.2f}. "
            f"{flight.approvals_week} of {policy.releases_per_week} approved in seven days, "
            f"{flight.rejections} of {policy.stop_after_rejections} rejections, "
            f"{flight.errors} of {policy.stop_after_errors} failures, "
            f"{flight.spent_usd} of {policy.stop_at_usd} USD.",
        )
    rows = [
        el(
            "li",
            el("b", "on" if throw.body.get("is_on") else "off"),
            el(
                "span",
                f"{throw.body.get('who')}, {throw.body.get('surface')}: {throw.body.get('reason') or 'no reason given'} ",
                ago(throw.at, now),
                cls="lm-quiet",
            ),
        )
        for throw in throws
    ]
    return text(state, el("ul", rows, cls="lm-rows") if rows else None)


def question(asked: str, consequence: str) -> Markup:
    """What is about to happen, before it does."""
    return el("div", el("h3", asked), el("p", consequence, cls="lm-quiet"))
