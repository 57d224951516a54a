"""The scenes a film may be made of, by name; a new one is a class and an entry here."""

from agents.visuals.visualizer.scenes.halo import Halo
from agents.visuals.visualizer.scenes.ink import Ink
from agents.visuals.visualizer.scenes.kaleidoscope import Kaleidoscope
from agents.visuals.visualizer.scenes.lattice import Lattice
from agents.visuals.visualizer.scenes.ridges import Ridges
from agents.visuals.visualizer.scenes.scene import Look, Moment, Scene
from agents.visuals.visualizer.scenes.scope import Scope
from agents.visuals.visualizer.scenes.sunrise import Sunrise
from agents.visuals.visualizer.scenes.swarm import Swarm
from agents.visuals.visualizer.scenes.tunnel import Tunnel

__all__ = ["SCENES", "Look", "Moment", "Scene"]

SCENES: dict[str, type[Scene]] = {
    "halo": Halo,
    "ink": Ink,
    "kaleidoscope": Kaleidoscope,
    "lattice": Lattice,
    "ridges": Ridges,
    "scope": Scope,
    "sunrise": Sunrise,
    "swarm": Swarm,
    "tunnel": Tunnel,
}
