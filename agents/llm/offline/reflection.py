"""What an artist takes from a song: phrased from what was measured on it, nothing invented."""

import random

from agents.llm.tasks import ReflectionDraft, ReflectionInputs
from storage.clock import sub_seed
from storage.types import Finding, GeneEdit, Genes, Severity

LARGEST_STEP = 0.1
_SHARE_OF_CHANGE = 0.5
"""How much of the critic's one-song change an artist makes its own."""
_ORDER = {Severity.BLOCKER: 0, Severity.MAJOR: 1, Severity.MINOR: 2, Severity.INFO: 3}
_DIRECTIONS: dict[str, tuple[str, str]] = {
    "tempo_bias": ("slower", "faster"),
    "brightness": ("darker in tone", "brighter in tone"),
    "darkness": ("in brighter modes", "in darker modes"),
    "density": ("with fewer notes", "with more notes"),
    "energy": ("calmer", "with more drive"),
    "swing": ("straighter", "with more swing"),
    "width": ("narrower", "wider"),
    "hook_density": ("with the hook less often", "with the hook more often"),
    "temperature": ("with stricter words", "with freer words"),
    "adventurousness": ("closer to what held", "further from what is known"),
}


_TELLING = frozenset(
    {
        "chorus_rise_db",
        "hook_return",
        "rhyme_share",
        "distinct_2",
        "side_mid",
        "reused_lines",
        "syllable_stray",
    }
)
"""Metrics that tell of the song rather than of its file: worth keeping when they are met."""


def write_reflection(inputs: ReflectionInputs, seed: int) -> ReflectionDraft:
    """Say what to keep and what to change, with small gene steps where a finding asks for one."""
    rng = random.Random(sub_seed(seed, "reflection", "words"))
    missed = sorted((one for one in inputs.findings if one.severity is not Severity.INFO), key=_weight)
    met = [one for one in inputs.findings if one.severity is Severity.INFO]
    edits = _edits(missed, inputs.genes)
    return ReflectionDraft(
        summary=_summary(inputs, missed, rng),
        keep=_keep(inputs, met, rng),
        change=_change(missed, met),
        edits=edits,
        style_note=_style_note(inputs, edits, [*missed, *met], rng),
    )


def _weight(finding: Finding) -> tuple[int, str]:
    return _ORDER[finding.severity], finding.metric


def _summary(inputs: ReflectionInputs, missed: list[Finding], rng: random.Random) -> str:
    measured = (
        f"“{inputs.title}” runs {inputs.duration_s:.0f} s at {inputs.measured_tempo_bpm:.1f} BPM in "
        f"{inputs.measured_key}, {_signed(inputs.loudness_lufs)} LUFS with peaks at {_signed(inputs.true_peak_dbtp)} dBTP."
    )
    side = "above" if inputs.passed else "below"
    verdict = f"It scored {inputs.score:.2f}, {side} the threshold of {inputs.threshold:.2f}."
    if missed:
        worst = missed[0]
        turn = rng.choice(("What weighs most", "The first thing to mend", "Where it gives way"))
        weakness = f"{turn}: {_lowered(_stop(worst.text))}"
    else:
        weakness = rng.choice(("Nothing measured fell short.", "Every measure met its target."))
    return _shortened(" ".join((measured, verdict, _compared(inputs), weakness)), 600)


def _compared(inputs: ReflectionInputs) -> str:
    """How it stands beside the songs before it."""
    scores = [piece.score for piece in inputs.earlier if piece.score is not None]
    if not scores:
        return "It is the first song on record." if not inputs.earlier else "No earlier song has a score."
    usual = sum(scores) / len(scores)
    gap = inputs.score - usual
    if abs(gap) < 0.02:
        return f"That is level with the usual {usual:.2f}."
    return f"That is {abs(gap):.2f} {'above' if gap > 0 else 'below'} the usual {usual:.2f}."


def _keep(inputs: ReflectionInputs, met: list[Finding], rng: random.Random) -> tuple[str, ...]:
    telling = [one for one in met[1:] if one.metric in _TELLING]
    kept = [_stop(one.text) for one in rng.sample(telling, min(2, len(telling)))]
    if abs(inputs.measured_tempo_bpm - inputs.planned_tempo_bpm) <= 2.0:
        kept.append(
            f"The tempo holds: {inputs.planned_tempo_bpm:.1f} BPM planned, {inputs.measured_tempo_bpm:.1f} measured."
        )
    if inputs.measured_key == inputs.planned_key:
        kept.append(f"The ear finds the key that was meant, {inputs.planned_key}.")
    kept.append(f"Theme {inputs.theme!r} in a {inputs.mood} mood, told in {len(inputs.form)} sections.")
    return tuple(_shortened(one) for one in kept[:4])


def _change(missed: list[Finding], met: list[Finding]) -> tuple[str, ...]:
    """What missed its target; where nothing did, what came closest to missing. The critic puts the worst first."""
    if missed:
        return tuple(_shortened(f"{_stop(one.text)} Target: {one.target}.") for one in missed[:4])
    return tuple(_shortened(f"Nearest to its limit: {_lowered(_stop(one.text))}") for one in met[:1])


def _edits(missed: list[Finding], genes: Genes) -> tuple[GeneEdit, ...]:
    """One small step for each gene that a finding names, worst finding first, three at most."""
    edits: dict[str, GeneEdit] = {}
    for finding in missed:
        change = finding.change
        if change is None or change.parameter not in _DIRECTIONS or change.parameter in edits:
            continue
        step = max(-LARGEST_STEP, min(LARGEST_STEP, change.delta * _SHARE_OF_CHANGE))
        low = -1.0 if change.parameter == "tempo_bias" else 0.0
        now = getattr(genes, change.parameter)
        delta = round(max(low, min(1.0, now + step)) - now, 3)
        if delta:
            because = f"{finding.metric} {finding.value:.3g}, target {finding.target}"
            edits[change.parameter] = GeneEdit(gene=change.parameter, delta=delta, because=because)
    return tuple(edits.values())[:3]


def _style_note(
    inputs: ReflectionInputs, edits: tuple[GeneEdit, ...], findings: list[Finding], rng: random.Random
) -> str:
    """One sentence for the artist's notes; `findings` come worst first."""
    if edits:
        ways = [_DIRECTIONS[edit.gene][edit.delta > 0] for edit in edits]
        wish = f"Next time a little {' and '.join(ways[:2])}"
    elif findings:
        verb = rng.choice(("Watch", "Keep an eye on", "Mind"))
        worst = findings[0]
        wish = f"{verb} {worst.metric.replace('_', ' ')} ({worst.value:.3g}; {worst.target})"
    else:
        wish = rng.choice(("Stay on this road", "Trust this balance", "Keep these proportions"))
    return _shortened(f"{wish}, after “{inputs.title}” at {inputs.score:.2f}.")


def _signed(level: float) -> str:
    return f"{level:.1f}".replace("-", "−")


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _lowered(text: str) -> str:
    """A sentence as it stands after a colon; words in capitals stay so."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _shortened(text: str, longest: int = 240) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
