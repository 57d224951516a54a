"""How freely a model words what an artist asks of it: the artist's gene as a sampling temperature."""

LOWEST, HIGHEST = 0.6, 1.4
"""Bounds that keep a model between repeating itself and rambling; vendors' own default is about 1."""


def sampling_temperature(gene: float) -> float | None:
    """The temperature for a gene of 0 to 1; nothing for 0.5, which leaves it to the model."""
    return None if gene == 0.5 else round(LOWEST + (HIGHEST - LOWEST) * gene, 3)
