"""The first section of SubtensorModule: how TAO is minted, spent, recycled, burned and moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageValue
from runtime.pallets.balances import Balances
from runtime.pallets.balances.types import Preservation
from runtime.pallets.emission.issuance import DEFAULT_BLOCK_EMISSION, calculate_block_emission, calculate_mint
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.types import BURN_ACCOUNT
from runtime.units import TaoBalance, saturating_sub


@dataclass(slots=True)
class Credit:
    """TAO that was minted and belongs to nobody yet: it is spent onto accounts or recycled."""

    amount: TaoBalance


class Tao(Pallet):
    """All TAO there is, and how it moves. A section of SubtensorModule."""

    storage_version = 7

    balances: Balances

    TotalIssuance = StorageValue[TaoBalance](default=TaoBalance(0))
    """The issuance that the emission curve reads, in rao. Invariant: equal to Balances.TotalIssuance."""

    BlockEmission = StorageValue[TaoBalance](default=DEFAULT_BLOCK_EMISSION)
    """What the curve gave when it was last evaluated, for TAO or for a subnet's alpha, in rao."""

    def block_emission(self, issuance: int) -> int:
        """What a block emits at this issuance, of TAO or of alpha, in rao; `BlockEmission` follows it.

        Source: SubtensorModule::get_block_emission_for_issuance
        """
        emission = calculate_block_emission(TaoBalance(issuance))
        if emission != self.BlockEmission:
            self.BlockEmission = emission
        return emission

    def mint(self, amount: TaoBalance) -> Credit:
        """Create up to `amount` rao, never past the cap; both issuance counters rise. Emits: Issued.

        Source: economics section 1
        """
        minted = calculate_mint(amount, self.balances.TotalIssuance)
        if minted:
            self.balances.change_issuance(minted)
            self.TotalIssuance = self.TotalIssuance + minted
            self.deposit(self.balances.Issued(amount=minted))
        return Credit(minted)

    def spend(self, credit: Credit, who: AccountId, amount: TaoBalance) -> bool:
        """Give `amount` rao of a credit to an account; say whether that was possible. Emits: Deposit.

        Nothing changes if the credit is smaller or the account cannot receive it.
        """
        if amount > credit.amount or not self.balances.resolve(who, amount):
            return False
        credit.amount = credit.amount - amount
        return True

    def recycle_credit(self, credit: Credit) -> None:
        """Drop what is left of a credit; both issuance counters fall, so that the next halving comes later."""
        if credit.amount:
            self.balances.change_issuance(-credit.amount)
            self.TotalIssuance = saturating_sub(self.TotalIssuance, credit.amount)
            credit.amount = TaoBalance(0)

    def balance(self, who: AccountId) -> TaoBalance:
        """What an account can give, in rao, if it may end. Source: SubtensorModule::get_coldkey_balance"""
        return self.balances.reducible_balance(who, Preservation.Expendable)

    def keep_alive_balance(self, who: AccountId) -> TaoBalance:
        """What an account can give, in rao, and stay alive. Source: SubtensorModule::get_keep_alive_balance"""
        return self.balances.reducible_balance(who, Preservation.Preserve)

    def transfer(self, source: AccountId, dest: AccountId, amount: TaoBalance) -> None:
        """Move TAO; what the sender loses as dust is no longer issued. Raises: InsufficientBalance, TokenError.

        Source: SubtensorModule::transfer_tao
        """
        if amount > self.balance(source):
            raise Errors.InsufficientBalance
        before = self.balances.TotalIssuance
        self.balances.transfer(source, dest, amount, Preservation.Expendable)
        self.TotalIssuance = saturating_sub(self.TotalIssuance, saturating_sub(before, self.balances.TotalIssuance))

    def transfer_alive(self, source: AccountId, dest: AccountId, amount: TaoBalance) -> None:
        """Move TAO; the sender stays alive. Raises: TokenError."""
        self.balances.transfer(source, dest, amount, Preservation.Preserve)

    def recycle(self, who: AccountId, amount: TaoBalance) -> None:
        """Take TAO out of the world; both issuance counters fall. Raises: InsufficientBalance.

        Emits: Withdraw.  Source: SubtensorModule::recycle_tao
        """
        if amount > self.keep_alive_balance(who):
            raise Errors.InsufficientBalance
        self.balances.withdraw(who, amount)
        self.recycle_credit(Credit(amount))

    def burn(self, who: AccountId, amount: TaoBalance) -> None:
        """Move TAO where nobody can reach it; the issuance does not change. Raises: InsufficientBalance.

        Source: SubtensorModule::burn_tao
        """
        self.transfer(who, BURN_ACCOUNT, amount)

    def build_genesis(self, config: Any) -> None:
        """Begin with the issuance that the balances add up to, so that both counters agree."""
        self.TotalIssuance = self.balances.TotalIssuance
