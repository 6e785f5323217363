"""Owners choose the length of an epoch, and may call for one."""

from __future__ import annotations

from chain.scale.hints import u16, u32
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.weight import weigh
from runtime.pallets.emission.tempo import calculate_blocks_until_epoch
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.owner_limits import OwnerLimits
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import Hyperparameter
from runtime.units import NetUid

TEMPO_UPDATE = 11
"""The kind of call under which changes of the tempo are noted. Source: TransactionType"""


class TempoControl(Pallet):
    """The rhythm of a subnet. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    clock: Clock
    limits: OwnerLimits

    @call(139, weight=weigh(46_407_000, 4440, reads=6, writes=3))
    def set_tempo(self, origin: Origin, netuid: NetUid, tempo: u16) -> None:
        """Choose how many blocks an epoch has; a new one begins now.

        Origin: the subnet's owner.  Emits: TempoSet.
        Raises: TempoOutOfBounds, AdminActionProhibitedDuringWeightsWindow, TxRateLimitExceeded.
        Source: SubtensorModule::set_tempo
        """
        who = self.registry.ensure_owner(origin, netuid)
        if not self.parameters.MinTempo <= tempo <= self.parameters.MaxTempo:
            raise Errors.TempoOutOfBounds
        self.limits.ensure_window_open(netuid)
        key, block = (who, netuid, TEMPO_UPDATE), self.registry.block()
        self.limits.ensure_passed(self.registry.TransactionKeyLastBlock[key], self.parameters.MinTempo)
        self.parameters.Tempo[netuid] = tempo
        self.deposit(Events.TempoSet(netuid, tempo))
        self.clock.LastEpochBlock[netuid] = block
        self.registry.TransactionKeyLastBlock[key] = block

    @call(140, weight=weigh(39_193_000, 4364, reads=7, writes=2))
    def set_activity_cutoff_factor(self, origin: Origin, netuid: NetUid, factor_milli: u32) -> None:
        """Choose for how long a validator that sets no weights stays active, in thousandths of a tempo.

        Origin: the subnet's owner, or root, whom no limit stops.  Emits: ActivityCutoffFactorMilliSet.
        Raises: ActivityCutoffFactorMilliOutOfBounds.  Source: SubtensorModule::set_activity_cutoff_factor
        """
        owner = self.registry.ensure_owner_or_root(origin, netuid)
        rules = self.parameters
        if not rules.MinActivityCutoffFactorMilli <= factor_milli <= rules.MaxActivityCutoffFactorMilli:
            raise Errors.ActivityCutoffFactorMilliOutOfBounds
        if owner is not None:
            self.limits.ensure_window_open(netuid)
            self.limits.ensure_not_too_often(netuid, Hyperparameter.ActivityCutoffFactorMilli)
            self.limits.note_change(netuid, Hyperparameter.ActivityCutoffFactorMilli)
        rules.ActivityCutoffFactorMilli[netuid] = factor_milli
        self.deposit(Events.ActivityCutoffFactorMilliSet(netuid, factor_milli))

    @call(141, weight=weigh(42_539_000, 4447, reads=8, writes=2))
    def trigger_epoch(self, origin: Origin, netuid: NetUid) -> None:
        """Ask for an epoch after the freeze window; not where weights are committed before they are revealed.

        Origin: the subnet's owner.  Emits: EpochTriggered.
        Raises: DynamicTempoBlockedByCommitReveal, EpochTriggerAlreadyPending, AutoEpochAlreadyImminent,
        TxRateLimitExceeded.  Source: SubtensorModule::trigger_epoch
        """
        who = self.registry.ensure_owner(origin, netuid)
        if self.parameters.CommitRevealWeightsEnabled[netuid]:
            raise Errors.DynamicTempoBlockedByCommitReveal
        if self.clock.PendingEpochAt[netuid]:
            raise Errors.EpochTriggerAlreadyPending
        block, window, tempo = self.registry.block(), self.parameters.AdminFreezeWindow, self.parameters.Tempo[netuid]
        left = calculate_blocks_until_epoch(tempo, self.clock.LastEpochBlock[netuid], block)
        if left is not None and left < window:
            raise Errors.AutoEpochAlreadyImminent
        self.limits.ensure_not_too_often(netuid, Hyperparameter.TriggerEpoch)
        self.clock.PendingEpochAt[netuid] = block + window
        self.limits.note_change(netuid, Hyperparameter.TriggerEpoch)
        self.deposit(Events.EpochTriggered(netuid, who, block + window))
