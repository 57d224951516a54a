"""How a step leaves a cycle without failing it.

Signals derive from BaseException so that no `except Exception` between a step and the artist can
mistake "come back later" for an error.
"""

from storage.types import CycleState


class Suspend(BaseException):
    """Set the cycle aside in `state` for `due_in_s`, or until a person or an operator brings it back."""

    def __init__(self, state: CycleState, reason: str, due_in_s: float = 0.0) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.due_in_s = due_in_s


class GaveUp(BaseException):
    """The playbook ends the cycle: this step cannot succeed."""

    def __init__(self, reason: str, *, provider_failed: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.provider_failed = provider_failed
