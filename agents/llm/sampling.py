"""How freely a model words what an artist asks of it: the artist's gene as a sampling temperature."""

LOWEST, HIGHEST = 0.4, 1.0
"""Between repeating itself and rambling, and within what every provider takes: the narrowest scale ends at 1."""


def sampling_temperature(gene: float) -> float:
    """The temperature for a gene of 0 to 1, which it rises with; 0.5, where every artist begins, is 0.7.

    It is always asked for: a model's own setting may lie anywhere, and a step from it could lead either way.
    """
    return round(LOWEST + (HIGHEST - LOWEST) * gene, 3)
