"""Who and what made a release: licences, AI disclosure, provenance and credits, all from lineage."""

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata

from agents.release.job import BagFile, PackageJob, ancestors
from agents.release.names import one_line, title_line
from storage.types import Asset, Clearance, Persona

PERSONS = frozenset({"person", "operator", "human"})
"""Values of `source` and `ai_role` that stand for a person's own work."""
EMBEDDED = frozenset({"embedded", "offline"})
_RANK = (Clearance.CLEARED, Clearance.NEEDS_PERSON, Clearance.BLOCKED)
_CLEARANCE = {
    Clearance.CLEARED: "All rights are cleared.",
    Clearance.NEEDS_PERSON: "A person still has to clear some of the rights.",
    Clearance.BLOCKED: "Some of it may not be released.",
}
_COMPOSED_KINDS = frozenset({"score", "plan", "midi"})
_CLAIMS = re.compile(
    r"(?i)\b(born (in|on)|grew up|raised (in|by)|years? old|lives in|human|real[- ](life|person|people|singer|band)"
    r"|singer-songwriter from|flesh and blood)\b"
)


def clearance_of(job: PackageJob, files: Iterable[BagFile]) -> Clearance:
    """The least cleared asset behind any delivered file; a parent nobody knows needs a person."""
    lineage = job.lineage()
    behind = {each.sha256: each for file in files for each in ancestors(file.asset, lineage)}
    worst = max((asset.clearance for asset in behind.values()), key=_RANK.index)
    unknown = any(parent not in lineage for asset in behind.values() for parent in asset.parents)
    return max(worst, Clearance.NEEDS_PERSON, key=_RANK.index) if unknown else worst


def bio_of(persona: Persona) -> str:
    """One or two public sentences; a tagline that sounds like a person's life is left out."""
    name = one_line(persona.name)
    said = f"{name} is a virtual artist, made with AI."
    tagline = one_line(persona.tagline)
    return said if not tagline or _CLAIMS.search(tagline) else f"{said} {tagline.rstrip('.')}."


def licences(job: PackageJob, files: tuple[BagFile, ...]) -> dict[str, object]:
    """LICENSES.json: every asset behind the delivered files, and the typefaces in the pictures."""
    lineage = job.lineage()
    behind = {each.sha256: each for file in files for each in ancestors(file.asset, lineage)}
    return {
        "clearance": clearance_of(job, files),
        "assets": [
            {
                "sha256": asset.sha256,
                "kind": asset.kind,
                "provider": asset.provider,
                "tool": asset.tool,
                "licence": asset.licence,
                "clearance": asset.clearance,
                **{name: asset.facts[name] for name in ("attribution", "source_url") if name in asset.facts},
            }
            for asset in sorted(behind.values(), key=lambda each: (each.kind, each.sha256))
        ],
        "fonts": fonts(job.persona),
    }


def fonts(persona: Persona) -> list[dict[str, str]]:
    """The artist's typefaces with version and licence, as their packages declare them."""
    found = []
    for family in sorted({persona.visual.display_font, persona.visual.text_font}):
        try:
            package = metadata(f"fontpkg-{family.lower().replace(' ', '-')}")
            licence = package["License-Expression"] or "unknown"
            found.append({"family": family, "version": package["Version"], "licence": licence})
        except PackageNotFoundError:
            found.append({"family": family, "version": "unknown", "licence": "unknown"})
    return found


def disclosure(job: PackageJob) -> dict[str, object]:
    """ai_disclosure.json, by DDEX's five categories: what AI did in each, and which tools."""
    lineage = job.lineage()
    recorded = ancestors(job.master.wav, lineage)
    composed = tuple(asset for asset in recorded if asset.kind in _COMPOSED_KINDS)
    # A vendor's take is composition and performance in one file: then the recording answers for both.
    composed = composed or recorded
    played = tuple(asset for asset in recorded if asset.kind not in _COMPOSED_KINDS)
    has_words = any(section.lines for section in job.lyrics.sections)
    is_played_by_people = all(asset.ai_role in PERSONS for asset in recorded)
    made = "by people; AI mastered it" if is_played_by_people else "with AI"
    return {
        "statement": f"{one_line(job.persona.name)} is a virtual artist. This recording was made {made}.",
        "vocals": _part(played) if job.plan.has_vocals else _nothing("instrumental: nobody sings"),
        "instrumentation": _part(played),
        "composition": _part(composed),
        "post_production": _part((job.master.wav,)),
        "lyrics": _words(job.lyrics.source) if has_words else _nothing("no lyrics"),
    }


def provenance(job: PackageJob, files: tuple[BagFile, ...]) -> dict[str, object]:
    """provenance.json: every asset of the cycle, and which delivered file came from which."""
    lineage = job.lineage()
    assets = sorted(lineage.values(), key=lambda each: (each.kind, each.sha256))
    return {
        "release_id": job.release_id,
        "cycle_id": job.cycle_id,
        "assets": [asset.model_dump(mode="json", exclude={"cost_usd", "facts"}) for asset in assets],
        "files": [
            {"path": file.path, "sha256": file.sha256, "from_asset": file.asset.sha256} for file in files
        ],
        "unknown_parents": sorted(
            {parent for asset in assets for parent in asset.parents if parent not in lineage}
        ),
    }


def footage_of(job: PackageJob, files: Iterable[BagFile]) -> tuple[Asset, ...]:
    """The clips of others that the delivered pictures show, each once, by author."""
    lineage = job.lineage()
    behind = {each.sha256: each for file in files for each in ancestors(file.asset, lineage)}
    clips = (asset for asset in behind.values() if asset.kind == "footage")
    return tuple(sorted(clips, key=lambda clip: (str(clip.facts.get("author", "")).lower(), clip.sha256)))


def credits_text(job: PackageJob, files: tuple[BagFile, ...]) -> str:
    """CREDITS.md: what made the release, for people."""
    made = (asset for asset in job.lineage().values() if asset.kind != "footage")
    tools = sorted({(asset.tool, asset.provider) for asset in made})
    lines = [
        f"# {title_line(job.title)}",
        "",
        bio_of(job.persona),
        "",
        "## Made with",
        "",
        f"- Words: {job.lyrics.source}",
        f"- Song plan: {job.brief.source}; arrangement: {job.plan.source}; recording: {job.master.source}",
        *(f"- {one_line(tool)} ({provider})" for tool, provider in tools),
        "",
        *_footage_credits(job, files),
        "## Typefaces",
        "",
        *(f"- {font['family']} {font['version']}, {font['licence']}" for font in fonts(job.persona)),
        "",
        "## AI",
        "",
        str(disclosure(job)["statement"]),
        f"{_CLEARANCE[clearance_of(job, files)]} Details: ai_disclosure.json, LICENSES.json.",
        "",
    ]
    return "\n".join(lines)


def _footage_credits(job: PackageJob, files: Iterable[BagFile]) -> list[str]:
    clips = footage_of(job, files)
    named = [
        f"- {one_line(str(clip.facts['attribution']))}, {clip.facts['source_url']}, {clip.licence}"
        for clip in clips
    ]
    return ["## Stock footage", "", *named, "", "None of it shows the artist.", ""] if clips else []


def _part(assets: Iterable[Asset]) -> dict[str, object]:
    assets = tuple(assets)
    roles = {"none" if asset.ai_role in PERSONS else asset.ai_role for asset in assets}
    return {
        "ai": roles.pop() if len(roles) == 1 else "partly_generated",
        "tools": sorted({asset.tool for asset in assets}),
        "providers": sorted({asset.provider for asset in assets}),
    }


def _words(source: str) -> dict[str, object]:
    return {"ai": "none" if source in PERSONS else "generated", "tools": [source], "providers": [source]}


def _nothing(why: str) -> dict[str, object]:
    return {"ai": "none", "note": why, "tools": [], "providers": []}
