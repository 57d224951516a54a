"""Bugs in labelmate's own code: a patch is asked for, tried, put in place by a person, watched, and taken back.

Nothing is asked of a model unless PATCH_PROPOSALS_ENABLED says so, and nothing is put in place by itself unless
AUTO_FIX_ENABLED does. Files change between two rows (storage/patches.py): what an interrupted process left half way
is found at the next look and settled.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from agents.mending.checkout import ChangedFile, Checkout, find_checkout
from agents.mending.evidence import TRACE_MAX_CHARS, sources_of
from agents.mending.trial import Limits, Trial, TrialResult
from agents.redaction import HIDDEN
from configs.settings import Settings
from runtime.live import LiveSettings
from storage import faults, patches
from storage.errors import ConflictError, LabelError, PatchRefusedError
from storage.patches import Patch, PatchedFile, Tried
from storage.store import StoreClient

if TYPE_CHECKING:
    from agents.llm.tasks import PatchSource
    from agents.mending.engineer import Proposal

POLICY = "policy:auto_fix"
LABEL = "label"
log = logging.getLogger(__name__)

Propose = Callable[[str, str, "tuple[PatchSource, ...]", int], Awaitable["Proposal"]]
"""(title, trace, sources, seed): the error-fixer agent with its models."""
Try = Callable[[tuple[ChangedFile, ...], Checkout, tuple[str, ...], Limits], Awaitable[Trial]]
"""A trial, wherever it computes."""


@dataclass
class Mender:
    """Looks after patches while the label runs."""

    store: StoreClient
    settings: LiveSettings
    propose: Propose
    try_it: Try
    find: Callable[[], Checkout] = find_checkout
    _unsettled: frozenset[str] = field(default=frozenset(), init=False)
    """Changes that were under way at the look before."""
    _has_looked: bool = field(default=False, init=False)

    async def look(self) -> None:
        """One look at everything that waits; what fails is told in its own row."""
        settings = await self.settings.now()
        if not self._has_looked:
            await self._end_interrupted()
            self._has_looked = True
        await self._settle()
        for patch in await self.store.read(patches.patches_in, statuses=("returned",)):
            with contextlib.suppress(LabelError):  # why stands in its row
                await revert_patch(self.store, patch.id, who=LABEL, find=self.find)
        if await self.store.read(patches.patches_in, statuses=("applied",), limit=1):
            await self.store.write(patches.end_watches)
        if not settings.patch_proposals_enabled:
            return
        await self._ask_for_new_bugs(settings)
        for patch in await self.store.read(patches.patches_in, statuses=("asked",), limit=1):
            await self._mend(patch, settings)

    async def _ask_for_new_bugs(self, settings: Settings) -> None:
        since = datetime.now(UTC) - timedelta(days=1)
        left = settings.patches_per_day_max - await self.store.read(patches.asked_since, since=since)
        if left > 0:
            for fingerprint in await self.store.read(patches.unpatched_bugs, limit=left):
                await self.store.write(patches.ask_patch, fingerprint=fingerprint, who=LABEL)

    async def _end_interrupted(self) -> None:
        """What the process before was trying has been paid for once: it is not bought again unasked."""
        tried = Tried(status="failed", reason="it was interrupted; ask again, and its models are paid again")
        for patch in await self.store.read(patches.patches_in, statuses=("trying",)):
            with contextlib.suppress(ConflictError):
                await self.store.write(patches.record_trial, fix_id=patch.id, tried=tried)

    async def _mend(self, patch: Patch, settings: Settings) -> None:
        try:
            await self.store.write(patches.begin_trial, fix_id=patch.id)
        except ConflictError:  # somebody has discarded it, or tries it
            return
        try:
            tried = await self._tried(patch, settings)
        except LabelError as error:
            tried = Tried(status="failed", reason=str(error))
        except Exception as error:
            log.warning("mending: %s: %s", patch.fingerprint, error, exc_info=True)
            tried = Tried(status="failed", reason=f"The fixer itself failed: {type(error).__name__}")
        with contextlib.suppress(ConflictError):  # somebody has discarded it meanwhile
            await self.store.write(patches.record_trial, fix_id=patch.id, tried=tried)
            if settings.auto_fix_enabled and tried.result == TrialResult.PASSED:
                await apply_patch(self.store, patch.id, who=POLICY, find=self.find)

    async def _tried(self, patch: Patch, settings: Settings) -> Tried:
        checkout = await asyncio.to_thread(self.find)
        report = await self.store.read(faults.show_group, fingerprint=patch.fingerprint)
        if not report.events:
            raise PatchRefusedError("No occurrence of this fault is kept, so there is no trace to go by")
        trace = report.events[0].trace[-TRACE_MAX_CHARS:]
        sources = await asyncio.to_thread(sources_of, trace, checkout)
        hide = _hider(settings)
        shown = tuple(source.model_copy(update={"text": hide(source.text)}) for source in sources)
        tree_sha256 = await asyncio.to_thread(checkout.sha256)
        seed = int(patch.fingerprint[:8], 16)
        proposal = await self.propose(hide(report.group.title), hide(trace), shown, seed)
        limits = Limits(time_s=settings.patch_tests_s, memory_mb=settings.patch_memory_mb)
        trial = await self.try_it(proposal.files, checkout, settings.patch_tests, limits)
        is_fit = trial.result in (TrialResult.PASSED, TrialResult.UNTESTED)
        return Tried(
            status="proposed" if is_fit else "failed",
            reason=proposal.approach if is_fit else f"Its tests: {trial.result}",
            cause=proposal.cause,
            source=proposal.source,
            cost_usd=proposal.cost_usd,
            tree=str(checkout.root),
            tree_sha256=tree_sha256,
            files=tuple(PatchedFile(**file.model_dump()) for file in proposal.files),
            diff=proposal.diff,
            result=trial.result,
            tests=trial.tests,
            output=hide(trial.output),
            took_s=trial.took_s,
        )

    async def _settle(self) -> None:
        """End what a process began and did not end; whoever is at it now has until the next look."""
        open_now = await self.store.read(patches.patches_in, statuses=("applying", "reverting"))
        for patch in open_now:
            if patch.id in self._unsettled:
                await _settle(self.store, patch, self.find)
        self._unsettled = frozenset(patch.id for patch in open_now)


async def apply_patch(
    store: StoreClient, fix_id: str, *, who: str, find: Callable[[], Checkout] = find_checkout
) -> Patch:
    """Put a proposed patch in place; it counts from the next start.

    Raises:
        PatchRefusedError: the source has changed since its tests ran; nothing was touched.
        ConflictError: it is not proposed, or somebody was faster.
    """
    checkout = await asyncio.to_thread(find)
    patch = await store.write(patches.begin_apply, fix_id=fix_id, who=who)
    try:
        if str(checkout.root) != patch.tree:
            raise PatchRefusedError(f"The patch was made for the source at {patch.tree}")
        if await asyncio.to_thread(checkout.sha256) != patch.tree_sha256:
            raise PatchRefusedError("The source has changed since the patch met its tests: ask for a new one")
        await asyncio.to_thread(checkout.put, _files(patch))
    except PatchRefusedError as error:
        await store.write(patches.drop_apply, fix_id=fix_id, reason=str(error))
        raise
    applied = await store.write(patches.end_apply, fix_id=fix_id)
    with contextlib.suppress(ConflictError):  # a person has closed it already
        await store.write(faults.resolve_group, fingerprint=patch.fingerprint, who=who)
    return applied


async def revert_patch(
    store: StoreClient, fix_id: str, *, who: str, find: Callable[[], Checkout] = find_checkout
) -> Patch:
    """Put the former bytes back.

    Raises:
        PatchRefusedError: a file was changed after the patch; nothing was touched.
        ConflictError: it is not in place, or somebody was faster.
    """
    checkout = await asyncio.to_thread(find)
    patch = await store.write(patches.begin_revert, fix_id=fix_id, who=who)
    try:
        if str(checkout.root) != patch.tree:
            raise PatchRefusedError(f"The patch was made for the source at {patch.tree}")
        await asyncio.to_thread(checkout.take_back, _files(patch))
    except PatchRefusedError as error:
        await store.write(patches.drop_revert, fix_id=fix_id, reason=str(error))
        raise
    return await store.write(patches.end_revert, fix_id=fix_id)


async def _settle(store: StoreClient, patch: Patch, find: Callable[[], Checkout]) -> None:
    checkout, files = await asyncio.to_thread(find), _files(patch)
    if str(checkout.root) != patch.tree:
        return
    try:
        held = await asyncio.to_thread(checkout.holds, files)
        if patch.status == "applying" and held == "after":
            await store.write(patches.end_apply, fix_id=patch.id)
            return
        await asyncio.to_thread(checkout.restore, files)
    except PatchRefusedError as error:
        drop = patches.drop_apply if patch.status == "applying" else patches.drop_revert
        await store.write(drop, fix_id=patch.id, reason=str(error))
        return
    if patch.status == "applying":
        await store.write(
            patches.drop_apply, fix_id=patch.id, reason="It was interrupted; nothing has changed"
        )
    else:
        await store.write(patches.end_revert, fix_id=patch.id)


def _files(patch: Patch) -> tuple[ChangedFile, ...]:
    return tuple(ChangedFile(**file.model_dump()) for file in patch.files or ())


def _hider(settings: Settings) -> Callable[[str], str]:
    """Takes this label's own keys out of a text, whatever they look like."""
    secrets = [
        value.get_secret_value()
        for name in type(settings).model_fields
        if isinstance(value := getattr(settings, name), SecretStr)
    ]
    longest_first = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in longest_first:
            text = text.replace(secret, HIDDEN)
        return text

    return hide
