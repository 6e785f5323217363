"""Voting power: a moving average of what validators have staked, for subnets that ask for it."""

from __future__ import annotations

from collections.abc import Mapping

from chain.scale.hints import u64
from chain.types import AccountId
from runtime.fixed import U64_MAX
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap
from runtime.frame.weight import weigh
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid

WHOLE = 10**18
"""A new stake that counts at once."""
GRACE_BLOCKS = 100_800
"""How long voting power is still tracked after its end was asked for: 14 days."""


def calculate_voting_power(stake: int, before: int, alpha: int) -> int:
    """The moving average after an epoch, in rao; `alpha` is what the stake counts, over 10^18.

    Source: SubtensorModule::calculate_voting_power_ema
    """
    return min((alpha * stake + (WHOLE - alpha) * before) // WHOLE, U64_MAX)


class VotingPowers(Pallet):
    """Who has how much voting power in which subnet. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    neurons: Neurons

    VotingPower = StorageMap[tuple[NetUid, AccountId], u64](Identity, Blake2_128Concat, default=0)
    """The moving average of a validator's stake in a subnet, in rao."""

    VotingPowerTrackingEnabled = StorageMap[NetUid, bool](Identity, default=False)
    """Whether a subnet's validators have voting power."""

    VotingPowerDisableAtBlock = StorageMap[NetUid, u64](Identity, default=0)
    """The block from which voting power is no longer tracked; 0 for none."""

    VotingPowerEmaAlpha = StorageMap[NetUid, u64](Identity, default=3_570_000_000_000_000)
    """What the stake of an epoch counts in the moving average, over 10^18."""

    @call(129, weight=weigh(10_000, reads=2, writes=2))
    def enable_voting_power_tracking(self, origin: Origin, netuid: NetUid) -> None:
        """Track the voting power of a subnet's validators; an end that was asked for is off.

        Origin: the subnet's owner, or root.  Emits: VotingPowerTrackingEnabled.
        Source: SubtensorModule::enable_voting_power_tracking
        """
        self.registry.ensure_owner_or_root(origin, netuid)
        self.VotingPowerTrackingEnabled[netuid] = True
        del self.VotingPowerDisableAtBlock[netuid]
        self.deposit(Events.VotingPowerTrackingEnabled(netuid))

    @call(130, weight=weigh(10_000, reads=2, writes=1))
    def disable_voting_power_tracking(self, origin: Origin, netuid: NetUid) -> None:
        """Ask for the end of tracking, 14 days from now.

        Origin: the subnet's owner, or root.  Emits: VotingPowerTrackingDisableScheduled.
        Raises: VotingPowerTrackingNotEnabled.  Source: SubtensorModule::disable_voting_power_tracking
        """
        self.registry.ensure_owner_or_root(origin, netuid)
        if not self.VotingPowerTrackingEnabled[netuid]:
            raise Errors.VotingPowerTrackingNotEnabled
        end = self.registry.block() + GRACE_BLOCKS
        self.VotingPowerDisableAtBlock[netuid] = end
        self.deposit(Events.VotingPowerTrackingDisableScheduled(netuid, end))

    @call(131, weight=weigh(6_000, reads=1, writes=1))
    def sudo_set_voting_power_ema_alpha(self, origin: Origin, netuid: NetUid, alpha: u64) -> None:
        """Set what the stake of an epoch counts in the moving average, over 10^18.

        Origin: root.  Emits: VotingPowerEmaAlphaSet.  Raises: InvalidVotingPowerEmaAlpha.
        Source: SubtensorModule::sudo_set_voting_power_ema_alpha
        """
        ensure_root(origin)
        if alpha > WHOLE:
            raise Errors.InvalidVotingPowerEmaAlpha
        self.VotingPowerEmaAlpha[netuid] = alpha
        self.deposit(Events.VotingPowerEmaAlphaSet(netuid, alpha))

    def update(self, netuid: NetUid, stakes: Mapping[AccountId, int | None]) -> None:
        """Let voting power follow an epoch, which says each neuron's stake in rao, None for one without a permit.

        Emits: VotingPowerTrackingDisabled.  Source: SubtensorModule::update_voting_power_for_subnet
        """
        if not self.VotingPowerTrackingEnabled[netuid]:
            return
        end = self.VotingPowerDisableAtBlock[netuid]
        if 0 < end <= self.registry.block():
            self._end(netuid)
            return
        for hotkey, stake in sorted(stakes.items()):
            if stake is None:
                del self.VotingPower[netuid, hotkey]
            else:
                self._follow(netuid, hotkey, stake)
        for hotkey in list(self.VotingPower.keys(netuid)):
            if not self.neurons.IsNetworkMember[hotkey, netuid]:
                del self.VotingPower[netuid, hotkey]

    def swap_hotkey(self, netuid: NetUid, old: AccountId, new: AccountId) -> None:
        """Add a hotkey's voting power to another's. Source: SubtensorModule::swap_voting_power_for_hotkey"""
        power = self.VotingPower[netuid, old]
        del self.VotingPower[netuid, old]
        if power:
            self.VotingPower[netuid, new] = min(power + self.VotingPower[netuid, new], U64_MAX)

    def _follow(self, netuid: NetUid, hotkey: AccountId, stake: int) -> None:
        """Who falls below the stake that setting weights needs has none; who has not reached it yet keeps its own."""
        before, least = self.VotingPower[netuid, hotkey], self.parameters.StakeThreshold
        power = calculate_voting_power(stake, before, self.VotingPowerEmaAlpha[netuid])
        if power < least <= before:
            del self.VotingPower[netuid, hotkey]
        elif power:
            self.VotingPower[netuid, hotkey] = power

    def _end(self, netuid: NetUid) -> None:
        self.VotingPower.clear(netuid)
        self.VotingPowerTrackingEnabled[netuid] = False
        del self.VotingPowerDisableAtBlock[netuid]
        self.deposit(Events.VotingPowerTrackingDisabled(netuid))
