"""Answers in pieces: others are asked only while nothing has been passed on yet."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter
from typing import TYPE_CHECKING

from agents.llm.attempt import DoorClosed, Tally
from agents.llm.conversation import Reply
from agents.llm.deployment import Deployment
from agents.llm.policy import DISABLING, Next, attempt_s
from agents.llm.result import Choice, CompletionResult, T
from agents.llm.walk import Answered, Passed, Walk, Wanted
from agents.llm.wires.faults import translate
from storage.errors import LLMError, ModelAttempt, TruncatedResponse

if TYPE_CHECKING:
    from agents.llm.router import Router


async def stream(
    router: "Router", wanted: Wanted[T], deadline_s: float
) -> AsyncGenerator[str | CompletionResult[T], None]:
    """Pieces, then the result. Raises LLMError when an answer breaks off after its first piece."""
    from agents.llm.router import ROUNDS, failed

    started_s, tally = perf_counter(), Tally()
    until_s = asyncio.get_running_loop().time() + deadline_s
    await router.priced()
    walk = router.walk(wanted, tally, router.hosted_until_s(wanted, until_s))
    only: frozenset[str] | None = None
    for _round in range(ROUNDS):
        closed: dict[str, float] = {}
        queue = [entry for entry in router.queue(wanted) if only is None or entry[0].name in only]
        for place, (listed, choice) in enumerate(queue):
            deployment = await router.resolved(listed, tally) if walk.left_s > 0 else None
            if deployment is None:
                continue
            pieces = _one(router, walk, deployment, choice, others=place + 1 < len(queue))
            try:
                async with aclosing(pieces):
                    async for piece in pieces:
                        if isinstance(piece, str):
                            yield piece
                        else:
                            yield router.result(piece, wanted, tally, started_s)
                            return
            except DoorClosed as door:
                closed[listed.name] = door.wait_s
                tally.attempts.append(ModelAttempt(deployment.name, "not_asked", "is failing or busy"))
            except Passed:
                continue
        recovery_s = min(closed.values(), default=walk.left_s)
        if recovery_s >= walk.left_s:
            break
        await asyncio.sleep(recovery_s)
        only = frozenset(closed)
    answered = await router.offline_answer(wanted, tally) if router.can_write_offline(wanted.task) else None
    if answered is None:
        raise failed(tally)
    yield answered.reply.text
    yield router.result(answered, wanted, tally, started_s)


async def _one(
    router: "Router", walk: Walk[T], deployment: Deployment, choice: Choice, *, others: bool
) -> AsyncGenerator[str | Answered[T], None]:
    """One deployment's pieces, after retries that nobody sees. Raises Passed before the first, LLMError after it."""
    tried = 0
    while True:
        tried += 1
        begun = False
        pieces = _attempt(router, walk, deployment, others=others)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Reply):
                        yield Answered(deployment, choice, piece, None)
                        return
                    begun = True
                    yield piece
        except LLMError as error:
            if begun:
                raise TruncatedResponse(f"{error}; its first words have been passed on") from error
            if error.fields.get("adapted"):
                tried -= 1
                continue
            if isinstance(error, DISABLING):
                walk.disable(deployment, error)
            following, delay_s = walk.policy.after(error, tried=tried, left_s=walk.left_s, others=others)
            if following is Next.NOBODY:
                raise
            if following is not Next.SAME:
                raise Passed(error, larger=following is Next.LARGER) from error
            await asyncio.sleep(delay_s)


async def _attempt(
    router: "Router", walk: Walk[T], deployment: Deployment, *, others: bool
) -> AsyncGenerator[str | Reply, None]:
    """One attempt, reserved and settled like any other."""
    attempts, tally, line = walk.attempts, walk.tally, router.line(deployment)
    ask = walk.wanted.ask(deployment, line, ())
    await line.ready()
    permit = await attempts.enter(deployment, patience_s=walk.left_s)
    reserved_usd = await attempts.reserve(deployment, ask, permit, tally)
    started_s, pieces = perf_counter(), line.stream(ask)
    is_begun, ended, blank = False, False, ""
    try:
        while not ended:
            # The first piece decides who answers; after it the whole deadline is this deployment's.
            time_s = (
                walk.left_s
                if is_begun
                else attempt_s(deployment.timeout_s, left_s=walk.left_s, others=others)
            )
            async with asyncio.timeout(max(0.0, time_s)):
                piece = await anext(pieces)
            if isinstance(piece, Reply):
                ended = True
                await attempts.answered(deployment, permit, piece, tally, reserved_usd)
                tally.attempts.append(
                    ModelAttempt(deployment.name, "ok", latency_s=perf_counter() - started_s)
                )
            elif not is_begun and not piece.strip():
                # White space alone is no answer yet: an empty one must still be able to fall back.
                blank += piece
                continue
            is_begun = True
            yield piece if isinstance(piece, Reply) else blank + piece
            blank = ""
    except (LLMError, TimeoutError) as fault:
        error = translate(fault, deployment)
        await attempts.failed(deployment, permit, error, tally, reserved_usd, started_s)
        raise error from fault
    except BaseException:
        if not ended:
            attempts.abandoned(deployment, permit, tally, reserved_usd, started_s)
        raise
