"""What stands under a song: everything a person needs to decide, in a caption's 1,024 characters."""

from decimal import Decimal

from configs.settings import Settings
from storage.approval_rows import Approval, ApprovalStatus
from storage.experiments import Assignment
from storage.types import Frozen, Outcome, Redo
from ui.telegram.hours import clock_face
from ui.telegram.markup import CAPTION_MAX, bold, clip, code, hashtag, italic, plain, shown_units, units
from ui.telegram.rewording import change_told, changed_lines
from ui.wording import usd

LEAST = 40
"""Below so much room a text is left out rather than cut."""
MARKS = {Outcome.APPROVED: "✅ Approved", Outcome.REJECTED: "❌ Rejected", Outcome.EXPIRED: "⌛ Given up"}
PARTS = {Redo.LYRICS: "other lyrics", Redo.SONG: "another song"}


class SongFacts(Frozen):
    """What is told beside the question itself."""

    cost_usd: Decimal
    """Of the cycle so far."""
    assignments: tuple[Assignment, ...] = ()


def caption(asked: Approval, song: SongFacts, settings: Settings, *, tagged: bool, hint: str = "") -> str:
    """The words of a song's message, as it stands now; `tagged` where no topic tells the artist."""
    top = [f"{bold(clip(asked.wanted_title, 120))} by {plain(clip(asked.artist_name, 60))}"]
    top.append(_sound(asked))
    top.append(_judged(asked, song))
    top.append(plain(change_told(asked) or ""))
    top += [f"🧪 {plain(clip(f'{each.parameter}: {each.value}', 90))}" for each in song.assignments[:2]]
    bottom = [hint] if hint else []
    bottom += _standing(asked, settings)
    bottom.append(f"{code(asked.cycle_id)}{f' {hashtag(asked.artist_slug)}' if tagged else ''}")
    room = CAPTION_MAX - sum(shown_units(line) + 1 for line in [*top, *bottom])
    middle: list[str] = []
    for text in _told(asked):
        if room - 2 < LEAST:
            break
        cut = clip(text, room - 2)
        middle.append(italic(cut))
        room -= units(cut) + 1
    return "\n".join(line for line in [*top, *middle, *bottom] if line)


def _sound(asked: Approval) -> str:
    facts = asked.facts
    tempo, length_s = _number(facts.get("tempo_bpm")), _number(facts.get("duration_s"))
    parts = [
        str(facts.get("genre") or ""),
        str(facts.get("mood") or ""),
        f"{tempo:.0f} bpm" if tempo else "",
        str(facts.get("key") or ""),
        f"{int(length_s // 60)}:{int(length_s % 60):02d}" if length_s else "",
        "explicit" if facts.get("explicit") else "",
    ]
    return plain(clip(", ".join(part for part in parts if part), 140))


def _judged(asked: Approval, song: SongFacts) -> str:
    score, source = _number(asked.facts.get("score")), asked.facts.get("source")
    parts = [
        f"Score {score:.2f}" if score is not None else "",
        f"cost {usd(song.cost_usd)}",
        f"made by {source}" if source else "",
        f"version {asked.revision + 1}" if asked.revision else "",
        f"{asked.takes} takes" if asked.takes > 1 else "",
    ]
    return plain(clip(", ".join(part for part in parts if part), 140))


def _told(asked: Approval) -> list[str]:
    """The longer texts, the most wanted first."""
    facts = asked.facts
    left = facts.get("left_to_people")
    objections = facts.get("objections")
    beware = "; ".join(map(str, objections)) if isinstance(objections, list) and not left else ""
    texts = [
        f"Left to you: {left}" if left else "",
        f"Beware: it {beware}" if beware else "",
        clip(f"Words: {changed}", 300) if (changed := changed_lines(asked)) else "",
        f"Rights: {facts['rights']}" if facts.get("rights") else "",
        str(facts.get("reflection") or "")[:800],
        f"Critic: {facts['feedback']}" if facts.get("feedback") else "",
    ]
    return [text for text in texts if text.strip()]


def _standing(asked: Approval, settings: Settings) -> list[str]:
    """How it stands: until when there is time, or who decided what."""
    if asked.status == ApprovalStatus.PENDING:
        due = clock_face(asked.overdue_at, settings)
        lines = [
            f"⏰ overdue since {due}, and still yours to decide" if asked.is_overdue else f"⏰ until {due}"
        ]
        if asked.later_until is not None:
            lines.append(f"🕓 put off until {clock_face(asked.later_until, settings)}")
        return lines
    if asked.status == ApprovalStatus.SUPERSEDED and asked.redo is None:
        return ["🔁 Replaced by a newer version; decide on that one"]
    by = f"by {plain(clip(asked.who or 'somebody', 60))} ({plain(asked.surface or '')})"
    when = f", {clock_face(asked.decided_at, settings)}" if asked.decided_at else ""
    if asked.redo is not None:
        lines = [f"🔁 Sent back for {PARTS.get(asked.redo, f'another {asked.redo}')} {by}{when}"]
    else:
        take = f", take {asked.take}" if asked.takes > 1 and asked.outcome == Outcome.APPROVED else ""
        lines = [f"{MARKS.get(asked.outcome or Outcome.EXPIRED, 'Closed')}{take} {by}{when}"]
    return [*lines, f"“{plain(clip(asked.why, 160))}”"] if asked.why else lines


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
