"""The sections of a song on its bar grid, each with the energy that decides who plays."""

from collections import Counter
from dataclasses import dataclass

from storage.types import Brief

BASE_ENERGY = {
    "intro": 0.34,
    "verse": 0.55,
    "pre": 0.68,
    "chorus": 0.92,
    "drop": 0.97,
    "bridge": 0.5,
    "break": 0.36,
    "outro": 0.38,
}
LATE_VERSE_RISE = 0.1
RETURNS = ("chorus", "drop")
"""The sections that carry the hook."""


@dataclass(frozen=True)
class Section:
    """One section where it stands in the song."""

    name: str
    position: int
    """Index in the form."""
    start_bar: int
    bars: int
    occurrence: int
    """0 for the first of its name."""
    is_last_of_name: bool
    energy: float
    """0 to 1."""
    leads_to: str | None
    """The name of the next section."""

    @property
    def carries_hook(self) -> bool:
        return self.name in RETURNS

    @property
    def end_bar(self) -> int:
        return self.start_bar + self.bars

    def energy_at(self, bar: int) -> float:
        """A long verse grows at its half, so that its second four bars are no copy of the first."""
        is_late = self.name == "verse" and self.bars >= 8 and bar >= self.bars // 2
        return self.energy + (LATE_VERSE_RISE if is_late else 0.0)


def arrange(brief: Brief) -> tuple[Section, ...]:
    """Place the brief's form on the bar grid and give each section its energy."""
    totals = Counter(spec.name for spec in brief.form)
    seen: Counter[str] = Counter()
    sections: list[Section] = []
    start = 0
    for position, spec in enumerate(brief.form):
        occurrence = seen[spec.name]
        seen[spec.name] += 1
        is_last = seen[spec.name] == totals[spec.name]
        following = brief.form[position + 1].name if position + 1 < len(brief.form) else None
        sections.append(
            Section(
                name=spec.name,
                position=position,
                start_bar=start,
                bars=spec.bars,
                occurrence=occurrence,
                is_last_of_name=is_last,
                energy=_energy(brief, spec.name, occurrence),
                leads_to=following,
            )
        )
        start += spec.bars
    return tuple(sections)


def _energy(brief: Brief, name: str, occurrence: int) -> float:
    """A section's own energy, raised a little at each return and moved by the brief's."""
    growth = 0.04 * min(occurrence, 2) if name in (*RETURNS, "verse", "pre") else 0.0
    # Hooks stay on top: the brief moves quiet sections further than loud ones.
    reach = 0.14 if name in RETURNS else 0.34
    return max(0.12, min(1.0, BASE_ENERGY.get(name, 0.5) + growth + reach * (brief.energy - 0.5)))
