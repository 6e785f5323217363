"""The books of alpha: how much of each subnet's was made, burned and recycled. It has no calls."""

from __future__ import annotations

from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageMap, Twox64Concat
from runtime.units import AlphaBalance, NetUid

NONE = AlphaBalance(0)


class AlphaAssets(Pallet):
    """What happened to each subnet's alpha, in rao."""

    TotalAlphaIssuance = StorageMap[NetUid, AlphaBalance](Twox64Concat, default=NONE)
    """The alpha of a subnet that was made and not recycled, in rao."""

    AlphaBurned = StorageMap[NetUid, AlphaBalance](Twox64Concat, default=NONE)
    """The alpha of a subnet that was burned, in rao; it still counts as issued."""

    AlphaRecycled = StorageMap[NetUid, AlphaBalance](Twox64Concat, default=NONE)
    """The alpha of a subnet that was recycled, in rao."""

    def mint(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Note alpha that was made. Source: AlphaAssets::mint_alpha"""
        if amount:
            self.TotalAlphaIssuance[netuid] = self.TotalAlphaIssuance[netuid] + amount

    def burn(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Note alpha that was burned. Source: AlphaAssets::burn_alpha"""
        if amount:
            self.AlphaBurned[netuid] = self.AlphaBurned[netuid] + amount

    def recycle(self, netuid: NetUid, amount: AlphaBalance) -> None:
        """Note alpha that was recycled: it is no longer issued. Source: AlphaAssets::recycle_alpha"""
        if amount:
            issued = self.TotalAlphaIssuance[netuid]
            self.TotalAlphaIssuance[netuid] = AlphaBalance(max(issued - amount, 0))
            self.AlphaRecycled[netuid] = self.AlphaRecycled[netuid] + amount
