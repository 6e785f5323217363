"""What a transaction costs, and who is paid for it.

Source: pallet_transaction_payment, with the chain's fee handler: fee and tip go to the block's author.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, ClassVar, Protocol

from chain.errors import DispatchError, InvalidTransaction
from chain.scale.codec import split_path
from chain.scale.hints import Compact, Named, struct, u8, u64, u128
from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.errors import TokenError
from runtime.frame.extensions import TransactionContext, TransactionExtension
from runtime.frame.pallet import Event, Pallet
from runtime.frame.storage import Constant, StorageValue
from runtime.frame.weight import U64_MAX, DispatchClass, DispatchInfo, Pays, PostInfo, Weight
from runtime.pallets.aura import Aura
from runtime.pallets.balances import Balances
from runtime.pallets.balances.types import Preservation
from runtime.pallets.system import System
from runtime.units import TaoBalance

FixedU128 = Annotated[u128, Named("sp_arithmetic::fixed_point::FixedU128")]
ONE = 10**18

PERBILL_PER_WEIGHT = 500_000
"""The price of a picosecond, in 10^-9 rao."""

NORMAL_PRIORITY = 1
OPERATIONAL_PRIORITY = 10_000_000_000


class Releases(enum.Enum):
    """Which version of the pallet wrote its storage."""

    V1Ancient = 0
    V2 = 1

    @staticmethod
    def scale_path() -> tuple[str, ...]:
        return split_path("pallet_transaction_payment::Releases")


@struct("pallet_transaction_payment::types::InclusionFee")
class InclusionFee:
    """The parts of a fee besides the tip, in rao."""

    base_fee: TaoBalance
    len_fee: TaoBalance
    adjusted_weight_fee: TaoBalance

    def total(self) -> TaoBalance:
        return self.base_fee + self.len_fee + self.adjusted_weight_fee


@struct("pallet_transaction_payment::types::FeeDetails")
class FeeDetails:
    """A fee in its parts; no inclusion fee for a call that pays none."""

    inclusion_fee: InclusionFee | None
    tip: TaoBalance

    def total(self) -> TaoBalance:
        return self.tip if self.inclusion_fee is None else self.inclusion_fee.total() + self.tip


@struct("pallet_transaction_payment::types::RuntimeDispatchInfo")
class RuntimeDispatchInfo:
    """Weight, class and fee of a call, the tip left out."""

    weight: Weight
    class_: DispatchClass
    partial_fee: TaoBalance


def weight_to_fee(ref_time_ps: int) -> TaoBalance:
    """The price of a reference time, rounded to the nearest rao, a half down.

    Source: sp_weights::WeightToFeePolynomial of degree 1 with coefficient Perbill(500,000)
    """
    whole, rest = divmod(ref_time_ps * PERBILL_PER_WEIGHT, 10**9)
    return TaoBalance(whole + (1 if rest * 2 > 10**9 else 0))


def length_to_fee(length: int) -> TaoBalance:
    """The price of the bytes of an extrinsic: one rao each."""
    return TaoBalance(length)


class OtherMeans(Protocol):
    """Another way to pay a fee, for accounts whose balance does not suffice."""

    def can_pay(self, runtime: Any, who: AccountId, call: RuntimeCall, fee: TaoBalance) -> bool:
        """Whether `who` can pay the fee of this call in this way; nothing changes."""

    def pay(self, runtime: Any, who: AccountId, call: RuntimeCall, fee: TaoBalance) -> Event | None:
        """Take the fee, and give the event that tells of it; None where this way is not open. Raises: DispatchError."""


class TransactionPayment(Pallet):
    """What a transaction costs: a base fee, its weight, its length, a tip. All amounts are rao."""

    other_means: ClassVar[list[OtherMeans]] = []
    """How else fees are paid; filled in `runtime.taonet`."""

    system: System
    balances: Balances
    aura: Aura

    OperationalFeeMultiplier = Constant[u8](5)
    """How much more priority an operational call has for its fee; fees themselves do not depend on it."""

    NextFeeMultiplier = StorageValue[FixedU128](default=ONE)
    """What weight fees are multiplied by, in 10^-18. Always one: this chain has no congestion pricing."""

    StorageVersion = StorageValue[Releases](default=Releases.V1Ancient)
    """Which version of the pallet wrote its storage."""

    class TransactionFeePaid(Event, index=0):
        """A transaction fee `actual_fee`, of which `tip` was added to the minimum inclusion fee, has been paid."""

        who: AccountId
        actual_fee: TaoBalance
        tip: TaoBalance

    def fee_details(self, length: int, weight: Weight, class_: DispatchClass, tip: int, pays: Pays) -> FeeDetails:
        """The fee of an extrinsic of `length` bytes, in its parts."""
        if pays is Pays.No:
            return FeeDetails(None, TaoBalance(tip))
        limits = self.system.BlockWeights
        base = limits.per_class.of(class_).base_extrinsic
        return FeeDetails(
            InclusionFee(
                weight_to_fee(base.ref_time),
                length_to_fee(length),
                weight_to_fee(min(weight.ref_time, limits.max_block.ref_time)),
            ),
            TaoBalance(tip),
        )

    def fee(self, length: int, info: DispatchInfo, tip: int, post: PostInfo | None = None) -> TaoBalance:
        """The fee of an extrinsic, tip included: before it runs, or with `post` what it came to."""
        if post is None:
            return self.fee_details(length, info.weight, info.class_, tip, info.pays).total()
        return self.fee_details(length, post.weight(info), info.class_, tip, post.pays_fee(info)).total()

    def on_genesis(self) -> None:
        """Write what the pallet's own genesis writes."""
        self.StorageVersion = Releases.V2


class ChargeTransactionPayment(TransactionExtension):
    """Takes the fee before the call, gives back what was too much after it, pays the author."""

    identifier = "ChargeTransactionPayment"
    path = "pallet_transaction_payment::ChargeTransactionPayment"
    explicit = Compact[u64]

    def validate(self, context: TransactionContext) -> None:
        """Raises: InvalidTransaction `Payment` where the fee cannot be paid."""
        payment: TransactionPayment = self.runtime.transaction_payment
        operational = context.info.class_ is DispatchClass.Operational
        context.priority += OPERATIONAL_PRIORITY if operational else NORMAL_PRIORITY
        context.fee = payment.fee(context.length, context.info, context.values[self.identifier])
        fee, who = TaoBalance(context.fee), context.payer
        if (
            fee
            and payment.balances.reducible_balance(who, Preservation.Preserve) < fee
            and not any(means.can_pay(self.runtime, who, context.call, fee) for means in payment.other_means)
        ):
            raise InvalidTransaction("Payment")

    def prepare(self, context: TransactionContext) -> None:
        """Withdraw the fee, or take it by other means. Emits: Withdraw."""
        if context.fee:
            try:
                self.runtime.balances.withdraw(context.payer, TaoBalance(context.fee))
            except TokenError:
                self._take_otherwise(context)

    def _take_otherwise(self, context: TransactionContext) -> None:
        for means in self.runtime.transaction_payment.other_means:
            try:
                told = means.pay(self.runtime, context.payer, context.call, TaoBalance(context.fee))
            except DispatchError:
                raise InvalidTransaction("Payment") from None
            if told is not None:
                context.paid_otherwise = told
                return
        raise InvalidTransaction("Payment")

    def post_dispatch(self, context: TransactionContext, post: PostInfo, error: DispatchError | None) -> None:
        """Settle the fee. Emits: Deposit (what is given back, what the author gets), TransactionFeePaid."""
        payment: TransactionPayment = self.runtime.transaction_payment
        balances, who, tip = payment.balances, context.payer, TaoBalance(context.values[self.identifier])
        as_declared = post.actual_weight is None and post.pays is Pays.Yes
        actual = TaoBalance(context.fee) if as_declared else payment.fee(context.length, context.info, tip, post)
        if context.paid_otherwise is not None:
            payment.deposit(context.paid_otherwise)
        elif context.fee:
            owed = TaoBalance(context.fee - self._give_back(who, TaoBalance(context.fee - actual)))
            author = payment.aura.author()
            if owed and (author is None or not balances.resolve(author, owed)):
                balances.change_issuance(-owed)
        payment.deposit(payment.TransactionFeePaid(who=who, actual_fee=actual, tip=tip))

    def _give_back(self, who: AccountId, amount: TaoBalance) -> TaoBalance:
        """Give `amount` rao back as far as `who` can take them, and say how much that was. Emits: Deposit.

        An account that the call removed gets nothing. Source: FungibleAdapter::correct_and_deposit_fee
        """
        balances: Balances = self.runtime.balances
        data = balances.system.Account[who].data
        if not data.free + data.reserved:
            return TaoBalance(0)
        given = TaoBalance(min(amount, U64_MAX - data.free))
        if data.free + given < balances.ExistentialDeposit:
            given = TaoBalance(0)
        if given:
            balances.increase(who, given)
        balances.deposit(balances.Deposit(who=who, amount=given))
        return given
