"""Accounts that several people own together: a call is made when enough of them approved it.

Source: pallet_multisig
"""

from __future__ import annotations

from typing import Annotated

from chain.errors import DispatchError
from chain.hashing import blake2_256
from chain.scale.compact import encode_compact
from chain.scale.hints import Bounded, Err, Ok, struct, u16, u32
from chain.types import AccountId, BlockNumber, Bytes32
from runtime.frame.call import RuntimeCall, call
from runtime.frame.errors import post_info_of, with_post_info
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Blake2_128Concat, Constant, StorageMap, Twox64Concat
from runtime.frame.weight import Pays, PostInfo, Weight, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.sudo import DispatchResult
from runtime.pallets.system import System
from runtime.units import TaoBalance

MAX_SIGNATORIES = 100
"""How many may own an account together."""

Others = tuple[AccountId, ...]
"""Those who own an account with the caller, in ascending order."""


def threshold_1_weight(length: int) -> Weight:
    """The weight of `as_multi_threshold_1` itself, for a call of so many bytes."""
    return weigh(20_470_382 + 397 * length, 3997, reads=2)


def create_weight(others: int, length: int) -> Weight:
    """The weight of a first approval, by the number of the others and the bytes of the call."""
    return weigh(29_976_762 + 144_320 * others + 1_819 * length, 6811, reads=1, writes=1)


def approve_weight(others: int, length: int) -> Weight:
    """The weight of a further approval."""
    return weigh(14_821_348 + 127_874 * others + 1_968 * length, 6811, reads=1, writes=1)


def complete_weight(others: int, length: int) -> Weight:
    """The weight of the last approval, without the call."""
    return weigh(34_745_418 + 193_313 * others + 2_057 * length, 6811, reads=4, writes=2)


def create_by_hash_weight(others: int) -> Weight:
    """What a first approval by hash may weigh."""
    return weigh(27_463_275 + 139_226 * others, 6811, reads=1, writes=1)


def approve_by_hash_weight(others: int) -> Weight:
    """What a further approval by hash may weigh."""
    return weigh(14_074_258 + 126_544 * others, 6811, reads=1, writes=1)


@struct("pallet_multisig::Timepoint")
class Timepoint:
    """Which extrinsic of which block made the first approval."""

    height: BlockNumber
    index: u32


@struct("pallet_multisig::Multisig")
class Operation:
    """A call that some approved and others are still to approve; who approved stands in ascending order."""

    when: Timepoint
    deposit: TaoBalance
    depositor: AccountId
    approvals: Annotated[tuple[AccountId, ...], Bounded(MAX_SIGNATORIES)]


def multi_account(signatories: tuple[AccountId, ...], threshold: int) -> AccountId:
    """The account that these own together, given in ascending order. Source: pallet_multisig::multi_account_id"""
    owners = encode_compact(len(signatories)) + b"".join(signatories)
    return AccountId(blake2_256(b"modlpy/utilisuba" + owners + threshold.to_bytes(2, "little")))


class Multisig(Pallet):
    """Accounts with several owners, of whom a number must approve each call. Amounts are rao."""

    storage_version = 1

    system: System
    balances: Balances

    DepositBase = Constant[TaoBalance](TaoBalance(132_000_000))
    """What a call costs while approvals are missing, in rao."""

    DepositFactor = Constant[TaoBalance](TaoBalance(32_000_000))
    """What each approval that is needed adds to it, in rao."""

    MaxSignatories = Constant[u32](MAX_SIGNATORIES)
    """How many may own an account together."""

    Multisigs = StorageMap[tuple[AccountId, Bytes32], Operation](Twox64Concat, Blake2_128Concat)
    """The calls of an account that approvals are missing for, by the hash of the call."""

    class NewMultisig(Event, index=0):
        """A call has its first approval."""

        approving: AccountId
        multisig: AccountId
        call_hash: Bytes32

    class MultisigApproval(Event, index=1):
        """A call has one more approval."""

        approving: AccountId
        timepoint: Timepoint
        multisig: AccountId
        call_hash: Bytes32

    class MultisigExecuted(Event, index=2):
        """A call had its last approval and was made."""

        approving: AccountId
        timepoint: Timepoint
        multisig: AccountId
        call_hash: Bytes32
        result: DispatchResult

    class MultisigCancelled(Event, index=3):
        """A call will not be made."""

        cancelling: AccountId
        timepoint: Timepoint
        multisig: AccountId
        call_hash: Bytes32

    class DepositPoked(Event, index=4):
        """A deposit was brought to what it costs now."""

        who: AccountId
        call_hash: Bytes32
        old_deposit: TaoBalance
        new_deposit: TaoBalance

    class MinimumThreshold(PalletError, index=0):
        """At least two must approve."""

    class AlreadyApproved(PalletError, index=1):
        """The caller has approved the call already."""

    class NoApprovalsNeeded(PalletError, index=2):
        """The call needs no approval."""

    class TooFewSignatories(PalletError, index=3):
        """Nobody owns the account with the caller."""

    class TooManySignatories(PalletError, index=4):
        """More own the account than may."""

    class SignatoriesOutOfOrder(PalletError, index=5):
        """The owners are not in ascending order, or one stands there twice."""

    class SenderInSignatories(PalletError, index=6):
        """The caller stands among the others."""

    class NotFound(PalletError, index=7):
        """Nobody approved such a call."""

    class NotOwner(PalletError, index=8):
        """The deposit for the call is somebody else's."""

    class NoTimepoint(PalletError, index=9):
        """The call has approvals, and the caller does not say since when."""

    class WrongTimepoint(PalletError, index=10):
        """The first approval was another one."""

    class UnexpectedTimepoint(PalletError, index=11):
        """The call has no approval yet, and the caller says since when it has."""

    class MaxWeightTooLow(PalletError, index=12):
        """The call weighs more than the caller allows."""

    class AlreadyStored(PalletError, index=13):
        """What should be stored is there already."""

    # -- calls

    def _length(self, call: RuntimeCall) -> int:
        return len(self.runtime.construct.call.encode(call))

    @call(
        0,
        weight=lambda self, other_signatories, call: (
            threshold_1_weight(self._length(call))
            + weigh(0, reads=1, writes=1)
            + self.runtime.dispatch_info(call).weight
        ),
        class_=lambda self, other_signatories, call: self.runtime.dispatch_info(call).class_,
    )
    def as_multi_threshold_1(self, origin: Origin, other_signatories: Others, call: RuntimeCall) -> PostInfo:
        """Make a call for an account each of whose owners may do so alone.

        Origin: signed.  Raises: TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories.
        Source: pallet_multisig::as_multi_threshold_1
        """
        account = multi_account(self._owners(ensure_signed(origin), other_signatories), 1)
        own = threshold_1_weight(self._length(call))
        try:
            post = self.runtime.dispatch(call, Origin.signed(account))
        except DispatchError as error:
            failed = post_info_of(error)
            if failed is None or failed.actual_weight is None:
                raise
            raise with_post_info(error, PostInfo(own + failed.actual_weight)) from None
        return PostInfo(None if post.actual_weight is None else own + post.actual_weight)

    def _as_multi_weight(
        self,
        threshold: int,
        other_signatories: Others,
        maybe_timepoint: Timepoint | None,
        call: RuntimeCall,
        max_weight: Weight,
    ) -> Weight:
        others, length = len(other_signatories), self._length(call)
        dearest = create_weight(others, length).most(approve_weight(others, length))
        return dearest.most(complete_weight(others, length)) + max_weight

    @call(1, weight=_as_multi_weight)
    def as_multi(
        self,
        origin: Origin,
        threshold: u16,
        other_signatories: Others,
        maybe_timepoint: Timepoint | None,
        call: RuntimeCall,
        max_weight: Weight,
    ) -> PostInfo:
        """Approve a call of an account that the caller owns with others, and make it if that was the last approval.

        The first approval costs a deposit, which is given back when the call is made or cancelled. The outcome of the
        call is in the event.
        Origin: signed.  Emits: NewMultisig, MultisigApproval, MultisigExecuted.
        Raises: MinimumThreshold, TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories,
        NoTimepoint, WrongTimepoint, UnexpectedTimepoint, MaxWeightTooLow, AlreadyApproved.
        Source: pallet_multisig::as_multi
        """
        who = ensure_signed(origin)
        account = self._account(who, threshold, other_signatories)
        data = self.runtime.construct.call.encode(call)
        call_hash, others, length = Bytes32(blake2_256(data)), len(other_signatories), len(data)
        known = self._operation(account, call_hash, maybe_timepoint)
        if known is None:
            self._begin(who, threshold, account, call_hash)
            return PostInfo(create_weight(others, length))
        if not is_last_approval(known, who, threshold):
            self._approve(who, threshold, account, call_hash, known)
            return PostInfo(approve_weight(others, length))
        used = self._execute(who, account, call_hash, known, call, max_weight)
        return PostInfo(None if used is None else complete_weight(others, length) + used)

    @call(
        2,
        weight=lambda self, threshold, other_signatories, maybe_timepoint, call_hash, max_weight: (
            create_by_hash_weight(len(other_signatories)).most(approve_by_hash_weight(len(other_signatories)))
            + max_weight
        ),
    )
    def approve_as_multi(
        self,
        origin: Origin,
        threshold: u16,
        other_signatories: Others,
        maybe_timepoint: Timepoint | None,
        call_hash: Bytes32,
        max_weight: Weight,
    ) -> PostInfo:
        """Approve a call by its hash, which does not make it.

        Origin: signed.  Emits: NewMultisig, MultisigApproval.
        Raises: MinimumThreshold, TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories,
        NoTimepoint, WrongTimepoint, UnexpectedTimepoint, AlreadyApproved.
        Source: pallet_multisig::approve_as_multi
        """
        who = ensure_signed(origin)
        account, others = self._account(who, threshold, other_signatories), len(other_signatories)
        known = self._operation(account, call_hash, maybe_timepoint)
        if known is None:
            self._begin(who, threshold, account, call_hash)
            return PostInfo(create_weight(others, 0))
        self._approve(who, threshold, account, call_hash, known)
        return PostInfo(approve_weight(others, 0))

    @call(
        3,
        weight=lambda self, threshold, other_signatories, timepoint, call_hash: weigh(
            28_623_566 + 135_351 * len(other_signatories), 6811, reads=1, writes=1
        ),
    )
    def cancel_as_multi(
        self,
        origin: Origin,
        threshold: u16,
        other_signatories: Others,
        timepoint: Timepoint,
        call_hash: Bytes32,
    ) -> None:
        """Let a call not be made after all, and give the deposit back.

        Origin: who approved it first.  Emits: MultisigCancelled.
        Raises: MinimumThreshold, TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories,
        NotFound, WrongTimepoint, NotOwner.
        Source: pallet_multisig::cancel_as_multi
        """
        who = ensure_signed(origin)
        account = self._account(who, threshold, other_signatories)
        known = self.Multisigs.get((account, call_hash))
        if known is None:
            raise self.NotFound
        if known.when != timepoint:
            raise self.WrongTimepoint
        if known.depositor != who:
            raise self.NotOwner
        self.balances.unreserve(who, known.deposit)
        del self.Multisigs[account, call_hash]
        self.deposit(self.MultisigCancelled(who, timepoint, account, call_hash))

    @call(
        4,
        weight=lambda self, threshold, other_signatories, call_hash: weigh(
            27_349_525 + 121_813 * len(other_signatories), 6811, reads=1, writes=1
        ),
    )
    def poke_deposit(self, origin: Origin, threshold: u16, other_signatories: Others, call_hash: Bytes32) -> PostInfo:
        """Bring the deposit for a call to what it costs now; free of charge if it changed.

        Origin: who approved it first.  Emits: DepositPoked.
        Raises: MinimumThreshold, TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories,
        NotFound, NotOwner.
        Source: pallet_multisig::poke_deposit
        """
        who = ensure_signed(origin)
        account = self._account(who, threshold, other_signatories)
        known = self.Multisigs.get((account, call_hash))
        if known is None:
            raise self.NotFound
        if known.depositor != who:
            raise self.NotOwner
        old, new = known.deposit, self._cost(threshold)
        if new == old:
            return PostInfo(pays=Pays.Yes)
        if new > old:
            self.balances.reserve(who, new - old)
        else:
            self.balances.unreserve(who, old - new)
        self.Multisigs[account, call_hash] = Operation(known.when, new, who, known.approvals)
        self.deposit(self.DepositPoked(who, call_hash, old, new))
        return PostInfo(pays=Pays.No)

    # -- what the calls have in common

    def _account(self, who: AccountId, threshold: int, others: Others) -> AccountId:
        """The account of which `threshold` owners must approve a call.

        Raises: MinimumThreshold, TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories.
        """
        if threshold < 2:
            raise self.MinimumThreshold
        return multi_account(self._owners(who, others), threshold)

    def _owners(self, who: AccountId, others: Others) -> tuple[AccountId, ...]:
        """The caller among the others.

        Raises: TooFewSignatories, TooManySignatories, SignatoriesOutOfOrder, SenderInSignatories.
        Source: pallet_multisig::ensure_sorted_and_insert
        """
        if not others:
            raise self.TooFewSignatories
        if len(others) >= self.MaxSignatories:
            raise self.TooManySignatories
        last = None
        for other in others:
            if last is not None and last >= other:
                raise self.SignatoriesOutOfOrder
            if other == who:
                raise self.SenderInSignatories
            last = other
        return tuple(sorted((*others, who)))

    def _operation(self, account: AccountId, call_hash: Bytes32, timepoint: Timepoint | None) -> Operation | None:
        """What is known of a call; nothing before its first approval, and then there may be no timepoint.

        Raises: NoTimepoint, WrongTimepoint, UnexpectedTimepoint.
        """
        known = self.Multisigs.get((account, call_hash))
        if known is None:
            if timepoint is not None:
                raise self.UnexpectedTimepoint
            return None
        if timepoint is None:
            raise self.NoTimepoint
        if known.when != timepoint:
            raise self.WrongTimepoint
        return known

    def _begin(self, who: AccountId, threshold: int, account: AccountId, call_hash: Bytes32) -> None:
        """Note the first approval. Emits: NewMultisig."""
        deposit, now = self._cost(threshold), Timepoint(self.system.Number, self.system.extrinsic_index())
        self.balances.reserve(who, deposit)
        self.Multisigs[account, call_hash] = Operation(now, deposit, who, (who,))
        self.deposit(self.NewMultisig(who, account, call_hash))

    def _approve(
        self, who: AccountId, threshold: int, account: AccountId, call_hash: Bytes32, known: Operation
    ) -> None:
        """Note a further approval, if one is missing. Emits: MultisigApproval.  Raises: AlreadyApproved."""
        if who in known.approvals or len(known.approvals) >= threshold:
            raise self.AlreadyApproved
        approvals = tuple(sorted((*known.approvals, who)))
        self.Multisigs[account, call_hash] = Operation(known.when, known.deposit, known.depositor, approvals)
        self.deposit(self.MultisigApproval(who, known.when, account, call_hash))

    def _execute(
        self,
        who: AccountId,
        account: AccountId,
        call_hash: Bytes32,
        known: Operation,
        call: RuntimeCall,
        max_weight: Weight,
    ) -> Weight | None:
        """Make an approved call; what it says of its weight. Emits: MultisigExecuted.  Raises: MaxWeightTooLow."""
        if self.runtime.dispatch_info(call).weight.any_gt(max_weight):
            raise self.MaxWeightTooLow
        del self.Multisigs[account, call_hash]
        self.balances.unreserve(known.depositor, known.deposit)
        result: DispatchResult = Ok(None)
        try:
            post: PostInfo | None = self.runtime.dispatch(call, Origin.signed(account))
        except DispatchError as error:
            result, post = Err(error), post_info_of(error)
        self.deposit(self.MultisigExecuted(who, known.when, account, call_hash, result))
        return None if post is None else post.actual_weight

    def _cost(self, threshold: int) -> TaoBalance:
        """What a call costs while approvals are missing, in rao."""
        return self.DepositBase + self.DepositFactor * threshold


def is_last_approval(known: Operation, who: AccountId, threshold: int) -> bool:
    """Whether a call has all its approvals once `who` approves it, too."""
    return len(known.approvals) + (who not in known.approvals) >= threshold
