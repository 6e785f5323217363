"""A section of SubtensorModule: coldkeys that are being swapped."""

from __future__ import annotations

from chain.types import H256, AccountId, BlockNumber
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageMap, Twox64Concat


class Keys(Pallet):
    """Coldkeys that are being swapped. A section of SubtensorModule."""

    ColdkeySwapAnnouncements = StorageMap[AccountId, tuple[BlockNumber, H256]](Twox64Concat)
    """Coldkey -> block from which it may be swapped, hash of the new one."""

    ColdkeySwapDisputes = StorageMap[AccountId, BlockNumber](Twox64Concat)
    """Coldkey -> block in which its swap was disputed."""
