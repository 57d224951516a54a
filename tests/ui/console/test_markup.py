"""Whatever comes from outside stays text."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import UsageError
from storage.faults import ErrorEvent, ErrorGroup, ErrorReport, GroupStatus
from storage.histories import ArtistVersion
from storage.releases import ReleaseRow, ReleaseState
from storage.roster import RosterRow
from storage.types import ArtistId, CycleId, Genes, LifecycleState, NameSearch, VocalIdentity
from tests.storage.stage import persona
from ui.console import plots
from ui.console.cards import faults, past, releases, roster
from ui.console.markup import Markup, el, facts, media, outside, page_link, text
from ui.console.notices import attempt, failed, said
from ui.wording import size

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"
QUOTED = '" onmouseover="alert(1)'


def row(name: str) -> RosterRow:
    return RosterRow(
        id=ArtistId("art_1"), slug="x", name=name, genre="lofi", state=LifecycleState.ACTIVE, autopilot=True, version=1,
        songs=3, approved=2, rejected=1, in_the_making=0, last_run_at=NOW - timedelta(hours=2), pause_reason=QUOTED,
        spent_usd="1.5", accepted_at=NOW,
    )  # fmt: skip


def test_text_is_escaped_and_markup_is_not_escaped_twice() -> None:
    inner = el("b", EVIL, title=QUOTED)
    assert "<script" not in inner
    assert 'onmouseover="' not in inner
    assert text(inner, [inner, None, False]) == inner + inner
    assert el("p", Markup("<i></i>"), 3) == "<p><i></i>3</p>"


async def test_a_notice_is_known_for_a_failure_by_its_form_and_not_by_its_words() -> None:
    async def refused() -> None:
        raise UsageError("no")

    assert failed((await attempt(refused()))[1])
    assert not failed(Markup(""))
    assert not failed(said('class="lm-said bad"'))


def test_an_artist_named_like_a_tag_stays_text() -> None:
    shown = roster.roster_list([row(EVIL)], {}, NOW)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert 'onmouseover="' not in shown


def test_a_fault_from_outside_stays_text() -> None:
    group = ErrorGroup(
        fingerprint="f", code=EVIL, title=EVIL, status=GroupStatus.OPEN, count=1, first_at=NOW, last_at=NOW,
        resolved_by=None, resolved_at=None,
    )  # fmt: skip
    event = ErrorEvent(id="e", artist_id=None, cycle_id=QUOTED, step=EVIL, message=EVIL, trace=EVIL, at=NOW)
    report = ErrorReport(group=group, events=(event,), fixes=())
    shown = faults.fault_card(report) + faults.fault_story(report, NOW)
    assert "<script" not in shown
    assert 'onmouseover="' not in shown


def test_an_address_that_is_no_web_page_is_never_a_link() -> None:
    release = ReleaseRow(
        id="rel_1", cycle_id=CycleId("cyc_1"), artist_id=ArtistId("art_1"), artist_slug="x", artist_name=EVIL, title=EVIL,
        directory="d", manifest_sha256="0" * 64, state=ReleaseState.PUBLISHED, release_date="2026-03-01",
        urls={"shop": "javascript:alert(1)", "page": "https://example.org/a"}, isrc=None, upc=None, created_at=NOW,
    )  # fmt: skip
    bag = releases.Bag(entries=(), problems=(), summary=EVIL, mp3_sha256=None, peaks=())
    shown = releases.release_card(release, bag, NOW)
    assert 'href="javascript' not in shown
    assert 'href="https://example.org/a"' in shown
    assert "<script" not in shown


@pytest.mark.parametrize("name", ["", "../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_content_address_is_a_medium(name: str) -> None:
    assert media(name) is None
    assert media("ab" * 32) == "/media/" + "ab" * 32


def test_links_stay_within_the_console_wherever_it_is_mounted() -> None:
    assert page_link("") == "./"
    assert page_link("artist", name="a&b=c") == "artist?name=a%26b%3Dc"
    assert outside("ftp://x") is None


def test_facts_without_a_value_are_left_out_and_zero_is_one() -> None:
    assert "ISRC" not in facts((("ISRC", None), ("urls", []), ("count", 0)))
    assert "count" in facts((("count", 0),))


def test_a_version_shows_the_genes_that_moved_and_the_notes_that_came() -> None:
    def version(number: int, genes: Genes, notes: str, vocal: VocalIdentity) -> ArtistVersion:
        sung = persona("Nova").model_copy(update={"vocal": vocal})
        return ArtistVersion(
            version=number, persona=sung, genes=genes, style_notes=notes, trigger="x", evidence=None, who="ada", at=NOW
        )  # fmt: skip

    before = version(1, Genes(), "old\nkept", VocalIdentity(gender="male"))
    after = version(2, Genes(energy=0.75), "kept\n" + EVIL, VocalIdentity(gender="female", timbre=EVIL))
    assert list(past.moved_genes(before, after)) == [("energy", 0.5, 0.75)]
    assert past.moved_notes("old\nkept", "kept\nnew") == (["old"], ["new"])
    shown = past.difference(before, after)
    assert "0.50 → 0.75" in shown
    assert "sings: male" in shown
    assert "sings: female" in shown
    assert "<script" not in shown


def test_a_version_shows_what_a_person_changed_of_the_persona() -> None:
    def version(number: int, **changed: object) -> ArtistVersion:
        told = persona("Nova").model_copy(update=changed)
        return ArtistVersion(
            version=number, persona=told, genes=Genes(), style_notes="", trigger="x", evidence=None, who="ada", at=NOW
        )  # fmt: skip

    searched = NameSearch(by="ada", at=NOW, found=EVIL)
    shown = past.difference(
        version(1), version(2, themes=("salt",), avatar_sha256="ab" * 32, name_search=searched)
    )
    for part in ("<del>themes: rain</del>", "<ins>themes: salt</ins>", "<ins>picture abababab</ins>"):
        assert part in shown
    assert "name searched: " in shown
    assert "<script" not in shown
    assert "Nothing that can be seen" in past.difference(version(1), version(2))


def test_bars_are_as_tall_as_their_values() -> None:
    shown = plots.bars(["a", "b"], [plots.Series(EVIL, (1.0, 2.0))], unit="USD", line=2.0)
    heights = [float(part.split('"')[1]) for part in shown.split(" height=")[1:]]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert "<script" not in shown
    assert 'class="cap"' in shown


@pytest.mark.parametrize(
    ("size_bytes", "told"), [(999, "999 B"), (418_000, "418.0 KB"), (1_100_000, "1.1 MB"), (3e9, "3.0 GB")]
)
def test_sizes_are_told_in_their_unit(size_bytes: int, told: str) -> None:
    assert size(int(size_bytes)) == told
