"""The documents of a release, as text: what it is, what is sung, and when."""

import json
from urllib.parse import quote

from agents.release.job import BagFile, PackageJob
from agents.release.names import one_line, title_line
from agents.release.rights import (
    EMBEDDED,
    bio_of,
    clearance_of,
    credits_text,
    disclosure,
    footage_of,
    licences,
    provenance,
)
from agents.release.words import clock_time, lyrics_lrc, lyrics_text, sung_text
from storage.types import DeciderKind

UNTIMED = "No lyrics.lrc: nobody knows when the lines of this recording are sung; lyrics.txt has the words."


def papers(job: PackageJob, files: tuple[BagFile, ...]) -> dict[str, str]:
    """Every document by its path in the bag."""
    return {
        "data/lyrics/lyrics.txt": lyrics_text(job),
        **({"data/lyrics/lyrics.lrc": lyrics_lrc(job)} if job.plan.has_line_times else {}),
        "data/plan.json": to_json(job.plan.model_dump(mode="json")),
        "data/release.json": to_json(release_facts(job, files)),
        "data/release.jsonld": to_json(linked_data(job, files)),
        "data/CREDITS.md": credits_text(job, files),
        "data/LICENSES.json": to_json(licences(job, files)),
        "data/ai_disclosure.json": to_json(disclosure(job)),
        "data/provenance.json": to_json(provenance(job, files)),
    }


def to_json(value: dict[str, object]) -> str:
    """JSON that is the same for the same value: sorted, indented, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def release_facts(job: PackageJob, files: tuple[BagFile, ...]) -> dict[str, object]:
    """release.json: ids and facts; codes that only an authority can give stay null."""
    master, verdict = job.master, job.verdict
    return {
        "release_id": job.release_id,
        "cycle_id": job.cycle_id,
        "title": title_line(job.title),
        "artist": one_line(job.persona.name),
        "artist_slug": job.artist_slug,
        "artist_bio": bio_of(job.persona),
        "genre": job.persona.genre,
        "language": job.lyrics.language,
        "explicit": job.lyrics.explicit,
        "lyrics_note": UNTIMED if sung_text(job) and not job.plan.has_line_times else None,
        "release_date": job.release_date,
        "made_at": job.made_at.isoformat(),
        "isrc": None,
        "upc": None,
        "summary": summary(job),
        "structure": [section.model_dump(mode="json") for section in job.plan.sections],
        "recording": {
            "duration_s": master.duration_s,
            "loudness_lufs": master.loudness_lufs,
            "true_peak_dbtp": master.true_peak_dbtp,
            "tempo_bpm": master.tempo_bpm,
            "key": master.key,
            "mode": master.mode,
            "has_vocals": job.plan.has_vocals,
            "source": master.source,
        },
        "visuals_source": sorted({file.asset.provider for file in files if file.role in _PICTURES}),
        "description": description(job, files),
        # Why the planner chose so may quote reviewers: the label keeps it.
        "brief": job.brief.model_dump(mode="json", exclude={"reasons"}),
        "critic": {
            "score": job.critique.score,
            "threshold": job.critique.threshold,
            "source": job.critique.source,
        },
        # A reviewer's name and words are the label's own affair and stay out of what is published.
        "decision": {
            "outcome": verdict.outcome,
            "decided_by": verdict.decided_by,
            "policy": None if verdict.decided_by is DeciderKind.PERSON else verdict.who,
            "surface": verdict.surface,
            "take": verdict.take,
            "decided_at": verdict.decided_at.isoformat(),
        },
        "clearance": clearance_of(job, files),
        "files": [
            {
                "path": file.path,
                "role": file.role,
                "media_type": file.asset.media_type,
                "sha256": file.sha256,
                "size_bytes": file.size_bytes,
            }
            for file in files
        ],
    }


_PICTURES = frozenset({"cover", "thumbnail", "preview", "video"})


def summary(job: PackageJob) -> str:
    """One sentence on how the song is built, from its plan and what was measured."""
    master = job.master
    form = ", ".join(f"{section.name} {clock_time(section.start_s)[:-3]}" for section in job.plan.sections)
    return (
        f"{title_line(job.title)} is {clock_time(master.duration_s)[:-3]} of"
        f" {job.persona.genre.replace('_', ' ')} at {master.tempo_bpm:.1f} BPM in {master.key} {master.mode}"
        f" about {one_line(job.brief.theme)}: {form}."
    )


def description(job: PackageJob, files: tuple[BagFile, ...]) -> str:
    """What stands below a video: the song, the artist as what it is, and whose footage is shown."""
    lines = [summary(job), bio_of(job.persona)]
    if clips := footage_of(job, files):
        lines += ["Stock footage, none of which shows the artist:"]
        lines += [f"{clip.facts['attribution']}, {clip.facts['source_url']}" for clip in clips]
    return "\n".join(lines)


def linked_data(job: PackageJob, files: tuple[BagFile, ...]) -> dict[str, object]:
    """release.jsonld: the recording as a schema.org MusicRecording."""
    cover = next(file.path for file in files if file.role == "cover")
    filmed = {asset.sha256 for asset in job.lineage().values() if asset.kind == "footage"}
    # What a camera saw was trained on nothing, nor was the film that is cut from it.
    made = (asset for asset in job.lineage().values() if filmed.isdisjoint((asset.sha256, *asset.parents)))
    is_trained = any(asset.provider not in EMBEDDED for asset in made)
    kind = "TrainedAlgorithmicMedia" if is_trained else "AlgorithmicMedia"
    return {
        "@context": "https://schema.org",
        "@type": "MusicRecording",
        "identifier": job.release_id,
        "name": title_line(job.title),
        "byArtist": {
            "@type": "MusicGroup",
            "name": one_line(job.persona.name),
            "description": bio_of(job.persona),
        },
        "genre": job.persona.genre.replace("_", " "),
        "dateCreated": job.release_date,
        "duration": f"PT{job.master.duration_s:.2f}S",
        "inLanguage": job.lyrics.language,
        "isFamilyFriendly": not job.lyrics.explicit,
        "creditText": f"{one_line(job.persona.name)}, made with AI",
        "digitalSourceType": f"https://schema.org/{kind}DigitalSource",
        "image": _link(cover),
        "recordingOf": {
            "@type": "MusicComposition",
            "name": title_line(job.title),
            "musicalKey": f"{job.master.key} {job.master.mode}",
            "lyrics": {
                "@type": "CreativeWork",
                "text": sung_text(job),
                "inLanguage": job.lyrics.language,
            },
        },
        "associatedMedia": [
            {
                "@type": "VideoObject" if file.asset.media_type.startswith("video/") else "AudioObject",
                "contentUrl": _link(file.path),
                "encodingFormat": file.asset.media_type,
                "contentSize": str(file.size_bytes),
                "sha256": file.sha256,
            }
            for file in files
            if not file.asset.media_type.startswith("image/")
        ],
    }


def _link(path: str) -> str:
    """The path as a URL relative to release.jsonld, which lies in `data/`."""
    return quote(path.removeprefix("data/"))
