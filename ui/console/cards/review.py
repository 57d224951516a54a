"""One song for one decision, and the list of those that wait beside it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from storage.approval_rows import Approval, ApprovalStatus
from storage.types import Frozen, LyricSection, Severity
from ui.console import plots
from ui.console.cards.media import player, video
from ui.console.cards.now import cover
from ui.console.markup import Markup, chip, el, empty, facts, media, page_link, text
from ui.wording import age, usd


class Take(Frozen):
    """One recording that may be chosen."""

    number: int
    sha256: str
    peaks: tuple[float, ...]
    told: str = ""
    """Its score, where there are several."""
    preview_sha256: str | None = None


class Judged(Frozen):
    """A finding of the critic's."""

    text: str
    severity: Severity


class Song(Frozen):
    """Everything that is shown of one song to be decided."""

    approval: Approval
    now: datetime
    takes: tuple[Take, ...]
    sections: tuple[LyricSection, ...]
    findings: tuple[Judged, ...]
    threshold: float | None
    cost_usd: Decimal
    revision: int


def waiting_list(approvals: Sequence[Approval], now: datetime) -> Markup:
    """Songs that wait, those put off at the end; look/review.js marks the one that is shown."""
    rows = [_waiting(approval, now) for approval in approvals]
    if not rows:
        return empty("Nothing waits for you.")
    head = el("p", el("b", len(rows)), " waiting", cls="lm-list-head")
    return text(head, el("ol", rows, cls="lm-queue"))


def song_card(song: Song) -> Markup:
    """The song itself: preview, recording, words, judgement."""
    asked = song.approval
    told = asked.facts
    poster = media(told.get("cover_sha256")) or media(told.get("thumbnail_sha256"))
    return el(
        "article",
        el(
            "header",
            el("div", el("h2", asked.wanted_title), _by(song), _reworded(asked)),
            _score(told.get("score"), song.threshold),
        ),
        el(
            "div",
            el(
                "div",
                video(media(asked.preview_sha256), poster, told=f"Preview of {asked.title}"),
                _words(song.sections),
                cls="lm-seen",
            ),
            el("div", _takes(song), _judgement(song), _details(song), cls="lm-heard"),
            cls="lm-stage",
        ),
        cls="lm-song",
        data_approval=asked.id,
    )


def _reworded(asked: Approval) -> Markup | None:
    """That somebody has put other words beside the question."""
    if asked.edits is None:
        return None
    told_ = [f"The title was “{asked.title}”."] if asked.edits.title else []
    told_ += (
        ["Lyric lines were changed; they stand below, where you can change them."]
        if asked.edits.lines
        else []
    )
    return el("p", " ".join(told_), cls="lm-note")


def nothing() -> Markup:
    """When all is decided."""
    return el(
        "div",
        el("h2", "Nothing waits for you."),
        el(
            "p",
            "New songs appear here by themselves. ",
            el("a", "See what is being made", href=page_link("")),
            ".",
        ),
        cls="lm-alldone",
    )


def told(approval: Approval) -> Markup:
    """What has become of the song that is being looked at, if somebody was faster."""
    if approval.status is ApprovalStatus.PENDING:
        return Markup("")
    return el(
        "p",
        el("b", approval.told()),
        ". What you typed is kept here until you go on; J shows the next song.",
        cls="lm-overtaken",
        data_about=approval.id,
        role="status",
    )


def undoable(approvals: Sequence[Approval], now: datetime) -> Markup:
    """Decisions that can still be taken back, each with its countdown (look/countdown.js)."""
    bars = [
        el(
            "div",
            el("span", el("b", _verb(approval)), " ", approval.title, by_other(approval)),
            el("span", "", cls="lm-left", data_left_s=f"{left:.1f}"),
            el("button", "Undo", type="button", data_act="undo", data_id=approval.id),
            cls="lm-undo",
            style=f"--left:{left:.1f}s",
        )
        for approval, left in ((each, _left_s(each, now)) for each in approvals)
        if left > 0
    ]
    return el("div", bars, cls="lm-undos") if bars else Markup("")


def by_other(approval: Approval) -> str:
    """By whom and where."""
    return f" · {approval.who}, {approval.surface}"


def _waiting(approval: Approval, now: datetime) -> Markup:
    is_later = approval.later_until is not None and approval.later_until > now
    waited = age((now - approval.asked_at).total_seconds())
    mark = chip("overdue", "late") if approval.is_overdue else chip("later", "plain") if is_later else None
    return el(
        "li",
        el(
            "button",
            cover(approval),
            el(
                "span",
                el("b", approval.wanted_title),
                el("small", f"{approval.artist_name} · {waited}"),
                mark,
            ),
            type="button",
            data_act="pick",
            data_id=approval.id,
        ),
    )


def _by(song: Song) -> Markup:
    asked, facts_ = song.approval, song.approval.facts
    waited = age((song.now - asked.asked_at).total_seconds())
    return text(
        el(
            "p",
            el("a", asked.artist_name, href=page_link("artist", name=asked.artist_slug)),
            f" · waits {waited}",
            asked.is_overdue and el("span", " · overdue", cls="late"),
            asked.delivered_at is None and " · no chat has it yet",
        ),
        el(
            "p",
            [chip(facts_[name], "plain") for name in ("genre", "mood", "theme", "key") if facts_.get(name)],
            _tempo(facts_.get("tempo_bpm")),
            _length(facts_.get("duration_s")),
            facts_.get("explicit") and chip("explicit", "late"),
            song.revision > 0 and chip(f"revision {song.revision}", "plain"),
            cls="lm-chips",
        ),
    )


def _takes(song: Song) -> Markup:
    if len(song.takes) == 1:
        return player(song.takes[0].sha256, song.takes[0].peaks, name="Recording")
    return el("div", [_one_of_several(song, take) for take in song.takes], cls="lm-takes")


def _one_of_several(song: Song, take: Take) -> Markup:
    """A take's player; the preview of the first stands beside the words already."""
    heard = player(take.sha256, take.peaks, name=f"Take {take.number}", note=take.told)
    preview = media(take.preview_sha256) if take.number > 1 else None
    if preview is None:
        return el("div", heard)
    told = f"Preview of take {take.number} of {song.approval.title}"
    return el("div", heard, el("details", el("summary", "its preview"), video(preview, None, told=told)))


def _score(score: object, threshold: float | None) -> Markup | None:
    if not isinstance(score, int | float):
        return None
    return plots.ring(float(score), f"{score:.2f}", is_good=threshold is None or score >= threshold)


def _judgement(song: Song) -> Markup:
    told_ = song.approval.facts
    order = list(Severity)
    findings = sorted(song.findings, key=lambda each: -order.index(each.severity))
    left = told_.get("left_to_people")
    objections = told_.get("objections")
    beware = "; ".join(map(str, objections)) if isinstance(objections, list) and not left else ""
    return el(
        "div",
        left and el("p", el("b", "Left to you: "), left, cls="lm-note"),
        beware and el("p", el("b", "Beware: it "), beware, cls="lm-note"),
        el("p", told_.get("feedback"), cls="lm-feedback") if told_.get("feedback") else None,
        el("ul", [el("li", each.text, cls=str(each.severity)) for each in findings[:6]], cls="lm-findings")
        if findings
        else None,
        el("p", el("b", "The artist: "), told_.get("reflection"), cls="lm-quiet")
        if told_.get("reflection")
        else None,
    )


def _words(sections: Sequence[LyricSection]) -> Markup:
    if not any(section.lines for section in sections):
        return el("div", empty("An instrumental: it has no words."), cls="lm-lyrics")
    verses = [
        el("div", el("h4", section.section), [el("p", line) for line in section.lines])
        for section in sections
        if section.lines
    ]
    return el("div", verses, cls="lm-lyrics")


def _details(song: Song) -> Markup:
    told_ = song.approval.facts
    again = told_.get("song_price_usd")
    return facts(
        (
            ("cost so far", usd(song.cost_usd)),
            ("made by", told_.get("source")),
            *((("rights", told_["rights"]),) if told_.get("rights") else ()),
            ("another song", "price unknown" if again is None else usd(Decimal(str(again)))),
            (
                "cycle",
                el("a", song.approval.cycle_id[-8:], href=page_link("cycles", cycle=song.approval.cycle_id)),
            ),
        )
    )


def _tempo(value: object) -> Markup | None:
    return chip(f"{value:.0f} bpm", "plain") if isinstance(value, int | float) else None


def _length(value: object) -> Markup | None:
    if not isinstance(value, int | float):
        return None
    return chip(f"{int(value) // 60}:{int(value) % 60:02d}", "plain")


def _verb(approval: Approval) -> str:
    return (
        f"Sent back for another {approval.redo}:"
        if approval.redo
        else f"{str(approval.outcome).capitalize()}:"
    )


def _left_s(approval: Approval, now: datetime) -> float:
    return (approval.effective_at - now).total_seconds() if approval.effective_at else 0.0
