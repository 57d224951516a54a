"""Names that every file system, archive and shop accepts, from any title."""

import hashlib
import re
import unicodedata

STEM_MAX_BYTES = 120
"""Leaves room for number, aspect and suffix inside the 255 bytes of common file systems."""
SLUG_MAX_CHARS = 60
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def one_line(text: str) -> str:
    """The text in NFC on one line, without control, invisible and direction characters."""
    text = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", text))
    kept = (char for char in text if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join("".join(kept).split())


def title_line(title: str) -> str:
    """The title as it is shown; `untitled` when nothing is left of it."""
    return one_line(title) or "untitled"


def file_stem(title: str) -> str:
    """A file name without suffix for a title; `untitled` when nothing is left of it."""
    # Besides what Windows forbids, % goes: BagIt manifests escape with it and tools disagree on how.
    stem = re.sub(r'[<>:"/\\|?*%]+', " ", one_line(title))
    stem = " ".join(stem.split()).strip(" .~-")
    while len(stem.encode()) > STEM_MAX_BYTES:
        stem = stem[:-1].rstrip(" .~-")
    if _RESERVED.fullmatch(stem):
        stem = f"{stem} song"
    return stem or "untitled"


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens; `untitled` when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", plain)).strip("-")
    return words[:SLUG_MAX_CHARS].strip("-") or "untitled"


def release_directory(artist_slug: str, title: str, release_id: str) -> str:
    """`<artist>/<title>-<mark>`: the mark comes from the id, so equal titles never meet and a repeat finds its bag."""
    mark = hashlib.sha256(release_id.encode()).hexdigest()[:8]
    return f"{slug(artist_slug)}/{slug(title)}-{mark}"
