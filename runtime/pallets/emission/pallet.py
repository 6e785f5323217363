"""The first section of SubtensorModule: mint what the curve says, spend it or recycle it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.types import AccountId, BlockNumber
from runtime.frame.pallet import Pallet
from runtime.frame.storage import StorageValue
from runtime.frame.weight import Weight, weigh
from runtime.pallets.balances import Balances
from runtime.pallets.emission.issuance import DEFAULT_BLOCK_EMISSION, calculate_block_emission, calculate_mint
from runtime.units import TaoBalance, saturating_sub

BLOCK_STEP_WEIGHT = weigh(110_634_229_000, 8304, reads=8304, writes=110)
"""What the block step counts for, whatever it does. Source: SubtensorModule::on_initialize"""


@dataclass(slots=True)
class Credit:
    """TAO that was minted and belongs to nobody yet: it is spent onto accounts or recycled."""

    amount: TaoBalance


class Emission(Pallet):
    """How much TAO is minted each block, and where it goes. A section of SubtensorModule."""

    balances: Balances

    TotalIssuance = StorageValue[TaoBalance](default=TaoBalance(0))
    """The issuance that the emission curve reads, in rao. Invariant: equal to Balances.TotalIssuance."""

    BlockEmission = StorageValue[TaoBalance](default=DEFAULT_BLOCK_EMISSION)
    """What the curve gave when it was last evaluated, in rao."""

    def on_initialize(self, block: BlockNumber) -> Weight:
        """Mint the block's emission; while no subnet emits, all of it is recycled.

        Source: SubtensorModule::block_step
        """
        credit = self.mint(self.block_emission())
        self.recycle(credit)
        return BLOCK_STEP_WEIGHT

    def block_emission(self) -> TaoBalance:
        """What this block emits, in rao; `BlockEmission` follows it."""
        emission = calculate_block_emission(self.TotalIssuance)
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

    def recycle(self, credit: Credit) -> None:
        """Drop what is left of a credit; both issuance counters fall, so that the next halving comes later."""
        if credit.amount:
            self.balances.change_issuance(-credit.amount)
            self.TotalIssuance = saturating_sub(self.TotalIssuance, credit.amount)
            credit.amount = TaoBalance(0)

    def build_genesis(self, config: Any) -> None:
        """Begin with the issuance that the balances add up to, so that both counters agree."""
        self.TotalIssuance = self.balances.TotalIssuance
