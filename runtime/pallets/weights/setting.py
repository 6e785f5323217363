"""Weights that are set in the open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from chain.errors import DispatchError
from chain.scale.hints import Compact, u8, u16, u64
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.weight import Pays, weigh
from runtime.pallets.subnets.neurons import Neurons, storage_index
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.weights.matrix import Matrix
from runtime.pallets.weights.rows import pack
from runtime.pallets.weights.upscale import upscale
from runtime.pallets.weights.validators import Validators, is_self_weight
from runtime.units import NetUid

CompactPairs = tuple[tuple[Compact[u16], Compact[u16]], ...]


class WeightSetting(Pallet):
    """Validators say what the others of a subnet are worth. A section of SubtensorModule."""

    parameters: Parameters
    neurons: Neurons
    matrix: Matrix
    validators: Validators

    @call(0, weight=weigh(15_513_610_000, 10_327_410, reads=4112, writes=2), pays=Pays.No)
    def set_weights(
        self, origin: Origin, netuid: NetUid, dests: tuple[u16, ...], weights: tuple[u16, ...], version_key: u64
    ) -> None:
        """Set the weights of the caller's neuron.

        Origin: signed, by the hotkey.  Emits: WeightsSet.  Raises: CommitRevealEnabled.
        Source: SubtensorModule::set_weights
        """
        self.set_in_the_open(origin, netuid, 0, dests, weights, version_key)

    @call(119, weight=weigh(15_540_000_000, reads=4111, writes=2), pays=Pays.No)
    def set_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: u8,
        dests: tuple[u16, ...],
        weights: tuple[u16, ...],
        version_key: u64,
    ) -> None:
        """Set the weights of the caller's neuron for one mechanism.

        Origin: signed, by the hotkey.  Emits: WeightsSet.  Raises: CommitRevealEnabled.
        Source: SubtensorModule::set_mechanism_weights
        """
        self.set_in_the_open(origin, netuid, mecid, dests, weights, version_key)

    @call(80, weight=weigh(103_092_000, 7395, reads=16, writes=2), pays=Pays.No)
    def batch_set_weights(
        self,
        origin: Origin,
        netuids: tuple[Compact[NetUid], ...],
        weights: tuple[CompactPairs, ...],
        version_keys: tuple[Compact[u64], ...],
    ) -> None:
        """Set the weights of the caller's neurons in several subnets, passing over those that fail.

        Origin: signed, by the hotkey.
        Emits: WeightsSet, BatchCompletedWithErrors, BatchWeightItemFailed, BatchWeightsCompleted.
        Raises: InputLengthsUnequal.  Source: SubtensorModule::batch_set_weights
        """
        hotkey = ensure_signed(origin)
        if not len(netuids) == len(weights) == len(version_keys):
            raise Errors.InputLengthsUnequal

        def set_item(place: int) -> None:
            pairs = weights[place]
            dests, values = [uid for uid, _ in pairs], [value for _, value in pairs]
            self.set_in_the_open(origin, netuids[place], 0, dests, values, version_keys[place])

        self.complete_batch(hotkey, netuids, set_item)

    def complete_batch(self, hotkey: AccountId, netuids: Sequence[NetUid], make: Callable[[int], None]) -> None:
        """Make each item of a batch by its place, and tell which failed when all were tried.

        Emits: BatchCompletedWithErrors, BatchWeightItemFailed, BatchWeightsCompleted.
        """
        failed = list(failures(netuids, make))
        if failed:
            self.deposit(Events.BatchCompletedWithErrors())
        for netuid, error in failed:
            self.deposit(Events.BatchWeightItemFailed(netuid, error))
        self.deposit(Events.BatchWeightsCompleted(tuple(netuids), hotkey))

    def set_in_the_open(
        self,
        origin: Origin,
        netuid: NetUid,
        mechanism: int,
        uids: Sequence[int],
        weights: Sequence[int],
        version_key: int,
    ) -> None:
        """Raises: CommitRevealEnabled."""
        if self.parameters.CommitRevealWeightsEnabled[netuid]:
            raise Errors.CommitRevealEnabled
        self.set(ensure_signed(origin), netuid, mechanism, uids, weights, version_key)

    def set(
        self,
        hotkey: AccountId,
        netuid: NetUid,
        mechanism: int,
        uids: Sequence[int],
        weights: Sequence[int],
        version_key: int,
    ) -> None:
        """Store what a hotkey's neuron says of others, in the order in which it says it.

        Emits: WeightsSet.
        Raises: CanNotSetRootNetworkWeights, WeightVecNotEqualSize, UidsLengthExceedUidsInSubNet,
        IncorrectWeightVersionKey, SettingWeightsTooFast, NeuronNoValidatorPermit, and what `ensure_row` raises.
        Source: SubtensorModule::internal_set_weights
        """
        rules, validators = self.parameters, self.validators
        if netuid == ROOT:
            raise Errors.CanNotSetRootNetworkWeights
        if len(uids) != len(weights):
            raise Errors.WeightVecNotEqualSize
        validators.ensure_mechanism(netuid, mechanism)
        if len(uids) > self.neurons.SubnetworkN[netuid]:
            raise Errors.UidsLengthExceedUidsInSubNet
        uid = validators.ensure_neuron(netuid, hotkey)
        validators.ensure_min_stake(netuid, hotkey)
        if version_key < rules.WeightsVersionKey[netuid]:
            raise Errors.IncorrectWeightVersionKey
        is_open = not rules.CommitRevealWeightsEnabled[netuid]
        if is_open and not validators.is_within_rate_limit(netuid, mechanism, uid):
            raise Errors.SettingWeightsTooFast
        if not is_self_weight(uid, uids, weights) and not validators.has_permit(netuid, uid):
            raise Errors.NeuronNoValidatorPermit
        self.ensure_row(netuid, uid, uids, weights)
        index = storage_index(netuid, mechanism)
        self.matrix.Weights[index, uid] = pack(zip(uids, upscale(weights), strict=True))
        if is_open:
            self.neurons.set_last_update(index, uid, self.neurons.registry.block())
        self.deposit(Events.WeightsSet(index, uid))

    def ensure_row(self, netuid: NetUid, uid: int, uids: Sequence[int], weights: Sequence[int]) -> None:
        """Raises: DuplicateUids, UidVecContainInvalidOne, WeightVecLengthIsLow.

        A weight is never too large: the limit is the whole. Source: SubtensorModule::max_weight_limited
        """
        if len(frozenset(uids)) != len(uids):
            raise Errors.DuplicateUids
        keys = self.neurons.Keys
        if not all((netuid, other) in keys for other in uids):
            raise Errors.UidVecContainInvalidOne
        least = min(self.neurons.SubnetworkN[netuid], self.parameters.MinAllowedWeights[netuid])
        if len(weights) < least and not is_self_weight(uid, uids, weights):
            raise Errors.WeightVecLengthIsLow


def failures(netuids: Sequence[NetUid], make: Callable[[int], None]) -> Iterable[tuple[NetUid, DispatchError]]:
    """Make each item of a batch, and give those that failed."""
    for place, netuid in enumerate(netuids):
        try:
            make(place)
        except DispatchError as error:
            yield netuid, error
