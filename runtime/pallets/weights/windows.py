"""When a commit is revealed: in one epoch, some epochs after that of the commit.

Source: SubtensorModule::is_reveal_block_range, is_commit_expired; consensus 6.2
"""

from __future__ import annotations

from runtime.fixed import U64_MAX
from runtime.frame.pallet import Pallet
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid


def calculate_reveal_epoch(commit_epoch: int, period_epochs: int) -> int:
    """The epoch in which a commit is revealed."""
    return min(commit_epoch + period_epochs, U64_MAX)


class Windows(Pallet):
    """The epochs of commits and reveals. A section of SubtensorModule."""

    registry: Registry
    parameters: Parameters
    clock: Clock

    def epoch(self, netuid: NetUid) -> int:
        """The epoch that this block belongs to: the next one already where it is still to run in this block.

        Source: SubtensorModule::current_epoch_with_lookahead
        """
        return self.clock.SubnetEpochIndex[netuid] + self.clock.is_due(netuid, self.registry.block())

    def reveal_epoch(self, netuid: NetUid, commit_epoch: int) -> int:
        """The epoch in which a commit of `commit_epoch` is revealed."""
        return calculate_reveal_epoch(commit_epoch, self.parameters.RevealPeriodEpochs[netuid])

    def is_open(self, netuid: NetUid, commit_epoch: int) -> bool:
        """Whether a commit may be revealed now."""
        return self.epoch(netuid) == self.reveal_epoch(netuid, commit_epoch)

    def is_expired(self, netuid: NetUid, commit_epoch: int) -> bool:
        """Whether it is too late to reveal a commit."""
        return self.epoch(netuid) > self.reveal_epoch(netuid, commit_epoch)
