"""What a review needs of one song: its takes, words, judgement and cost."""

from storage import queries
from storage.approval_rows import Approval, OfferedTake
from storage.queries import CycleOverview
from storage.types import Critique, CycleStep, Lyrics, LyricSection
from ui.console.cards.review import Judged, Song, Take
from ui.console.reception import Reception
from ui.song_account import last_output, preferred_take


async def song(reception: Reception, approval: Approval) -> Song:
    """One song whole; its waveforms are measured the first time anybody looks."""
    told = await reception.store.read(queries.cycle_overview, cycle_id=approval.cycle_id)
    critique = preferred_take(told)[2]
    return Song(
        approval=approval,
        now=await reception.now(),
        takes=tuple(
            [
                Take(
                    number=take.number,
                    sha256=take.mp3_sha256,
                    peaks=await reception.waveforms.of(take.mp3_sha256),
                    told=_told(take),
                    preview_sha256=take.preview_sha256,
                )
                for take in approval.offered
                if take.mp3_sha256
            ]
        ),
        sections=sections(approval, told),
        findings=findings(approval, critique),
        threshold=critique.threshold if critique else None,
        cost_usd=told.cost_usd,
        revision=approval.revision,
    )


def _told(take: OfferedTake) -> str:
    return "" if take.score is None else f"{take.score:.2f}"


def sections(approval: Approval, told: CycleOverview) -> tuple[LyricSection, ...]:
    """The words as they would be released."""
    lines = approval.facts.get("lines")
    if not isinstance(lines, list):
        lyrics = last_output(told, CycleStep.WRITE, Lyrics)
        return lyrics.sections if lyrics else ()
    left = [str(line) for line in lines]
    counts = approval.facts.get("sections")
    found: list[LyricSection] = []
    for position, pair in enumerate(counts if isinstance(counts, list) else [["words", len(left)]]):
        name, count = str(pair[0]), int(pair[1])
        found.append(LyricSection(section=name, position=position, lines=tuple(left[:count])))
        left = left[count:]
    return tuple(found)


def findings(approval: Approval, critique: Critique | None) -> tuple[Judged, ...]:
    """What the critic found, with its weight where that is kept."""
    if critique is not None:
        return tuple(Judged(text=each.text, severity=each.severity) for each in critique.findings)
    told = approval.facts.get("findings")
    return (
        tuple(Judged.model_validate({"text": str(each), "severity": "info"}) for each in told)
        if isinstance(told, list)
        else ()
    )
