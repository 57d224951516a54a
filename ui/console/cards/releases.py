"""Releases: covers to choose from, and one with everything in its bag."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from storage.releases import ReleaseRow
from storage.types import Frozen
from ui.console.cards.media import player, video
from ui.console.markup import Markup, ago, chip, el, empty, facts, outside, page_link, section
from ui.wording import size


class BagEntry(Frozen):
    """A file of a release."""

    path: str
    """Within the bag."""
    role: str
    """master, mp3, cover, video … or paper."""
    size_bytes: int


class Bag(Frozen):
    """A release's folder as it stands on disk."""

    entries: tuple[BagEntry, ...]
    problems: tuple[str, ...]
    """What its check found; nothing is good."""
    summary: str
    mp3_sha256: str | None
    peaks: tuple[float, ...]

    def first(self, role: str) -> str | None:
        """The path of the first file in a role."""
        return next((entry.path for entry in self.entries if entry.role == role), None)


def release_grid(rows: Sequence[ReleaseRow], covers: dict[str, str], chosen: str | None) -> Markup:
    """Covers with titles."""
    if not rows:
        return empty("There is no release yet. An approved song becomes one by itself.")
    tiles = [
        el(
            "button",
            _cover(row, covers.get(row.id)),
            el("b", row.title),
            el("span", row.artist_name),
            el("small", row.release_date, " · ", row.state),
            type="button",
            cls="lm-tile",
            data_act="pick",
            data_id=row.id,
            data_url=page_link("releases", release=row.id),
            aria_current="true" if row.id == chosen else None,
        )
        for row in rows
    ]
    return el("div", tiles, cls="lm-tiles grid")


def release_card(row: ReleaseRow, bag: Bag | None, now: datetime) -> Markup:
    """One release: seen, heard, checked, to be taken along."""
    head = el(
        "header",
        el(
            "div",
            el("h2", row.title),
            el(
                "p",
                el("a", row.artist_name, href=page_link("artist", name=row.artist_slug)),
                " · built ",
                ago(row.created_at, now),
            ),
        ),
        chip(row.state),
    )
    waits = row.waits_for and el(
        "p",
        "Not to be published yet: ",
        el("a", "say on the artist's page", href=page_link("artist", name=row.artist_slug)),
        f" whether somebody else goes by the name {row.artist_name}.",
        cls="lm-note",
    )
    if bag is None:
        gone = empty("Its folder is no longer on this disk.")
        return el("article", head, waits, gone, _codes(row), cls="lm-told")
    films = [entry.path for entry in bag.entries if entry.role == "video"]
    picture = bag.first("cover")
    return el(
        "article",
        head,
        waits,
        el(
            "div",
            el("img", src=served(row.id, picture), alt=f"Cover of {row.title}") if picture else None,
            el(
                "div",
                player(bag.mp3_sha256, bag.peaks, name=row.title) if bag.mp3_sha256 else None,
                el("p", bag.summary, cls="lm-quiet"),
                _check(bag),
                el(
                    "p",
                    el(
                        "a",
                        "Download the whole release",
                        href=f"/media/releases/{quote(row.id)}.zip",
                        cls="lm-button",
                        download=True,
                    ),
                ),
                _codes(row),
            ),
            cls="lm-latest",
        ),
        el(
            "div",
            [video(served(row.id, path), None, told=path, tall="9x16" in path) for path in films],
            cls="lm-films",
        )
        if films
        else None,
        cls="lm-told",
    )


def bag_card(row: ReleaseRow, bag: Bag | None) -> Markup:
    """Every file of the release; nothing where they are gone."""
    return Markup("") if bag is None else section("In the bag", _files(row, bag))


def served(release_id: str, path: str) -> str:
    """Where a file of a release is served."""
    return f"/media/releases/{quote(release_id)}/{quote(path)}"


def _check(bag: Bag) -> Markup:
    if not bag.problems:
        return el(
            "p",
            chip("complete and unchanged", "approved"),
            el("span", f" {len(bag.entries)} files agree with their checksums", cls="lm-quiet"),
        )
    return el(
        "div",
        el("p", chip("broken", "failed")),
        el("ul", [el("li", problem) for problem in bag.problems], cls="lm-findings"),
    )


def _codes(row: ReleaseRow) -> Markup:
    links = [
        el("a", target, href=outside(url), rel="noopener noreferrer", target="_blank")
        if outside(url)
        else f"{target}: {url}"
        for target, url in row.urls.items()
    ]
    return facts(
        (
            ("release date", row.release_date),
            ("ISRC", row.isrc),
            ("UPC", row.upc),
            ("out since", row.published_at and f"{row.published_at:%Y-%m-%d}"),
            ("published at", links),
            ("folder", row.directory),
        )
    )


def _files(row: ReleaseRow, bag: Bag) -> Markup:
    rows = [
        el(
            "li",
            el("a", entry.path.removeprefix("data/"), href=served(row.id, entry.path), target="_blank"),
            el("span", f"{entry.role} · {size(entry.size_bytes)}", cls="lm-quiet"),
        )
        for entry in bag.entries
    ]
    return el("ul", rows, cls="lm-rows")


def _cover(row: ReleaseRow, path: str | None) -> Markup:
    if path is None:
        return el("i", cls="lm-cover none")
    return el("img", src=served(row.id, path), alt="", loading="lazy", cls="lm-cover")
