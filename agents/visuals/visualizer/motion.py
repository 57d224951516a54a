"""Motion styles: an artist's own way of moving, laid over whatever scene plays."""

from dataclasses import dataclass

from agents.visuals.visualizer.field import Flow
from agents.visuals.visualizer.programme import TRANSITIONS, Transition
from storage.errors import UsageError


@dataclass(frozen=True)
class Motion:
    """How a style bends a scene's flow, and how scenes give way to one another."""

    rush: float = 1.0
    """Times the scene's zoom; below 0, the light falls inward where it would fly outward."""
    turn: float = 0.0
    """Radians a frame, beside the scene's own."""
    swirl: float = 0.0
    sway: float = 1.0
    """Times the scene's warp."""
    keep: float = 0.0
    """Longer trails above 0, shorter ones below."""
    melt_beats: float = 1.0
    """How long a change of scenes takes."""
    transitions: tuple[Transition, ...] = TRANSITIONS

    def bend(self, flow: Flow) -> Flow:
        """The scene's flow in this style."""
        return Flow(
            zoom=1 + (flow.zoom - 1) * self.rush,
            turn=flow.turn + self.turn,
            swirl=flow.swirl + self.swirl,
            warp=flow.warp * self.sway,
            keep=min(0.95, flow.keep + self.keep),
            feed=flow.feed,
            lift=flow.lift,
        )


MOTIONS = {
    "glide": Motion(),
    "drift": Motion(rush=0.45, sway=2.6, keep=0.025, melt_beats=2.0, transitions=("melt",)),
    "pulse": Motion(rush=1.5, sway=0.4, keep=-0.04, melt_beats=0.5, transitions=("iris", "sweep")),
    "orbit": Motion(rush=0.6, turn=0.012, swirl=0.014, sway=0.7, keep=0.01, transitions=("melt", "iris")),
    "fall": Motion(rush=-0.8, sway=1.2, keep=0.01, melt_beats=1.5, transitions=("sweep", "melt")),
}


def find_motion(name: str) -> Motion:
    """The style of that name. Raises UsageError for one that nobody knows."""
    if name not in MOTIONS:
        raise UsageError(f"unknown motion style {name!r}: choose one of {', '.join(MOTIONS)}")
    return MOTIONS[name]
