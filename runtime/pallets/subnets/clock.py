"""When the epochs of a subnet are due."""

from __future__ import annotations

from chain.scale.hints import u64
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Identity, StorageMap
from runtime.pallets.emission.tempo import calculate_next_epoch, is_epoch_due
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid


class Clock(Pallet):
    """The blocks of past and coming epochs. A section of SubtensorModule."""

    parameters: Parameters

    BlocksSinceLastStep = StorageMap[NetUid, u64](Identity, default=0)
    """How many blocks ago the last epoch ran."""

    LastMechansimStepBlock = StorageMap[NetUid, u64](Identity, default=0)
    """The block in which the last epoch was paid."""

    LastEpochBlock = StorageMap[NetUid, u64](Identity, default=0)
    """The block in which an epoch was last due."""

    PendingEpochAt = StorageMap[NetUid, u64](Identity, default=0)
    """The block in which an epoch that was asked for will run; 0 for none."""

    SubnetEpochIndex = StorageMap[NetUid, u64](Identity, default=0)
    """How many epochs a subnet has had."""

    def begin(self, netuid: NetUid, tempo: int, block: int) -> None:
        """Start the clock of a new subnet; epochs of different subnets are staggered."""
        self.LastEpochBlock[netuid] = max(block - netuid % max(tempo, 1), 0)

    def is_due(self, netuid: NetUid, block: int) -> bool:
        """Whether an epoch should run in `block`. Source: SubtensorModule::should_run_epoch"""
        return is_epoch_due(
            self.parameters.Tempo[netuid],
            self.PendingEpochAt[netuid],
            self.BlocksSinceLastStep[netuid],
            self.LastEpochBlock[netuid],
            block,
        )

    def next_epoch(self, netuid: NetUid) -> int | None:
        """The block in which the next epoch is expected; None for a tempo of 0. Source: get_next_epoch_start_block"""
        return calculate_next_epoch(
            self.parameters.Tempo[netuid], self.PendingEpochAt[netuid], self.LastEpochBlock[netuid]
        )

    def defer(self, netuid: NetUid, block: int) -> None:
        """Ask for an epoch in `block`."""
        self.PendingEpochAt[netuid] = block

    def note_epoch(self, netuid: NetUid, block: int) -> None:
        """Count the epoch of `block`, whether it ran or was passed over."""
        self.LastEpochBlock[netuid] = block
        self.PendingEpochAt[netuid] = 0
        self.SubnetEpochIndex[netuid] = self.SubnetEpochIndex[netuid] + 1

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet."""
        for item in (
            self.BlocksSinceLastStep,
            self.LastMechansimStepBlock,
            self.LastEpochBlock,
            self.PendingEpochAt,
            self.SubnetEpochIndex,
        ):
            del item[netuid]
