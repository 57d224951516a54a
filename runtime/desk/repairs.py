"""Faults and the patches that are to mend them: dismissed, resolved, asked for, applied, taken back."""

import asyncio

from agents.mending.checkout import find_checkout
from runtime.desk.actor import Seat
from runtime.mending import apply_patch, revert_patch
from storage import faults, patches
from storage.errors import UsageError
from storage.faults import ErrorGroup
from storage.patches import Patch


class Repairs(Seat):
    """Everybody may quieten a fault; labelmate's own code is the owner's."""

    async def dismiss_fault(self, fingerprint: str) -> ErrorGroup:
        """Hear no more of a fault."""
        return await self._store.write(faults.dismiss_group, fingerprint=fingerprint, who=self.actor.alias)

    async def resolve_fault(self, fingerprint: str) -> ErrorGroup:
        """Call a fault mended."""
        return await self._store.write(faults.resolve_group, fingerprint=fingerprint, who=self.actor.alias)

    async def ask_patch(self, fingerprint: str) -> Patch:
        """Have a model asked to mend a bug of ours; the running label does it.

        Raises UsageError while PATCH_PROPOSALS_ENABLED is off, ConfigurationError without a source tree.
        """
        self.require_owner("have labelmate's own code mended")
        if not (await self._label.live.now()).patch_proposals_enabled:
            raise UsageError(
                "Patches are off: with PATCH_PROPOSALS_ENABLED=true a model may read labelmate's code and the redacted "
                "trace, and what it proposes is run in a copy to test it"
            )
        await asyncio.to_thread(find_checkout)
        group = await self._store.read(faults.group_by_fingerprint, fingerprint=fingerprint)
        return await self._store.write(patches.ask_patch, fingerprint=group.fingerprint, who=self.actor.alias)

    async def apply_patch(self, patch: Patch) -> Patch:
        """Put a proposed patch in place; it counts from the next start, and is taken back if its fault returns."""
        self.require_owner("change labelmate's own code")
        return await apply_patch(self._store, patch.id, who=self.actor.alias)

    async def revert_patch(self, patch: Patch) -> Patch:
        """Put the former code back, byte for byte."""
        self.require_owner("change labelmate's own code")
        return await revert_patch(self._store, patch.id, who=self.actor.alias)

    async def discard_patch(self, patch: Patch) -> Patch:
        """Not this patch."""
        self.require_owner("judge patches of labelmate's own code")
        return await self._store.write(patches.discard_patch, fix_id=patch.id, who=self.actor.alias)
