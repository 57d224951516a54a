"""Awaiting Ray without its wrapping: our own errors arrive as themselves, a dead process as a typed one."""

from collections.abc import Awaitable
from typing import TypeVar, cast

import ray.exceptions

from storage.errors import LabelError, RenderError

T = TypeVar("T")


async def arrived(reference: Awaitable[T]) -> T:
    """The value of an ObjectRef.

    Raises:
        LabelError: as it was raised in the other process.
        RenderError: the process of a task died (out of memory, killed).
        ActorGoneError: the process of an actor died.
    """
    try:
        return await reference
    except ray.exceptions.RayTaskError as error:
        cause = cast("BaseException | None", error.cause)
        raise (cause or error) from None
    except (ray.exceptions.ActorDiedError, ray.exceptions.ActorUnavailableError) as error:
        raise ActorGoneError(f"An agent's process ended: {_first_line(error)}") from error
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
        raise RenderError(f"A worker's process ended: {_first_line(error)}") from error
    except ray.exceptions.ObjectLostError as error:
        raise RenderError(f"A worker's result was lost with its node: {_first_line(error)}") from error


class ActorGoneError(LabelError):
    """The process of an actor is gone; whoever supervises it starts another."""

    code = "actor_gone"
    transient = True


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
