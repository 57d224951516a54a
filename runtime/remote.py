"""Awaiting Ray without its wrapping: our own errors arrive as themselves, a dead process as a typed one."""

import re
from collections.abc import Awaitable
from typing import TypeVar, cast

import ray.exceptions

from storage.errors import LabelError, RenderError

T = TypeVar("T")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


async def arrived(reference: Awaitable[T]) -> T:
    """The value of an ObjectRef.

    Raises:
        LabelError: as it was raised in the other process, with that one's trace as its note.
        RenderError: the process of a task died (out of memory, killed).
        ActorGoneError: the process of an actor died.
    """
    try:
        return await reference
    except ray.exceptions.RayTaskError as error:
        cause = cast("BaseException | None", error.cause)
        if cause is None:
            raise
        # Frames do not travel. As a note they are in every printed trace, and whoever mends a bug finds its place.
        cause.__notes__ = [_COLOURS.sub("", str(error))]
        raise cause from None
    except (ray.exceptions.ActorDiedError, ray.exceptions.ActorUnavailableError) as error:
        out_of_reach = re.search(r"\bnode (has )?died\b", str(error)) is not None
        raise ActorGoneError(
            f"An agent's process ended: {_why(error)}", out_of_reach=int(out_of_reach)
        ) from error
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
        raise RenderError(f"A worker's process ended: {_first_line(error)}") from error
    except ray.exceptions.ObjectLostError as error:
        raise RenderError(f"A worker's result was lost with its node: {_first_line(error)}") from error


class ActorGoneError(LabelError):
    """The process of an actor is gone; whoever supervises it starts another."""

    code = "actor_gone"
    transient = True

    @property
    def is_out_of_reach(self) -> bool:
        """Its node was lost, so its process may live on where we cannot see it."""
        return bool(self.fields.get("out_of_reach"))


def _why(error: BaseException) -> str:
    """The one line of Ray's many that tells the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if "creation task" in _first_line(error):
        # The end of the traceback from its constructor, without the name of the error's class.
        return re.sub(r"^[\w.]+: ", "", lines[-1])
    return next((line for line in lines if line.startswith("The actor is dead")), _first_line(error))


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
