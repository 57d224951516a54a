"""What people do to a label: the same verbs, rights and audit from every surface.

A surface knows who acts (a reviewer, or the owner) and calls one method; the store's compare-and-set decides
who was first, and the outbox tells the other surfaces.
"""

from runtime.desk.actor import Actor
from runtime.desk.artists import Artists
from runtime.desk.cycles import Cycles
from runtime.desk.decisions import Decisions
from runtime.desk.experiments import Experiments
from runtime.desk.house import House
from runtime.desk.plan import Plan
from runtime.desk.releases import Releases
from runtime.desk.repairs import Repairs
from runtime.label import Label


class Desk:
    """One person at one surface, by subject. Every method raises ConflictError when somebody was faster."""

    def __init__(self, label: Label, actor: Actor) -> None:
        self.actor = actor
        self.decisions = Decisions(label, actor)
        self.cycles = Cycles(label, actor)
        self.artists = Artists(label, actor)
        self.plan = Plan(label, actor)
        self.releases = Releases(label, actor)
        self.experiments = Experiments(label, actor)
        self.repairs = Repairs(label, actor)
        self.house = House(label, actor)
