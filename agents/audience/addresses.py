"""Where a song can be heard: which service an address belongs to, and the service's own name for the song."""

import re
from urllib.parse import parse_qs, urlsplit

from storage.types import Frozen

_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VIDEO_FOLDERS = ("shorts", "embed", "live", "v")
_RECORDING_FOLDERS = {"musicbrainz.org": "recording", "listenbrainz.org": "track"}


class SongAddress(Frozen):
    """A song at one service."""

    source: str
    ref: str
    """Id of a video, or of a recording at MusicBrainz."""


def read_address(url: str) -> SongAddress | None:
    """Nothing for an address that leads to no song of a service whose numbers are read."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.").removeprefix("beta.")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    folders = [folder for folder in parts.path.split("/") if folder]
    if host in ("youtube.com", "music.youtube.com", "youtu.be"):
        return _video(host, folders, parts.query)
    if (
        len(folders) >= 2
        and _RECORDING_FOLDERS.get(host) == folders[0]
        and _MBID.fullmatch(folders[1].lower())
    ):
        return SongAddress(source="listenbrainz", ref=folders[1].lower())
    return None


def _video(host: str, folders: list[str], query: str) -> SongAddress | None:
    if host == "youtu.be":
        video = folders[0] if folders else ""
    elif folders == ["watch"]:
        video = parse_qs(query).get("v", [""])[0]
    else:
        video = folders[1] if len(folders) > 1 and folders[0] in _VIDEO_FOLDERS else ""
    return SongAddress(source="youtube", ref=video) if _VIDEO.fullmatch(video) else None
