"""The cover compositions, by name; a new one is a module with `paint` and an entry here."""

from collections.abc import Callable

from agents.visuals.cover import aura, eclipse, flow, horizon, liquid, riso, swiss
from agents.visuals.cover.artboard import Artboard
from agents.visuals.cover.type_area import Layout

PICTURES: dict[str, Callable[[Artboard], Layout]] = {
    "aura": aura.paint,
    "eclipse": eclipse.paint,
    "flow": flow.paint,
    "horizon": horizon.paint,
    "liquid": liquid.paint,
    "riso": riso.paint,
    "swiss": swiss.paint,
}
