"""What the last block emitted, and what waits for the next epoch."""

from __future__ import annotations

from typing import Any

from chain.types import AccountId
from runtime.fixed import U96F32
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap
from runtime.pallets.emission.split import Split
from runtime.units import AlphaBalance, NetUid, TaoBalance


class Ledger(Pallet):
    """The books of emission. A section of SubtensorModule."""

    SubnetAlphaInEmission = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """The alpha that the block put into a subnet's pool, in rao."""

    SubnetAlphaOutEmission = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """The alpha that the block made for a subnet's participants, in rao."""

    SubnetTaoInEmission = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """The TAO that the block put into a subnet's pool, in rao."""

    SubnetExcessTao = StorageMap[NetUid, TaoBalance](Identity, default=TaoBalance(0))
    """The TAO that the block bought a subnet's alpha with, in rao."""

    RootProp = StorageMap[NetUid, U96F32](Identity, default=U96F32(0))
    """The root network's part in a subnet's emission."""

    MinerBurned = StorageMap[NetUid, U96F32](Identity, default=U96F32(0))
    """The part of the last incentives that was withheld."""

    PendingServerEmission = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """What miners will be paid in the next epoch, in rao of alpha."""

    PendingValidatorEmission = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """What validators will be paid in the next epoch, in rao of alpha."""

    PendingRootAlphaDivs = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """What root stakers will be paid in the next epoch, in rao of alpha."""

    PendingOwnerCut = StorageMap[NetUid, AlphaBalance](Identity, default=AlphaBalance(0))
    """What the owner will be paid in the next epoch, in rao of alpha."""

    AlphaDividendsPerSubnet = StorageMap[tuple[NetUid, AccountId], AlphaBalance](
        Identity, Blake2_128Concat, default=AlphaBalance(0)
    )
    """What the last epoch paid to the stakers of a hotkey, in rao of alpha."""

    RootAlphaDividendsPerSubnet = StorageMap[tuple[NetUid, AccountId], AlphaBalance](
        Identity, Blake2_128Concat, default=AlphaBalance(0)
    )
    """What the last epoch paid to the root stakers of a hotkey, in rao of alpha."""

    def save_up(self, netuid: NetUid, split: Split, *, is_root_sold: bool) -> None:
        """Keep a block's parts for the next epoch; root's only while it is sold."""
        owner, server, validator = self.PendingOwnerCut, self.PendingServerEmission, self.PendingValidatorEmission
        if split.owner:
            owner[netuid] = owner[netuid] + split.owner
        server[netuid] = server[netuid] + split.server
        validator[netuid] = validator[netuid] + split.validator
        if is_root_sold:
            self.PendingRootAlphaDivs[netuid] = self.PendingRootAlphaDivs[netuid] + split.root

    def drain(self, netuid: NetUid) -> Split:
        """Take what was saved up."""
        pending = (
            self.PendingOwnerCut,
            self.PendingServerEmission,
            self.PendingValidatorEmission,
            self.PendingRootAlphaDivs,
        )
        split = Split(*(item[netuid] for item in pending))
        for item in pending:
            item[netuid] = AlphaBalance(0)
        return split

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet."""
        for item in (
            self.SubnetAlphaInEmission,
            self.SubnetAlphaOutEmission,
            self.SubnetTaoInEmission,
            self.SubnetExcessTao,
            self.PendingServerEmission,
            self.PendingValidatorEmission,
            self.PendingRootAlphaDivs,
            self.PendingOwnerCut,
            self.MinerBurned,
        ):
            del item[netuid]
        self.AlphaDividendsPerSubnet.clear(netuid)


def forget_emission(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    ledger: Ledger = runtime.ledger
    ledger.forget(netuid)
    del runtime.claims.SubnetRootSellTao[netuid]
