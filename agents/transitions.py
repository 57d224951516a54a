"""An artist's life as one table of legal moves.

candidate ── on trial                       evolving ── changed numbers on trial
active    ── on the roster                  paused   ── makes nothing, may come back
retired   ── for ever
"""

from enum import StrEnum

from storage.errors import IllegalTransitionError
from storage.types import LifecycleState


class Trigger(StrEnum):
    """What moves an artist."""

    PROMOTE = "promote"
    EVOLVE = "evolve"
    EVOLVED = "evolved"
    EVOLUTION_FAILED = "evolution_failed"
    PAUSE = "pause"
    RESUME = "resume"
    """A person's word: evidence begins anew."""
    RETURN = "return"
    """A paused artist is tried again after a set time, with a change."""
    MENDED = "mended"
    """What failed was ours, and it is resolved."""
    RETIRE = "retire"


_S, _T = LifecycleState, Trigger

TRANSITIONS: dict[tuple[LifecycleState, Trigger], LifecycleState] = {
    (_S.CANDIDATE, _T.PROMOTE): _S.ACTIVE,
    (_S.CANDIDATE, _T.EVOLVE): _S.EVOLVING,
    (_S.CANDIDATE, _T.PAUSE): _S.PAUSED,
    (_S.CANDIDATE, _T.RETIRE): _S.RETIRED,
    (_S.ACTIVE, _T.EVOLVE): _S.EVOLVING,
    (_S.ACTIVE, _T.PAUSE): _S.PAUSED,
    (_S.ACTIVE, _T.RETIRE): _S.RETIRED,
    (_S.EVOLVING, _T.EVOLVED): _S.ACTIVE,
    (_S.EVOLVING, _T.EVOLUTION_FAILED): _S.PAUSED,
    (_S.EVOLVING, _T.PAUSE): _S.PAUSED,
    (_S.EVOLVING, _T.RETIRE): _S.RETIRED,
    (_S.PAUSED, _T.RESUME): _S.ACTIVE,
    (_S.PAUSED, _T.RETURN): _S.EVOLVING,
    (_S.PAUSED, _T.MENDED): _S.ACTIVE,
    (_S.PAUSED, _T.RETIRE): _S.RETIRED,
}


def move(state: LifecycleState, trigger: Trigger) -> LifecycleState:
    """The state after a trigger; raises IllegalTransitionError naming what is allowed."""
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        allowed = ", ".join(allowed_triggers(state)) or "nothing: it is final"
        raise IllegalTransitionError(
            f"{trigger} is not possible for an artist that is {state}; allowed: {allowed}",
            state=state,
            trigger=trigger,
        ) from None


def allowed_triggers(state: LifecycleState) -> tuple[Trigger, ...]:
    """What may happen to an artist in this state, in the order of the table."""
    return tuple(trigger for start, trigger in TRANSITIONS if start is state)
