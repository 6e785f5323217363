"""Weights of which a hash is committed first, and which are revealed some epochs later.

Source: pallet_subtensor::subnets::weights; consensus 6.3
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.scale.hints import Compact, u8, u16, u64
from chain.types import H256, AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageMap, Twox64Concat
from runtime.frame.weight import Pays, weigh
from runtime.pallets.subnets.neurons import Neurons, storage_index
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.weights.setting import WeightSetting
from runtime.pallets.weights.validators import Validators
from runtime.pallets.weights.windows import Windows
from runtime.units import NetUid

MAX_UNREVEALED = 10
"""How many commits of a neuron may wait to be revealed."""

Commit = tuple[H256, u64, u64, u64]
"""A hash, the epoch and the block in which it was committed, and a 0 that is no longer used."""
Commits = tuple[Commit, ...]
Numbers = tuple[u16, ...]


def commit_hash(
    hotkey: AccountId,
    index: NetUid,
    uids: Sequence[int],
    values: Sequence[int],
    salt: Sequence[int],
    version_key: int,
) -> H256:
    """The hash of what is revealed later. Source: SubtensorModule::get_commit_hash"""
    lists = [encode_compact(len(items)) + struct.pack(f"<{len(items)}H", *items) for items in (uids, values, salt)]
    ends = index.to_bytes(2, "little"), version_key.to_bytes(8, "little")
    return H256(blake2_256(b"".join((hotkey, ends[0], *lists, ends[1]))))


def place_of(commits: Commits, wanted: H256) -> int | None:
    """Where the first commit with a hash stands."""
    return next((place for place, commit in enumerate(commits) if commit[0] == wanted), None)


class HashCommits(Pallet):
    """Weights that a hash hides until they are revealed. A section of SubtensorModule."""

    registry: Registry
    parameters: Parameters
    neurons: Neurons
    validators: Validators
    windows: Windows
    setting: WeightSetting

    WeightCommits = StorageMap[tuple[NetUid, AccountId], Commits](Twox64Concat, Twox64Concat)
    """What a hotkey has committed for a mechanism, by storage index, the oldest first."""

    # -- commit

    @call(96, weight=weigh(69_049_000, 4714, reads=13, writes=2), pays=Pays.No)
    def commit_weights(self, origin: Origin, netuid: NetUid, commit_hash: H256) -> None:
        """Commit to weights by their hash.

        Origin: signed, by the hotkey.  Emits: WeightsCommitted.  Source: SubtensorModule::commit_weights
        """
        self.commit(origin, netuid, 0, commit_hash)

    @call(115, weight=weigh(55_130_000, reads=7, writes=2), pays=Pays.No)
    def commit_mechanism_weights(self, origin: Origin, netuid: NetUid, mecid: u8, commit_hash: H256) -> None:
        """Commit to weights for one mechanism by their hash.

        Origin: signed, by the hotkey.  Emits: WeightsCommitted.  Source: SubtensorModule::commit_mechanism_weights
        """
        self.commit(origin, netuid, mecid, commit_hash)

    @call(100, weight=weigh(147_224_000, 4765, reads=15, writes=2), pays=Pays.No)
    def batch_commit_weights(
        self, origin: Origin, netuids: tuple[Compact[NetUid], ...], commit_hashes: tuple[H256, ...]
    ) -> None:
        """Commit to weights in several subnets, passing over those that fail.

        Origin: signed, by the hotkey.
        Emits: WeightsCommitted, BatchCompletedWithErrors, BatchWeightItemFailed, BatchWeightsCompleted.
        Raises: InputLengthsUnequal.  Source: SubtensorModule::batch_commit_weights
        """
        hotkey = ensure_signed(origin)
        if len(netuids) != len(commit_hashes):
            raise Errors.InputLengthsUnequal
        self.setting.complete_batch(
            hotkey, netuids, lambda place: self.commit(origin, netuids[place], 0, commit_hashes[place])
        )

    def commit(self, origin: Origin, netuid: NetUid, mechanism: int, digest: H256) -> None:
        """Put a hash behind those that are not too old. Emits: WeightsCommitted.

        Raises: TooManyUnrevealedCommits, and what `ensure_may_commit` raises.
        Source: SubtensorModule::internal_commit_weights
        """
        hotkey, uid = self.ensure_may_commit(origin, netuid, mechanism)
        index, block = storage_index(netuid, mechanism), self.registry.block()
        waiting, _ = self._split(netuid, self.WeightCommits.get((index, hotkey)) or ())
        if len(waiting) >= MAX_UNREVEALED:
            raise Errors.TooManyUnrevealedCommits
        self.WeightCommits[index, hotkey] = (*waiting, (digest, self.windows.epoch(netuid), block, 0))
        self.deposit(Events.WeightsCommitted(hotkey, index, digest))
        self.neurons.set_last_update(index, uid, block)

    def ensure_may_commit(
        self, origin: Origin, netuid: NetUid, mechanism: int, version: int | None = None
    ) -> tuple[AccountId, int]:
        """The hotkey that may commit, and its uid; `version` is that of a time-locked commit.

        Raises: MechanismDoesNotExist, BadOrigin, CommitRevealDisabled, IncorrectCommitRevealVersion,
        HotKeyNotRegisteredInSubNet, CommittingWeightsTooFast.
        """
        self.validators.ensure_mechanism(netuid, mechanism)
        hotkey = ensure_signed(origin)
        self._ensure_enabled(netuid)
        if version is not None and version != self.parameters.CommitRevealWeightsVersion:
            raise Errors.IncorrectCommitRevealVersion
        uid = self.validators.ensure_neuron(netuid, hotkey)
        if not self.validators.is_within_rate_limit(netuid, mechanism, uid):
            raise Errors.CommittingWeightsTooFast
        return hotkey, uid

    # -- reveal

    @call(97, weight=weigh(111_227_000, 7590, reads=19, writes=2), pays=Pays.No)
    def reveal_weights(
        self, origin: Origin, netuid: NetUid, uids: Numbers, values: Numbers, salt: Numbers, version_key: u64
    ) -> None:
        """Reveal weights that were committed, and set them.

        Origin: signed, by the hotkey.  Emits: WeightsSet, WeightsRevealed.  Source: SubtensorModule::reveal_weights
        """
        self.reveal(origin, netuid, 0, uids, values, salt, version_key)

    @call(116, weight=weigh(122_000_000, reads=16, writes=2), pays=Pays.No)
    def reveal_mechanism_weights(
        self, origin: Origin, netuid: NetUid, mecid: u8, uids: Numbers, values: Numbers, salt: Numbers, version_key: u64
    ) -> None:
        """Reveal weights that were committed for one mechanism, and set them.

        Origin: signed, by the hotkey.  Emits: WeightsSet, WeightsRevealed.
        Source: SubtensorModule::reveal_mechanism_weights
        """
        self.reveal(origin, netuid, mecid, uids, values, salt, version_key)

    @call(98, weight=weigh(421_363_000, 8095, reads=19, writes=2), pays=Pays.No)
    def batch_reveal_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        uids_list: tuple[Numbers, ...],
        values_list: tuple[Numbers, ...],
        salts_list: tuple[Numbers, ...],
        version_keys: tuple[u64, ...],
    ) -> None:
        """Reveal several commits of one subnet, all or none, and set their weights one after the other.

        Origin: signed, by the hotkey.  Emits: WeightsSet, WeightsBatchRevealed.
        Raises: InputLengthsUnequal, CommitRevealDisabled, NoWeightsCommitFound, RevealTooEarly, ExpiredWeightCommit,
        InvalidRevealCommitHashNotMatch.
        Source: SubtensorModule::batch_reveal_weights
        """
        if not len(uids_list) == len(values_list) == len(salts_list) == len(version_keys):
            raise Errors.InputLengthsUnequal
        hotkey = ensure_signed(origin)
        self._ensure_enabled(netuid)
        waiting, expired = self._split(netuid, self._stored(netuid, hotkey))
        reveals = list(zip(uids_list, values_list, salts_list, version_keys, strict=True))
        digests = [commit_hash(hotkey, netuid, *reveal) for reveal in reveals]
        for digest in digests:
            self._ensure_open(netuid, waiting, self._find(digest, waiting, expired))
        for digest, (uids, values, _, version_key) in zip(digests, reveals, strict=True):
            place = self._find(digest, waiting, expired)
            waiting = waiting[:place] + waiting[place + 1 :]
            self.setting.set(hotkey, netuid, 0, uids, values, version_key)
        self._keep(netuid, hotkey, waiting)
        self.deposit(Events.WeightsBatchRevealed(hotkey, netuid, tuple(digests)))

    def reveal(
        self,
        origin: Origin,
        netuid: NetUid,
        mechanism: int,
        uids: Numbers,
        values: Numbers,
        salt: Numbers,
        version_key: int,
    ) -> None:
        """Set the weights of a commit, and forget it and those before it. Emits: WeightsSet, WeightsRevealed.

        Raises: BadOrigin, CommitRevealDisabled, NoWeightsCommitFound, ExpiredWeightCommit,
        InvalidRevealCommitHashNotMatch, RevealTooEarly, and what setting weights raises.
        Source: SubtensorModule::internal_reveal_weights
        """
        index, hotkey = storage_index(netuid, mechanism), ensure_signed(origin)
        self._ensure_enabled(netuid)
        waiting, expired = self._split(netuid, self._stored(index, hotkey))
        digest = commit_hash(hotkey, index, uids, values, salt, version_key)
        if not waiting and place_of(expired, digest) is None:
            raise Errors.NoWeightsCommitFound
        place = self._find(digest, waiting, expired)
        self._ensure_open(netuid, waiting, place)
        self._keep(index, hotkey, waiting[place + 1 :])
        self.setting.set(hotkey, netuid, mechanism, uids, values, version_key)
        self.deposit(Events.WeightsRevealed(hotkey, index, digest))

    def ensure_may_reveal(self, hotkey: AccountId, netuid: NetUid, index: NetUid, digests: Sequence[H256]) -> None:
        """What a guard knows of reveals: there are such commits, and it is their epoch.

        Raises: NoWeightsCommitFound, RevealTooEarly.  Source: pallet_subtensor::CheckWeights::check_reveal
        """
        commits = self._stored(index, hotkey)
        for digest in digests:
            place = place_of(commits, digest)
            if place is None:
                raise Errors.NoWeightsCommitFound
            self._ensure_open(netuid, commits, place)

    # -- what is kept

    def first_blocks(self, netuid: NetUid, index: NetUid) -> Iterator[tuple[AccountId, int]]:
        """The hotkeys that have something to reveal in a mechanism, and the block of their oldest commit."""
        for hotkey, commits in self.WeightCommits.items(index):
            waiting = (block for _, epoch, block, _ in commits if not self.windows.is_expired(netuid, epoch))
            first = next(waiting, None)
            if first is not None:
                yield hotkey, first

    def forget(self, index: NetUid) -> None:
        """Remove all commits of a mechanism."""
        self.WeightCommits.clear(index)

    def _stored(self, index: NetUid, hotkey: AccountId) -> Commits:
        """Raises: NoWeightsCommitFound."""
        commits = self.WeightCommits.get((index, hotkey))
        if commits is None:
            raise Errors.NoWeightsCommitFound
        return commits

    def _keep(self, index: NetUid, hotkey: AccountId, commits: Commits) -> None:
        if commits:
            self.WeightCommits[index, hotkey] = commits
        else:
            del self.WeightCommits[index, hotkey]

    def _split(self, netuid: NetUid, commits: Commits) -> tuple[Commits, Commits]:
        """The commits from the first that may still be revealed on, and those before it."""
        is_expired = self.windows.is_expired
        first = next((p for p, commit in enumerate(commits) if not is_expired(netuid, commit[1])), len(commits))
        return commits[first:], commits[:first]

    def _find(self, digest: H256, waiting: Commits, expired: Commits) -> int:
        """Where a hash stands among `waiting`. Raises: ExpiredWeightCommit, InvalidRevealCommitHashNotMatch."""
        place = place_of(waiting, digest)
        if place is None:
            is_late = place_of(expired, digest) is not None
            raise Errors.ExpiredWeightCommit if is_late else Errors.InvalidRevealCommitHashNotMatch
        return place

    def _ensure_open(self, netuid: NetUid, commits: Commits, place: int) -> None:
        """Raises: RevealTooEarly."""
        if not self.windows.is_open(netuid, commits[place][1]):
            raise Errors.RevealTooEarly

    def _ensure_enabled(self, netuid: NetUid) -> None:
        """Raises: CommitRevealDisabled."""
        if not self.parameters.CommitRevealWeightsEnabled[netuid]:
            raise Errors.CommitRevealDisabled
