"""What migrations and older versions of the chain left in the state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chain.scale.hints import u64
from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap, StorageValue
from runtime.units import AlphaBalance, NetUid


class Remnants(Pallet):
    """Items that are only removed any more, or not even that. A section of SubtensorModule."""

    LastHotkeyEmissionOnNetuid = StorageMap[tuple[AccountId, NetUid], AlphaBalance](
        Blake2_128Concat, Identity, default=AlphaBalance(0)
    )
    """What a hotkey last earned on a subnet, in rao of alpha."""

    LoadedEmission = StorageMap[NetUid, tuple[tuple[AccountId, u64, u64], ...]](Identity)
    """What a subnet's hotkeys were about to be paid for mining and for validating, in rao."""

    NextStakeJobId = StorageValue[u64](default=0)
    """The number of the next job of an older kind of staking."""

    LastTxBlockDelegateTake = StorageMap[AccountId, u64](Identity, default=0)
    """The block of a hotkey's last raise of its take; kept for old entries."""

    HasMigrationRun = StorageMap[bytes, bool](Identity, default=False)
    """The migrations that were made."""

    def last_emissions(
        self, netuids: Iterable[NetUid], hotkeys: Sequence[AccountId]
    ) -> tuple[tuple[AlphaBalance, ...], ...]:
        """What each subnet last paid to each hotkey, in rao of alpha. Source: SubtensorModule::get_emissions_history"""
        stored, none = dict(self.LastHotkeyEmissionOnNetuid.items()), AlphaBalance(0)
        return tuple(tuple(stored.get((hotkey, netuid), none) for hotkey in hotkeys) for netuid in netuids)

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet. Source: SubtensorModule::remove_network"""
        del self.LoadedEmission[netuid]
        for hotkey in [hotkey for hotkey, n in self.LastHotkeyEmissionOnNetuid if n == netuid]:
            del self.LastHotkeyEmissionOnNetuid[hotkey, netuid]


def forget_remnants(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    remnants: Remnants = runtime.remnants
    remnants.forget(netuid)
