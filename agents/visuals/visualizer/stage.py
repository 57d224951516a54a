"""The frame and its safe places: where the focus stands, where words may."""

from dataclasses import dataclass

from storage.errors import UsageError

SAFE_MARGIN = 0.08
"""Share of width and height that words never enter."""
MIN_SIDE_PX = 64
MAX_SIDE_PX = 4096


@dataclass(frozen=True)
class Stage:
    """One film's frame, in pixels. Captions stand wholly below the focus."""

    width: int
    height: int

    def __post_init__(self) -> None:
        sides = (self.width, self.height)
        if any(side % 2 for side in sides) or min(sides) < MIN_SIDE_PX or max(sides) > MAX_SIDE_PX:
            raise UsageError(
                f"{self.width}×{self.height} is no video size: "
                f"use even sides from {MIN_SIDE_PX} to {MAX_SIDE_PX}, for instance 1280×720"
            )

    @property
    def is_upright(self) -> bool:
        return self.height > self.width

    @property
    def focus(self) -> tuple[float, float]:
        """The centre of attention, (x, y)."""
        return self.width / 2, self.height * (0.43 if self.is_upright else 0.425)

    @property
    def reach_px(self) -> float:
        """Radius of the focus: nothing essential lies outside it."""
        return min(self.width * 0.41, self.height * 0.325)

    @property
    def unit_px(self) -> float:
        """One 720th of the shorter side: the measure of line widths."""
        return min(self.width, self.height) / 720

    @property
    def words_bottom_px(self) -> int:
        """Lowest line of captions; an upright frame leaves room for a player's own controls."""
        return int(self.height * (0.86 if self.is_upright else 1 - SAFE_MARGIN))

    @property
    def words_height_px(self) -> int:
        """How tall captions may be, so that they end below the focus."""
        return int(self.words_bottom_px - self.focus[1] - self.reach_px)

    @property
    def words_width_px(self) -> int:
        return int(self.width * (1 - 2 * SAFE_MARGIN))
