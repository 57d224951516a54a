"""An artist's past: its moves through life with their evidence, and what changed from version to version."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from storage.histories import ArtistVersion, LifecycleChange
from storage.types import Persona
from ui.console.markup import Markup, ago, chip, el, empty, section, text

GENE_RANGE = {"tempo_bias": (-1.0, 1.0)}


def lifecycle(changes: Sequence[LifecycleChange], now: datetime) -> Markup:
    """Moves, the latest first, each with the numbers it was decided on."""
    rows = [
        el(
            "li",
            el(
                "div",
                chip(change.before),
                " → ",
                chip(change.after),
                el("b", change.trigger.replace("_", " ")),
            ),
            el("p", change.reason) if change.reason else None,
            el("p", evidence(change.evidence), cls="lm-quiet") if change.evidence else None,
            change.bound is not None and el("p", f"bound {change.bound:.3f}", cls="lm-quiet"),
            el("small", change.who, " ", ago(change.at, now)),
        )
        for change in changes
    ]
    return section("Life so far", el("ol", rows, cls="lm-life") if rows else empty("It has not moved yet."))


def versions(history: Sequence[ArtistVersion], now: datetime) -> Markup:
    """What each version changed, the latest first."""
    pairs = zip(history, [*history[1:], None], strict=True)
    rows = [
        el(
            "li",
            el(
                "div",
                el("b", f"version {after.version}"),
                " ",
                chip(after.trigger, "plain"),
                " ",
                el("small", after.who, " ", ago(after.at, now)),
            ),
            difference(before, after) if before else el("p", "As it was created.", cls="lm-quiet"),
        )
        for after, before in pairs
    ]
    return section("Versions", el("ol", rows, cls="lm-life") if rows else empty("None."))


def difference(before: ArtistVersion, after: ArtistVersion) -> Markup:
    """Genes that moved, and notes that came and went."""
    genes = [_gene(name, old, new) for name, old, new in moved_genes(before, after)]
    gone, came = moved_notes(before.style_notes, after.style_notes)
    notes = [el("del", note) for note in gone] + [el("ins", note) for note in came]
    notes += _personas(before, after)
    if not genes and not notes:
        return el("p", "Nothing that can be seen.", cls="lm-quiet")
    return el(
        "div",
        el("ul", genes, cls="lm-genes") if genes else None,
        el("div", notes, cls="lm-diff") if notes else None,
    )


def _personas(before: ArtistVersion, after: ArtistVersion) -> list[Markup]:
    """What went and came of what a person may change, and of voice and sound."""
    lines = [[*_told(version.persona), *_voice_and_sound(version)] for version in (before, after)]
    gone = [el("del", line) for line in lines[0] if line not in lines[1]]
    return gone + [el("ins", line) for line in lines[1] if line not in lines[0]]


def _told(persona: Persona) -> list[str]:
    """A persona by lines, one for each part that may change."""
    cadence, search = persona.cadence, persona.name_search
    lines = [
        f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, tuple) else value}"
        for name in (
            "tagline",
            "lyrical_voice",
            "audience",
            "themes",
            "moods",
            "influences",
            "platforms",
            "pinned",
        )
        if (value := getattr(persona, name))
    ]
    lines += [f"says: {call}" for call in persona.calls_to_action]
    lines += [f"tells: {part}" for part in persona.backstory.split("\n\n")]
    lines.append(
        f"a song every {cadence.days_per_song} days, {cadence.teasers_per_song} teasers each, "
        f"{cadence.posts_per_week} posts a week"
    )
    lines.append(f"follows trends: {persona.trend_adaptability:.0%}")
    if search is not None:
        lines.append(f"name searched: {search.found}")
    if persona.avatar_sha256:
        lines.append(f"picture {persona.avatar_sha256[:8]}")
    return lines


def _voice_and_sound(version: ArtistVersion) -> list[str]:
    vocal, sound = version.persona.vocal, version.persona.sound
    lines = [f"sings: {vocal.gender or 'any'} {vocal.timbre}".strip()]
    if sound is not None:
        lines += [f"{part}: {name.replace('_', ' ')}" for part, name in sound.instruments.items()]
        lines += [f"syncopation: {sound.syncopation:.2f}", f"leaps: {sound.leaps:.2f}"]
        lines += [f"motif {place}: {seed:x}"[:18] for place, seed in enumerate(sound.motif_seeds, start=1)]
    return lines


def moved_genes(before: ArtistVersion, after: ArtistVersion) -> Iterator[tuple[str, float, float]]:
    """Name, old and new value of each gene that differs."""
    old = before.genes.model_dump()
    for name, value in after.genes.model_dump().items():
        if value != old[name]:
            yield name, old[name], value


def moved_notes(before: str, after: str) -> tuple[list[str], list[str]]:
    """Lines that went, and lines that came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def evidence(body: dict[str, object] | None) -> Markup:
    """Numbers that something was decided on, in one line."""
    plain = [(name, value) for name, value in (body or {}).items() if isinstance(value, str | int | float)]
    return text(
        [el("span", f"{name.replace('_', ' ')} ", el("b", value), cls="lm-evidence") for name, value in plain]
    )


def _gene(name: str, old: float, new: float) -> Markup:
    low, high = GENE_RANGE.get(name, (0.0, 1.0))

    def place(value: float) -> str:
        return f"left:{(value - low) / (high - low) * 100:.1f}%"

    span = sorted(((old - low) / (high - low) * 100, (new - low) / (high - low) * 100))
    return el(
        "li",
        el("span", name.replace("_", " ")),
        el(
            "div",
            el("u", style=f"left:{span[0]:.1f}%;width:{span[1] - span[0]:.1f}%"),
            el("i", style=place(old)),
            el("i", style=place(new), cls="new"),
            cls="lm-gene",
        ),
        el("small", f"{old:.2f} → {new:.2f}"),
    )
