"""What neurons publish about themselves, in the open or locked until a round of the drand beacon.

Source: pallet_commitments; consensus 6.5 and 13
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from chain.scale.hints import u32, u64
from chain.types import AccountId, BlockNumber
from runtime.fixed import U64_MAX
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_root, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, Identity, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import Pays, Weight, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.commitments.types import (
    MAX_FIELDS,
    CommitmentInfo,
    Data,
    Registration,
    ResetBondsFlag,
    TimelockEncrypted,
    Usage,
    size_of,
)
from runtime.pallets.drand.bls import is_available
from runtime.pallets.drand.pallet import Drand
from runtime.pallets.subnets.clock import Clock
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subtensor.parameters import Parameters
from runtime.pallets.system import System
from runtime.pallets.weights.matrix import Matrix
from runtime.pallets.weights.timelock import Sealed, decrypt
from runtime.units import NetUid, TaoBalance

MIN_SPACE = 100
"""How many bytes a commitment counts at least."""
MAX_REVEALS = 10
"""How many revealed fields of a neuron are kept, the newest."""
READ, WRITE = weigh(0, reads=1), weigh(0, writes=1)

Reveals = tuple[tuple[bytes, u64], ...]
"""What fields hid, and the blocks in which they were revealed, oldest first."""


class Commitments(Pallet):
    """What neurons publish about themselves. Amounts are rao."""

    system: System
    balances: Balances
    neurons: Neurons
    clock: Clock
    parameters: Parameters
    matrix: Matrix
    drand: Drand

    MaxFields = Constant[u32](MAX_FIELDS)
    """How many fields a commitment may have."""

    InitialDeposit = Constant[TaoBalance](TaoBalance(0))
    """What a commitment costs, in rao."""

    FieldDeposit = Constant[TaoBalance](TaoBalance(0))
    """What each field of it costs, in rao."""

    TimelockedIndex = StorageValue[frozenset[tuple[NetUid, AccountId]]](default=frozenset())
    """The neurons whose commitments have a time-locked field."""

    CommitmentOf = StorageMap[tuple[NetUid, AccountId], Registration](Identity, Twox64Concat)
    """The commitment of a hotkey on a subnet."""

    LastCommitment = StorageMap[tuple[NetUid, AccountId], BlockNumber](Identity, Twox64Concat)
    """The block of a hotkey's last commitment on a subnet."""

    LastBondsReset = StorageMap[tuple[NetUid, AccountId], BlockNumber](Identity, Twox64Concat)
    """The block in which a hotkey last asked for its bonds to be reset."""

    RevealedCommitments = StorageMap[tuple[NetUid, AccountId], Reveals](Identity, Twox64Concat)
    """What a hotkey's time-locked fields hid."""

    UsedSpaceOf = StorageMap[tuple[NetUid, AccountId], Usage](Identity, Twox64Concat)
    """How many bytes a hotkey committed on a subnet in an epoch."""

    MaxSpace = StorageValue[u32](default=3100)
    """How many bytes a hotkey may commit on a subnet in an epoch."""

    class Commitment(Event, index=0):
        """A commitment was made."""

        netuid: NetUid
        who: AccountId

    class TimelockCommitment(Event, index=1):
        """A commitment was made with a field that is locked until a round."""

        netuid: NetUid
        who: AccountId
        reveal_round: u64

    class CommitmentRevealed(Event, index=2):
        """A time-locked field was revealed."""

        netuid: NetUid
        who: AccountId

    class TooManyFieldsInCommitmentInfo(PalletError, index=0):
        """The commitment has more fields than it may."""

    class AccountNotAllowedCommit(PalletError, index=1):
        """The caller has no neuron on the subnet."""

    class SpaceLimitExceeded(PalletError, index=2):
        """The hotkey committed as much as it may in this epoch."""

    class UnexpectedUnreserveLeftover(PalletError, index=3):
        """Less is reserved than the deposit that is given back."""

    # -- calls

    @call(0, weight=weigh(33_480_000, reads=5, writes=4), pays=Pays.No)
    def set_commitment(self, origin: Origin, netuid: NetUid, info: CommitmentInfo) -> None:
        """Publish something in place of what was published before.

        Origin: signed, by the hotkey.  Emits: Commitment, TimelockCommitment.
        Raises: AccountNotAllowedCommit, TooManyFieldsInCommitmentInfo, SpaceLimitExceeded,
        UnexpectedUnreserveLeftover.
        Source: pallet_commitments::set_commitment
        """
        who, now = ensure_signed(origin), self.system.Number
        if (netuid, who) not in self.neurons.Uids:
            raise self.AccountNotAllowedCommit
        if len(info.fields) > self.MaxFields:
            raise self.TooManyFieldsInCommitmentInfo
        if any(isinstance(field, ResetBondsFlag) for field in info.fields):
            self.LastBondsReset[netuid, who] = now
            self._reset_bonds(netuid, who)
        self._use_space(netuid, who, info.fields)
        self.CommitmentOf[netuid, who] = Registration(self._charge(netuid, who, info), now, info)
        self.LastCommitment[netuid, who] = now
        locked = next((field for field in info.fields if isinstance(field, TimelockEncrypted)), None)
        if locked is None:
            self.deposit(self.Commitment(netuid, who))
            self.TimelockedIndex = self.TimelockedIndex - {(netuid, who)}
        else:
            self.deposit(self.TimelockCommitment(netuid, who, locked.reveal_round))
            self.TimelockedIndex = self.TimelockedIndex | {(netuid, who)}

    @call(2, weight=weigh(2_856_000, writes=1))
    def set_max_space(self, origin: Origin, new_limit: u32) -> None:
        """Say how many bytes a hotkey may commit on a subnet in an epoch.

        Origin: root.  Source: pallet_commitments::set_max_space
        """
        ensure_root(origin)
        self.MaxSpace = new_limit

    def _reset_bonds(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Remove all bonds to a neuron, where the subnet allows that. Source: SubtensorModule::do_reset_bonds"""
        if self.parameters.BondsResetOn[netuid]:
            uid = self.neurons.Uids[netuid, hotkey]
            for index in self.neurons.mechanisms(netuid):
                self.matrix.reset_bonds_to(index, uid)

    def _use_space(self, netuid: NetUid, who: AccountId, fields: tuple[Data, ...]) -> None:
        """Count the bytes of a commitment; a new epoch begins at 0. Raises: SpaceLimitExceeded."""
        usage, epoch = self.UsedSpaceOf.get((netuid, who)), self.clock.SubnetEpochIndex[netuid]
        used = usage.used_space if usage is not None and usage.last_epoch == epoch else 0
        used = min(used + max(sum(size_of(field) for field in fields), MIN_SPACE), U64_MAX)
        if used > self.MaxSpace:
            raise self.SpaceLimitExceeded
        self.UsedSpaceOf[netuid, who] = Usage(epoch, used)

    def _charge(self, netuid: NetUid, who: AccountId, info: CommitmentInfo) -> TaoBalance:
        """Bring the deposit to what a commitment costs, and say how much that is, in rao.

        Raises: UnexpectedUnreserveLeftover.
        """
        known = self.CommitmentOf.get((netuid, who))
        old = TaoBalance(0) if known is None else known.deposit
        new = self.InitialDeposit + self.FieldDeposit * len(info.fields)
        if new > old:
            self.balances.reserve(who, new - old)
        if old > new and self.balances.unreserve(who, old - new):
            raise self.UnexpectedUnreserveLeftover
        return new

    # -- reveal

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Reveal time-locked fields whose round is known. Emits: CommitmentRevealed.

        Source: pallet_commitments::reveal_timelocked_commitments
        """
        weight, can_open = READ, None
        for netuid, who in sorted(self.TimelockedIndex):
            can_open = is_available() if can_open is None else can_open
            weight = weight + self._reveal(netuid, who, can_open)
        return weight

    def next_due(self, after: int) -> int | None:
        """The next block while anything is time-locked."""
        return after + 1 if self.TimelockedIndex else None

    def _reveal(self, netuid: NetUid, who: AccountId, can_open: bool) -> Weight:
        """Reveal what is due of one commitment; fields that do not open are dropped. Emits: CommitmentRevealed."""
        known, weight = self.CommitmentOf.get((netuid, who)), READ
        locked = [] if known is None else [f for f in known.info.fields if isinstance(f, TimelockEncrypted)]
        if known is None or not locked:
            self._forget_index(netuid, who)
            return weight + READ + WRITE
        weight = weight + READ * len(locked)
        left, revealed = [], []
        for field in known.info.fields:
            pulse = None
            if isinstance(field, TimelockEncrypted) and can_open:
                pulse = self.drand.Pulses.get(field.reveal_round)
            if pulse is None:
                left.append(field)
                continue
            assert isinstance(field, TimelockEncrypted)
            opened = open_field(field.encrypted, pulse.signature)
            if opened:
                revealed.append(opened)
        if len(left) == len(known.info.fields):
            return weight
        if revealed:
            self._note_reveals(netuid, who, revealed)
            weight = weight + READ + WRITE
        weight = weight + WRITE
        if left:
            self.CommitmentOf[netuid, who] = replace(known, info=CommitmentInfo(tuple(left)))
        else:
            del self.CommitmentOf[netuid, who]
        if not any(isinstance(field, TimelockEncrypted) for field in left):
            self._forget_index(netuid, who)
            weight = weight + READ + WRITE
        return weight

    def _note_reveals(self, netuid: NetUid, who: AccountId, texts: list[bytes]) -> None:
        """Keep what was revealed, the newest only. Emits: CommitmentRevealed."""
        kept = self.RevealedCommitments.get((netuid, who)) or ()
        for text in texts:
            kept = (*kept, (text, self.system.Number))
            self.deposit(self.CommitmentRevealed(netuid, who))
        self.RevealedCommitments[netuid, who] = kept[-MAX_REVEALS:]

    def _forget_index(self, netuid: NetUid, who: AccountId) -> None:
        self.TimelockedIndex = self.TimelockedIndex - {(netuid, who)}

    # -- what others ask

    def of_subnet(self, netuid: NetUid) -> Iterator[tuple[AccountId, Registration]]:
        """The commitments on a subnet in the order of their storage keys. Source: GetCommitments"""
        yield from self.CommitmentOf.items(netuid)

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet; deposits stay reserved, as on the chain.

        Source: pallet_commitments::purge_netuid
        """
        for items in (
            self.CommitmentOf,
            self.LastCommitment,
            self.LastBondsReset,
            self.RevealedCommitments,
            self.UsedSpaceOf,
        ):
            items.clear(netuid)
        self.TimelockedIndex = frozenset((n, who) for n, who in self.TimelockedIndex if n != netuid)


def open_field(encrypted: bytes, signature: bytes) -> bytes | None:
    """What a time-locked field hides; None where the signature does not open it. Raises: CurveUnavailable."""
    try:
        return decrypt(encrypted, signature.removeprefix(b"0x"))
    except Sealed:
        return None


def forget_commitments(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    commitments: Commitments = runtime.commitments
    commitments.forget(netuid)
