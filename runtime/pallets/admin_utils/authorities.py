"""Root changes who makes blocks and who finalizes them."""

from __future__ import annotations

from chain.types import BlockNumber
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.aura import Aura, AuraIds
from runtime.pallets.grandpa import AuthorityList, Grandpa


class AdminAuthorities(Pallet):
    """The authorities of blocks and of finality. A section of AdminUtils."""

    aura: Aura
    grandpa: Grandpa

    @call(0, weight=lambda self, new_authorities: weigh(4_442_146 + 29_392 * len(new_authorities), writes=1))
    def swap_authorities(self, origin: Origin, new_authorities: AuraIds) -> None:
        """Let other keys take slots, from the next block on; no keys change nothing.

        Origin: root.  Source: AdminUtils::swap_authorities
        """
        ensure_root(origin)
        self.aura.change_authorities(new_authorities)

    @call(
        59,
        weight=lambda self, next_authorities, in_blocks, forced: weigh(
            7_972_506 + 15_444 * len(next_authorities), 2779, reads=1, writes=1
        ),
    )
    def schedule_grandpa_change(
        self, origin: Origin, next_authorities: AuthorityList, in_blocks: BlockNumber, forced: BlockNumber | None
    ) -> None:
        """Let other keys finalize, at the end of the block that is `in_blocks` blocks away.

        Origin: root.  Raises: ChangePending, TooSoon.  Source: AdminUtils::schedule_grandpa_change
        """
        ensure_root(origin)
        self.grandpa.schedule_change(next_authorities, in_blocks, forced)
