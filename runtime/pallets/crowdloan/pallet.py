"""Crowdloans: many accounts pay for a transfer or a call that one of them proposes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from chain.errors import DispatchError
from chain.scale.hints import Bounded, Compact, struct, u32
from chain.types import AccountId, BlockNumber
from runtime.frame.call import RuntimeCall, call
from runtime.frame.errors import with_post_info
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Constant, Identity, StorageMap, StorageValue, Twox64Concat
from runtime.frame.weight import ZERO_WEIGHT, PostInfo, Weight, weigh
from runtime.pallets.balances import Balances, Preservation
from runtime.pallets.crowdloan.rules import (
    ABSOLUTE_MINIMUM_CONTRIBUTION,
    MAX_CONTRIBUTORS,
    MAXIMUM_BLOCK_DURATION,
    MINIMUM_BLOCK_DURATION,
    MINIMUM_DEPOSIT,
    REFUND_CONTRIBUTORS_LIMIT,
    calculate_contribution,
    calculate_withdrawal,
    ensure_cap,
    ensure_end,
    ensure_maximum,
    ensure_minimum,
    ensure_open,
    ensure_terms,
)
from runtime.pallets.preimage import BoundedCall, Preimage
from runtime.pallets.subtensor.types import PalletId as PalletName
from runtime.pallets.system import System
from runtime.units import TaoBalance, saturating_sub

U32_MAX = (1 << 32) - 1
CREATE = weigh(59_829_000, 6148, reads=3, writes=5)


def refund_weight(contributors: int) -> Weight:
    """The weight of a refund of so many contributors."""
    return weigh(
        110_703_000 + 39_503_253 * contributors,
        3747 + 2579 * contributors,
        reads=2 + 2 * contributors,
        writes=2 * contributors,
    )


@struct(
    "pallet_crowdloan::CrowdloanInfo",
    params={"AccountId": AccountId, "Balance": TaoBalance, "BlockNumber": BlockNumber, "Call": BoundedCall},
)
class CrowdloanInfo:
    """A crowdloan. Amounts are rao."""

    creator: AccountId
    deposit: TaoBalance
    min_contribution: TaoBalance
    end: BlockNumber
    cap: TaoBalance
    funds_account: AccountId
    raised: TaoBalance
    target_address: AccountId | None
    call: BoundedCall | None
    finalized: bool
    contributors_count: u32


class Crowdloan(Pallet):
    """Many accounts pay for a transfer or a call. What they give waits on an account of its own."""

    system: System
    balances: Balances
    preimage: Preimage

    PalletId = Constant[PalletName](PalletName(b"bt/cloan"))
    """What the accounts of crowdloans are derived from."""

    MinimumDeposit = Constant[TaoBalance](MINIMUM_DEPOSIT)
    """The least deposit of a creator, in rao."""

    AbsoluteMinimumContribution = Constant[TaoBalance](ABSOLUTE_MINIMUM_CONTRIBUTION)
    """The least that a crowdloan may ask for at once, in rao."""

    MinimumBlockDuration = Constant[BlockNumber](BlockNumber(MINIMUM_BLOCK_DURATION))
    """How many blocks a crowdloan lasts at least."""

    MaximumBlockDuration = Constant[BlockNumber](BlockNumber(MAXIMUM_BLOCK_DURATION))
    """How many blocks a crowdloan lasts at most."""

    RefundContributorsLimit = Constant[u32](REFUND_CONTRIBUTORS_LIMIT)
    """How many contributors are paid back at once."""

    MaxContributors = Constant[u32](MAX_CONTRIBUTORS)
    """How many accounts may give to a crowdloan."""

    Crowdloans = StorageMap[u32, CrowdloanInfo](Twox64Concat)
    """A crowdloan by its number."""

    NextCrowdloanId = StorageValue[u32](default=0)
    """The number of the next crowdloan."""

    Contributions = StorageMap[tuple[u32, AccountId], TaoBalance](Twox64Concat, Identity)
    """What an account has given to a crowdloan, in rao."""

    MaxContributions = StorageMap[u32, TaoBalance](Twox64Concat)
    """The most that one account may give to a crowdloan, in rao; absent where there is no such limit."""

    CurrentCrowdloanId = StorageValue[u32 | None]()
    """The crowdloan whose call is being made, for that call to know; absent at all other times."""

    HasMigrationRun = StorageMap[Annotated[bytes, Bounded(128)], bool](Identity, default=False)
    """Which changes of storage were made."""

    class Created(Event, index=0):
        """A crowdloan began."""

        crowdloan_id: u32
        creator: AccountId
        end: BlockNumber
        cap: TaoBalance

    class Contributed(Event, index=1):
        """An account gave to a crowdloan."""

        crowdloan_id: u32
        contributor: AccountId
        amount: TaoBalance

    class Withdrew(Event, index=2):
        """An account took back what it gave."""

        crowdloan_id: u32
        contributor: AccountId
        amount: TaoBalance

    class PartiallyRefunded(Event, index=3):
        """Some contributors were paid back; there are more."""

        crowdloan_id: u32

    class AllRefunded(Event, index=4):
        """All contributors but the creator are paid back."""

        crowdloan_id: u32

    class Finalized(Event, index=5):
        """A crowdloan ended as it was meant to."""

        crowdloan_id: u32

    class Dissolved(Event, index=6):
        """A crowdloan is gone."""

        crowdloan_id: u32

    class MinContributionUpdated(Event, index=7):
        """The least contribution is another."""

        crowdloan_id: u32
        new_min_contribution: TaoBalance

    class EndUpdated(Event, index=8):
        """The end is another."""

        crowdloan_id: u32
        new_end: BlockNumber

    class CapUpdated(Event, index=9):
        """The cap is another."""

        crowdloan_id: u32
        new_cap: TaoBalance

    class MaxContributionUpdated(Event, index=10):
        """The most that one account may give is another, or there is no limit."""

        crowdloan_id: u32
        new_max_contribution: TaoBalance | None

    class DepositTooLow(PalletError, index=0):
        """The creator's deposit is below the minimum."""

    class CapTooLow(PalletError, index=1):
        """The cap is not above the deposit, or below what is raised."""

    class MinimumContributionTooLow(PalletError, index=2):
        """The least contribution is below what a crowdloan may ask for."""

    class CannotEndInPast(PalletError, index=3):
        """The end has passed."""

    class BlockDurationTooShort(PalletError, index=4):
        """The crowdloan would not last long enough."""

    class BlockDurationTooLong(PalletError, index=5):
        """The crowdloan would last too long."""

    class InsufficientBalance(PalletError, index=6):
        """The account has less than it wants to give."""

    class Overflow(PalletError, index=7):
        """A number grew too large."""

    class InvalidCrowdloanId(PalletError, index=8):
        """There is no such crowdloan."""

    class CapRaised(PalletError, index=9):
        """The cap is raised already."""

    class ContributionPeriodEnded(PalletError, index=10):
        """The crowdloan takes no contributions any more."""

    class ContributionTooLow(PalletError, index=11):
        """The contribution is below what the crowdloan asks for."""

    class InvalidOrigin(PalletError, index=12):
        """Only the creator may do that."""

    class AlreadyFinalized(PalletError, index=13):
        """The crowdloan ended already."""

    class ContributionPeriodNotEnded(PalletError, index=14):
        """The crowdloan still takes contributions."""

    class NoContribution(PalletError, index=15):
        """The account has given nothing."""

    class CapNotRaised(PalletError, index=16):
        """The cap is not raised yet."""

    class Underflow(PalletError, index=17):
        """A number fell below zero."""

    class CallUnavailable(PalletError, index=18):
        """The call to make cannot be found."""

    class NotReadyToDissolve(PalletError, index=19):
        """There are contributions besides the creator's."""

    class DepositCannotBeWithdrawn(PalletError, index=20):
        """The creator has nothing in the crowdloan but the deposit."""

    class MaxContributorsReached(PalletError, index=21):
        """The crowdloan has as many contributors as it may."""

    class InvalidFinalizationConfig(PalletError, index=22):
        """There must be either a call or a target, not both."""

    class MaxContributionReached(PalletError, index=23):
        """The account has given as much as one may."""

    class MaximumContributionTooLow(PalletError, index=24):
        """The limit is below the least contribution, or below what the creator gave."""

    class MinimumContributionTooHigh(PalletError, index=25):
        """The least contribution is above what one account may give."""

    # -- calls

    @call(
        0,
        weight=lambda self, deposit, min_contribution, cap, end, call, target_address: (
            CREATE + (ZERO_WEIGHT if call is None else self.runtime.dispatch_info(call).weight)
        ),
    )
    def create(
        self,
        origin: Origin,
        deposit: Compact[TaoBalance],
        min_contribution: Compact[TaoBalance],
        cap: Compact[TaoBalance],
        end: Compact[BlockNumber],
        call: RuntimeCall | None,
        target_address: AccountId | None,
    ) -> None:
        """Begin a crowdloan with the creator's deposit. What it raises goes to the target, or the call is made.

        Terms that `ensure_terms` and `ensure_end` do not allow are refused with their reasons.

        Origin: signed.  Emits: Created.  Raises: InsufficientBalance, Overflow.
        Source: pallet_crowdloan::create
        """
        creator, block = ensure_signed(origin), self.system.Number
        with self.refusals():
            has_call, has_target = call is not None, target_address is not None
            least = self.AbsoluteMinimumContribution
            ensure_terms(deposit, min_contribution, cap, has_call, has_target, self.MinimumDeposit, least)
            ensure_end(block, end, self.MinimumBlockDuration, self.MaximumBlockDuration)
        self._ensure_has(creator, deposit)
        number = self.NextCrowdloanId
        if number == U32_MAX:
            raise self.Overflow
        self.NextCrowdloanId = number + 1
        funds = self.funds_account(number)
        self.system.inc_providers(funds)
        kept = None if call is None else self.preimage.bound(call)
        self.Crowdloans[number] = CrowdloanInfo(
            creator, deposit, min_contribution, end, cap, funds, deposit, target_address, kept, False, 1
        )
        self.balances.transfer(creator, funds, deposit, Preservation.Expendable)
        self.Contributions[number, creator] = deposit
        self.deposit(self.Created(number, creator, end, cap))

    @call(1, weight=weigh(66_609_000, 6148, reads=5, writes=4))
    def contribute(self, origin: Origin, crowdloan_id: Compact[u32], amount: Compact[TaoBalance]) -> None:
        """Give up to `amount` rao: no more than the cap leaves, and than one account may give.

        What `ensure_open` and `calculate_contribution` do not allow is refused with their reasons.

        Origin: signed.  Emits: Contributed.  Raises: InvalidCrowdloanId, InsufficientBalance.
        Source: pallet_crowdloan::contribute
        """
        who, block, loan = ensure_signed(origin), self.system.Number, self._crowdloan(crowdloan_id)
        before = self.Contributions.get((crowdloan_id, who))
        given = before or TaoBalance(0)
        with self.refusals():
            ensure_open(block, loan.end, loan.raised, loan.cap, loan.min_contribution, amount)
            taken = calculate_contribution(
                amount,
                loan.raised,
                loan.cap,
                loan.contributors_count,
                given,
                self.MaxContributions.get(crowdloan_id),
                self.MaxContributors,
            )
        self._ensure_has(who, taken)
        self.balances.transfer(who, loan.funds_account, taken, Preservation.Expendable)
        self.Contributions[crowdloan_id, who] = given + taken
        count = loan.contributors_count + (1 if before is None else 0)
        self.Crowdloans[crowdloan_id] = replace(loan, raised=loan.raised + taken, contributors_count=count)
        self.deposit(self.Contributed(crowdloan_id, who, taken))

    @call(2, weight=weigh(60_259_000, 6148, reads=4, writes=4))
    def withdraw(self, origin: Origin, crowdloan_id: Compact[u32]) -> None:
        """Take back all that one gave to a crowdloan that is not final; the creator's deposit stays.

        What `calculate_withdrawal` does not allow is refused with its reason.

        Origin: signed.  Emits: Withdrew.  Raises: InvalidCrowdloanId, AlreadyFinalized, Underflow.
        Source: pallet_crowdloan::withdraw
        """
        who, loan = ensure_signed(origin), self._open(crowdloan_id)
        given, count = self.Contributions.get((crowdloan_id, who)) or TaoBalance(0), loan.contributors_count
        with self.refusals():
            amount = calculate_withdrawal(given, loan.deposit, who == loan.creator)
        if who == loan.creator:
            self.Contributions[crowdloan_id, who] = loan.deposit
        else:
            del self.Contributions[crowdloan_id, who]
            count = self._fewer(count, 1)
        self.balances.transfer(loan.funds_account, who, amount, Preservation.Expendable)
        raised = saturating_sub(loan.raised, amount)
        self.Crowdloans[crowdloan_id] = replace(loan, raised=raised, contributors_count=count)
        self.deposit(self.Withdrew(crowdloan_id, who, amount))

    @call(3, weight=weigh(31_507_000, 4_197_809, reads=4, writes=2))
    def finalize(self, origin: Origin, crowdloan_id: Compact[u32]) -> None:
        """Pay what a crowdloan raised to its target, or make its call as the creator, who says when.

        Origin: the creator.  Emits: Finalized.
        Raises: InvalidCrowdloanId, InvalidOrigin, CapNotRaised, AlreadyFinalized, CallUnavailable,
        InvalidFinalizationConfig.  Source: pallet_crowdloan::finalize
        """
        who, loan = ensure_signed(origin), self._crowdloan(crowdloan_id)
        if who != loan.creator:
            raise self.InvalidOrigin
        if loan.raised != loan.cap:
            raise self.CapNotRaised
        if loan.finalized:
            raise self.AlreadyFinalized
        if (loan.call is None) == (loan.target_address is None):
            raise self.InvalidFinalizationConfig
        if loan.call is not None:
            self._make_call(who, crowdloan_id, loan.call)
        if loan.target_address is not None:
            self.balances.transfer(loan.funds_account, loan.target_address, loan.raised, Preservation.Expendable)
        self.Crowdloans[crowdloan_id] = replace(loan, finalized=True)
        self.deposit(self.Finalized(crowdloan_id))

    @call(4, weight=lambda self, crowdloan_id: refund_weight(self.RefundContributorsLimit))
    def refund(self, origin: Origin, crowdloan_id: Compact[u32]) -> PostInfo:
        """Pay the contributors back, in the order of their accounts, as many as may be at once; not the creator.

        Origin: the creator.  Emits: PartiallyRefunded, AllRefunded.
        Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin, Underflow.
        Source: pallet_crowdloan::refund
        """
        loan = self._own(origin, crowdloan_id)
        given = [(who, amount) for who, amount in self.Contributions.items(crowdloan_id) if who != loan.creator]
        refunded, raised = given[: self.RefundContributorsLimit], loan.raised
        for who, amount in refunded:
            self.balances.transfer(loan.funds_account, who, amount, Preservation.Expendable)
            raised = saturating_sub(raised, amount)
        count = self._fewer(loan.contributors_count, len(refunded))
        self.Crowdloans[crowdloan_id] = replace(loan, raised=raised, contributors_count=count)
        for who, _ in refunded:
            del self.Contributions[crowdloan_id, who]
        if len(refunded) < len(given):
            self.deposit(self.PartiallyRefunded(crowdloan_id))
            return PostInfo()
        self.deposit(self.AllRefunded(crowdloan_id))
        return PostInfo(refund_weight(len(refunded)))

    @call(5, weight=weigh(66_939_000, 6148, reads=4, writes=5))
    def dissolve(self, origin: Origin, crowdloan_id: Compact[u32]) -> None:
        """Pay the creator back and forget the crowdloan; all others must be paid back before.

        Origin: the creator.  Emits: Dissolved.
        Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin, NoContribution, NotReadyToDissolve.
        Source: pallet_crowdloan::dissolve
        """
        loan = self._own(origin, crowdloan_id)
        given = self.Contributions.get((crowdloan_id, loan.creator))
        if given is None:
            raise self.NoContribution
        if given != loan.raised:
            raise self.NotReadyToDissolve
        self.balances.transfer(loan.funds_account, loan.creator, given, Preservation.Expendable)
        del self.Contributions[crowdloan_id, loan.creator]
        if loan.call is not None:
            self.preimage.drop(loan.call)
        with suppress(DispatchError):
            self.system.dec_providers(loan.funds_account)
        del self.Crowdloans[crowdloan_id]
        del self.MaxContributions[crowdloan_id]
        self.deposit(self.Dissolved(crowdloan_id))

    @call(6, weight=weigh(13_259_000, 3747, reads=2, writes=1))
    def update_min_contribution(
        self, origin: Origin, crowdloan_id: Compact[u32], new_min_contribution: Compact[TaoBalance]
    ) -> None:
        """Ask for another least contribution; what `ensure_minimum` does not allow is refused with its reason.

        Origin: the creator.  Emits: MinContributionUpdated.
        Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin.
        Source: pallet_crowdloan::update_min_contribution
        """
        loan = self._own(origin, crowdloan_id)
        most = self.MaxContributions.get(crowdloan_id)
        with self.refusals():
            ensure_minimum(new_min_contribution, most, self.AbsoluteMinimumContribution)
        self.Crowdloans[crowdloan_id] = replace(loan, min_contribution=new_min_contribution)
        self.deposit(self.MinContributionUpdated(crowdloan_id, new_min_contribution))

    @call(7, weight=weigh(12_048_000, 3747, reads=1, writes=1))
    def update_end(self, origin: Origin, crowdloan_id: Compact[u32], new_end: Compact[BlockNumber]) -> None:
        """Let a crowdloan end in another block; what `ensure_end` does not allow is refused with its reason.

        Origin: the creator.  Emits: EndUpdated.  Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin.
        Source: pallet_crowdloan::update_end
        """
        loan = self._own(origin, crowdloan_id)
        with self.refusals():
            ensure_end(self.system.Number, new_end, self.MinimumBlockDuration, self.MaximumBlockDuration)
        self.Crowdloans[crowdloan_id] = replace(loan, end=new_end)
        self.deposit(self.EndUpdated(crowdloan_id, new_end))

    @call(8, weight=weigh(11_357_000, 3747, reads=1, writes=1))
    def update_cap(self, origin: Origin, crowdloan_id: Compact[u32], new_cap: Compact[TaoBalance]) -> None:
        """Raise more or less; what `ensure_cap` does not allow is refused with its reason.

        Origin: the creator.  Emits: CapUpdated.  Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin.
        Source: pallet_crowdloan::update_cap
        """
        loan = self._own(origin, crowdloan_id)
        with self.refusals():
            ensure_cap(new_cap, loan.raised)
        self.Crowdloans[crowdloan_id] = replace(loan, cap=new_cap)
        self.deposit(self.CapUpdated(crowdloan_id, new_cap))

    @call(9, weight=weigh(16_024_000, 3747, reads=2, writes=1))
    def set_max_contribution(
        self, origin: Origin, crowdloan_id: Compact[u32], new_max_contribution: TaoBalance | None
    ) -> None:
        """Limit what one account may give in all, or lift that limit; `ensure_maximum` says what is refused.

        Origin: the creator.  Emits: MaxContributionUpdated.
        Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin.
        Source: pallet_crowdloan::set_max_contribution
        """
        loan = self._own(origin, crowdloan_id)
        if new_max_contribution is None:
            del self.MaxContributions[crowdloan_id]
        else:
            by_creator = self.Contributions.get((crowdloan_id, loan.creator)) or TaoBalance(0)
            with self.refusals():
                ensure_maximum(new_max_contribution, loan.min_contribution, by_creator)
            self.MaxContributions[crowdloan_id] = new_max_contribution
        self.deposit(self.MaxContributionUpdated(crowdloan_id, new_max_contribution))

    # -- what the calls have in common

    def funds_account(self, crowdloan_id: int) -> AccountId:
        """The account on which a crowdloan's funds wait: `modl` ++ `bt/cloan` ++ its number, zeros behind."""
        return AccountId((b"modl" + self.PalletId + crowdloan_id.to_bytes(4, "little")).ljust(32, b"\0"))

    def _crowdloan(self, crowdloan_id: int) -> CrowdloanInfo:
        """Raises: InvalidCrowdloanId."""
        loan = self.Crowdloans.get(crowdloan_id)
        if loan is None:
            raise self.InvalidCrowdloanId
        return loan

    def _open(self, crowdloan_id: int) -> CrowdloanInfo:
        """Raises: InvalidCrowdloanId, AlreadyFinalized."""
        loan = self._crowdloan(crowdloan_id)
        if loan.finalized:
            raise self.AlreadyFinalized
        return loan

    def _own(self, origin: Origin, crowdloan_id: int) -> CrowdloanInfo:
        """Raises: InvalidCrowdloanId, AlreadyFinalized, InvalidOrigin where the caller is not the creator."""
        who, loan = ensure_signed(origin), self._open(crowdloan_id)
        if who != loan.creator:
            raise self.InvalidOrigin
        return loan

    def _ensure_has(self, who: AccountId, amount: TaoBalance) -> None:
        """Raises: InsufficientBalance."""
        if self.system.Account[who].data.free < amount:
            raise self.InsufficientBalance

    def _fewer(self, count: int, by: int) -> int:
        """Raises: Underflow."""
        if count < by:
            raise self.Underflow
        return count - by

    def _make_call(self, who: AccountId, crowdloan_id: int, kept: BoundedCall) -> None:
        """Make a crowdloan's call, which may ask whose it is. Raises: CallUnavailable."""
        self.CurrentCrowdloanId = crowdloan_id
        try:
            found = self.preimage.peek(kept)
        except DispatchError:
            raise self.CallUnavailable from None
        try:
            self.runtime.dispatch(found, Origin.signed(who))
        except DispatchError as error:
            raise with_post_info(error, None) from None
        self.CurrentCrowdloanId = None
