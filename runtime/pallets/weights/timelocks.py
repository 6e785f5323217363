"""Weights that are encrypted until the beacon's signature of a coming round is known.

Source: pallet_subtensor::coinbase::reveal_commits, subnets::weights; consensus 6.4
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.scale.hints import Bounded, u8, u16, u64
from chain.types import H256, AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageMap, Twox64Concat
from runtime.frame.weight import Pays, weigh
from runtime.pallets.drand.bls import is_available
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons, storage_index
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.weights.commits import MAX_UNREVEALED, HashCommits
from runtime.pallets.weights.payload import Payload, read_payload
from runtime.pallets.weights.setting import WeightSetting
from runtime.pallets.weights.timelock import Sealed, decrypt
from runtime.pallets.weights.windows import Windows
from runtime.units import NetUid

MAX_COMMIT_SIZE = 5000
"""Bytes of an encrypted commit. Source: MAX_CRV3_COMMIT_SIZE_BYTES"""
MAX_MECHANISMS = 16
"""How many mechanisms a subnet can ever have. Source: MAX_MECHANISM_COUNT_PER_SUBNET"""
VERSION = 4
"""The version of those that name none."""

Encrypted = Annotated[bytes, Bounded(MAX_COMMIT_SIZE)]
Timelocked = tuple[AccountId, u64, Encrypted, u64]
"""Whose commit it is, the block of it, what it hides, and the round that opens it."""
Queue = tuple[Timelocked, ...]


class Timelocks(Pallet):
    """Weights that nobody reads before their round. A section of SubtensorModule."""

    registry: Registry
    parameters: Parameters
    clock: Clock
    neurons: Neurons
    windows: Windows
    setting: WeightSetting
    commits: HashCommits
    drand: Drand

    TimelockedWeightCommits = StorageMap[tuple[NetUid, u64], Queue](Twox64Concat, Twox64Concat, default=())
    """What was committed for a mechanism in an epoch, by storage index, the oldest first."""

    CRV3WeightCommits = StorageMap[tuple[NetUid, u64], tuple[tuple[AccountId, Encrypted, u64], ...]](
        Twox64Concat, Twox64Concat, default=()
    )
    """An older form of the same; only removed."""

    CRV3WeightCommitsV2 = StorageMap[tuple[NetUid, u64], Queue](Twox64Concat, Twox64Concat, default=())
    """Another older form of the same; only removed."""

    # -- commit

    @call(113, weight=weigh(86_951_000, 4713, reads=14, writes=2), pays=Pays.No)
    def commit_timelocked_weights(
        self, origin: Origin, netuid: NetUid, commit: Encrypted, reveal_round: u64, commit_reveal_version: u16
    ) -> None:
        """Commit to weights that are encrypted for a round of the beacon.

        Origin: signed, by the hotkey.  Emits: TimelockedWeightsCommitted.
        Source: SubtensorModule::commit_timelocked_weights
        """
        self.commit(origin, netuid, 0, commit, reveal_round, commit_reveal_version)

    @call(118, weight=weigh(84_020_000, reads=9, writes=2), pays=Pays.No)
    def commit_timelocked_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: u8,
        commit: Encrypted,
        reveal_round: u64,
        commit_reveal_version: u16,
    ) -> None:
        """Commit to weights for one mechanism that are encrypted for a round of the beacon.

        Origin: signed, by the hotkey.  Emits: TimelockedWeightsCommitted.
        Source: SubtensorModule::commit_timelocked_mechanism_weights
        """
        self.commit(origin, netuid, mecid, commit, reveal_round, commit_reveal_version)

    @call(117, weight=weigh(77_750_000, reads=7, writes=2), pays=Pays.No)
    def commit_crv3_mechanism_weights(
        self, origin: Origin, netuid: NetUid, mecid: u8, commit: Encrypted, reveal_round: u64
    ) -> None:
        """The same without naming a version.

        Origin: signed, by the hotkey.  Emits: TimelockedWeightsCommitted.
        Source: SubtensorModule::commit_crv3_mechanism_weights
        """
        self.commit(origin, netuid, mecid, commit, reveal_round, VERSION)

    def commit(
        self, origin: Origin, netuid: NetUid, mechanism: int, commit: bytes, reveal_round: int, version: int
    ) -> None:
        """Put an encrypted commit behind those of this epoch. Emits: TimelockedWeightsCommitted.

        Raises: TooManyUnrevealedCommits, and what `HashCommits.ensure_may_commit` raises.
        Source: SubtensorModule::internal_commit_timelocked_weights
        """
        hotkey, uid = self.commits.ensure_may_commit(origin, netuid, mechanism, version)
        index, block = storage_index(netuid, mechanism), self.registry.block()
        epoch = self.windows.epoch(netuid)
        queue = self.TimelockedWeightCommits[index, epoch]
        if sum(who == hotkey for who, *_ in queue) >= MAX_UNREVEALED:
            raise Errors.TooManyUnrevealedCommits
        self.TimelockedWeightCommits[index, epoch] = (*queue, (hotkey, block, commit, reveal_round))
        self.deposit(Events.TimelockedWeightsCommitted(hotkey, index, H256(blake2_256(commit)), reveal_round))
        self.neurons.set_last_update(index, uid, block)

    # -- reveal

    def reveal_due(self, block: int) -> None:
        """Open what is due in each subnet whose epoch is not put off in this block.

        Emits: WeightsSet, TimelockedWeightsRevealed.  Source: SubtensorModule::reveal_crv3_commits
        """
        room = self.parameters.MaxEpochsPerBlock
        for netuid in self.registry.netuids():
            if netuid == ROOT:
                continue
            if self.clock.is_due(netuid, block):
                if room == 0:
                    continue
                room -= self.neurons.has_unique_hotkeys(netuid)
            self.reveal(netuid)

    def reveal(self, netuid: NetUid) -> None:
        """Open the commits whose epoch it is, forget older ones. Emits: WeightsSet, TimelockedWeightsRevealed.

        Source: SubtensorModule::reveal_crv3_commits_for_subnet
        """
        epoch, period = self.windows.epoch(netuid), self.parameters.RevealPeriodEpochs[netuid]
        due = epoch - period
        for mechanism, index in enumerate(self.neurons.mechanisms(netuid)):
            for committed in list(self.TimelockedWeightCommits.keys(index)):
                if committed < due:
                    del self.TimelockedWeightCommits[index, committed]
            if due < 0:
                return
            queue = self.TimelockedWeightCommits[index, due]
            if queue:
                self._open(netuid, mechanism, due, queue)

    def _open(self, netuid: NetUid, mechanism: int, epoch: int, queue: Queue) -> None:
        """Set the weights of those commits whose round is known; the others stay."""
        index, left, can_open = storage_index(netuid, mechanism), [], is_available()
        for entry in queue:
            hotkey, _, commit, reveal_round = entry
            pulse = self.drand.Pulses.get(reveal_round) if can_open else None
            if pulse is None:
                left.append(entry)
                continue
            payload = open_commit(commit, pulse.signature, hotkey)
            if payload is not None:
                with suppress(DispatchError):
                    self.setting.set(hotkey, netuid, mechanism, payload.uids, payload.values, payload.version_key)
                    self.deposit(Events.TimelockedWeightsRevealed(index, hotkey))
        if left:
            self.TimelockedWeightCommits[index, epoch] = tuple(left)
        else:
            del self.TimelockedWeightCommits[index, epoch]

    # -- what is kept

    def blocks(self, netuid: NetUid, index: NetUid) -> Iterator[tuple[AccountId, int]]:
        """The hotkeys that have something to reveal in a mechanism, and the block of each commit."""
        for epoch, queue in self.TimelockedWeightCommits.items(index):
            if not self.windows.is_expired(netuid, epoch):
                for hotkey, block, _, _ in queue:
                    yield hotkey, block

    def forget(self, index: NetUid) -> None:
        """Remove all commits of a mechanism."""
        self.TimelockedWeightCommits.clear(index)

    def forget_old_forms(self, index: NetUid) -> None:
        """Remove what older versions of the chain kept of a mechanism."""
        self.CRV3WeightCommits.clear(index)
        self.CRV3WeightCommitsV2.clear(index)


def open_commit(commit: bytes, signature: bytes, hotkey: AccountId) -> Payload | None:
    """What a hotkey's commit hides; None where the signature does not open it or it is not weights of the hotkey.

    Raises: CurveUnavailable.
    """
    try:
        opened = decrypt(commit, signature.removeprefix(b"0x"))
    except Sealed:
        return None
    return read_payload(opened, hotkey)


def forget_commits(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    commits: HashCommits = runtime.commits
    timelocks: Timelocks = runtime.timelocks
    for mechanism in range(MAX_MECHANISMS):
        index = storage_index(netuid, mechanism)
        commits.forget(index)
        timelocks.forget(index)
        timelocks.forget_old_forms(index)
