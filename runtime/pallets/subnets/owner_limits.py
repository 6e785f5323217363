"""How often, and when, the parameters of a subnet may be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from chain.types import AccountId
from runtime.frame.origin import Origin, ensure_root
from runtime.frame.pallet import Pallet
from runtime.pallets.emission.tempo import calculate_blocks_until_epoch
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import Hyperparameter, OwnerHyperparamUpdate
from runtime.units import NetUid

SET_WEIGHTS_VERSION_KEY = 4
"""The kind of call under which changes of the version key are noted. Source: TransactionType"""


class OwnerLimits(Pallet):
    """Owners change a parameter rarely, and nobody just before an epoch. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    clock: Clock

    @contextmanager
    def change(self, origin: Origin, netuid: NetUid, parameter: Hyperparameter) -> Iterator[AccountId | None]:
        """Around a change of a hyperparameter: its owner changes each one rarely, and nobody just before an epoch.

        Gives the owner that made the call, None for root, which is not limited.

        Raises: BadOrigin, TxRateLimitExceeded, AdminActionProhibitedDuringWeightsWindow.
        Source: SubtensorModule::ensure_sn_owner_or_root_with_limits, record_owner_rl
        """
        owner = self.registry.ensure_owner_or_root(origin, netuid)
        if owner is not None:
            self.ensure_not_too_often(netuid, parameter)
        self.ensure_window_open(netuid)
        yield owner
        if owner is not None:
            self.note_change(netuid, parameter)

    @contextmanager
    def change_version_key(self, origin: Origin, netuid: NetUid) -> Iterator[None]:
        """The same around a change of the version key, which has a limit of its own.

        Raises: BadOrigin, TxRateLimitExceeded, AdminActionProhibitedDuringWeightsWindow.
        """
        owner = self.registry.ensure_owner_or_root(origin, netuid)
        if owner is not None:
            limit = self.parameters.Tempo[netuid] * self.parameters.WeightsVersionKeyRateLimit
            self.ensure_passed(self.registry.TransactionKeyLastBlock[owner, netuid, SET_WEIGHTS_VERSION_KEY], limit)
        self.ensure_window_open(netuid)
        yield
        if owner is not None:
            self.registry.TransactionKeyLastBlock[owner, netuid, SET_WEIGHTS_VERSION_KEY] = self.registry.block()

    def ensure_not_too_often(self, netuid: NetUid, parameter: Hyperparameter) -> None:
        """An owner changes each parameter once in so many tempos. Raises: TxRateLimitExceeded."""
        limit = self.parameters.Tempo[netuid] * self.parameters.OwnerHyperparamRateLimit
        self.ensure_passed(self.registry.LastRateLimitedBlock[OwnerHyperparamUpdate(netuid, parameter)], limit)

    def note_change(self, netuid: NetUid, parameter: Hyperparameter) -> None:
        """Remember that an owner changed a parameter in this block. Source: record_owner_rl"""
        self.registry.LastRateLimitedBlock[OwnerHyperparamUpdate(netuid, parameter)] = self.registry.block()

    def ensure_root_in_window(self, origin: Origin, netuid: NetUid) -> None:
        """Raises: BadOrigin, AdminActionProhibitedDuringWeightsWindow."""
        ensure_root(origin)
        self.ensure_window_open(netuid)

    def ensure_owner_or_root_in_window(self, origin: Origin, netuid: NetUid) -> None:
        """Raises: BadOrigin, AdminActionProhibitedDuringWeightsWindow."""
        self.registry.ensure_owner_or_root(origin, netuid)
        self.ensure_window_open(netuid)

    def ensure_passed(self, last: int, limit_blocks: int) -> None:
        """The last change, if there was one, is long enough ago. Raises: TxRateLimitExceeded."""
        if self.registry.is_too_early(last, limit_blocks):
            raise Errors.TxRateLimitExceeded

    def ensure_window_open(self, netuid: NetUid) -> None:
        """Raises: AdminActionProhibitedDuringWeightsWindow. Source: SubtensorModule::ensure_admin_window_open"""
        if self.is_frozen(netuid):
            raise Errors.AdminActionProhibitedDuringWeightsWindow

    def is_frozen(self, netuid: NetUid) -> bool:
        """Whether an epoch is near or was asked for. Source: SubtensorModule::is_in_admin_freeze_window"""
        block = self.registry.block()
        left = calculate_blocks_until_epoch(self.parameters.Tempo[netuid], self.clock.LastEpochBlock[netuid], block)
        if left is None:
            return False
        return self.clock.PendingEpochAt[netuid] > block or left < self.parameters.AdminFreezeWindow
