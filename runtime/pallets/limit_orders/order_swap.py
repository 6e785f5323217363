"""What orders do with stake and TAO: they buy and sell within a limit, and hand over what an account holds."""

from __future__ import annotations

from chain.types import AccountId
from runtime.frame.pallet import Pallet
from runtime.pallets.staking.limits import MIN_STAKE
from runtime.pallets.staking.locking import Locks
from runtime.pallets.staking.ownership import Ownership
from runtime.pallets.staking.pallet import Staking
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.tao import Tao
from runtime.pallets.swap.balancer import calculate_tao_worth
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance

Holder = tuple[AccountId, AccountId]
"""A coldkey and a hotkey that it stakes to."""


class OrderSwap(Pallet):
    """Trades and transfers for orders. A section of SubtensorModule."""

    tao: Tao
    registry: Registry
    swap: Swap
    ownership: Ownership
    stakes: Stakes
    locks: Locks
    trading: Trading
    staking: Staking

    def buy(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        tao: TaoBalance,
        limit_rao: int,
        *,
        is_checked: bool,
    ) -> AlphaBalance:
        """Stake all of `tao` rao while alpha costs at most `limit_rao`, and give the alpha.

        Raises: SubnetNotExists, SubtokenDisabled, HotKeyAccountNotExists, AmountTooLow, NotEnoughBalanceToStake,
        SlippageTooHigh, ...  Source: OrderSwapInterface::buy_alpha
        """
        self.ensure_traded(netuid)
        if is_checked:
            self.ownership.ensure_hotkey_exists(hotkey)
            if tao < MIN_STAKE:
                raise Errors.AmountTooLow
            if tao > self.tao.balance(coldkey):
                raise Errors.NotEnoughBalanceToStake
        if self.registry.is_dynamic(netuid) and self.swap.quote_buy(netuid, tao, limit_rao).cost < tao:
            raise Errors.SlippageTooHigh
        return self.trading.stake_into(hotkey, coldkey, netuid, tao, limit_rao)

    def sell(
        self,
        coldkey: AccountId,
        hotkey: AccountId,
        netuid: NetUid,
        alpha: AlphaBalance,
        limit_rao: int,
        *,
        is_checked: bool,
    ) -> TaoBalance:
        """Unstake all of `alpha` rao while alpha costs at least `limit_rao`, and give the TAO.

        Raises: SubnetNotExists, SubtokenDisabled, AmountTooLow, NotEnoughStakeToWithdraw, SlippageTooHigh, ...
        Source: OrderSwapInterface::sell_alpha
        """
        self.ensure_traded(netuid)
        if is_checked:
            self.staking.ensure_can_unstake(coldkey, hotkey, netuid, alpha, alpha, allow_partial=False)
        if self.registry.is_dynamic(netuid) and self.swap.quote_sell(netuid, alpha, limit_rao).cost < alpha:
            raise Errors.SlippageTooHigh
        return self.trading.unstake_from(hotkey, coldkey, netuid, alpha, limit_rao)

    def collect(self, source: Holder, dest: Holder, netuid: NetUid, alpha: AlphaBalance) -> None:
        """Take `alpha` rao of stake from who ordered a sale.

        Raises: SubnetNotExists, SubtokenDisabled, HotKeyAccountNotExists, AmountTooLow, StakeUnavailable,
        NotEnoughStakeToWithdraw.  Source: OrderSwapInterface::transfer_staked_alpha, validate_sender
        """
        self.ensure_traded(netuid)
        coldkey, hotkey = source
        self.ownership.ensure_hotkey_exists(hotkey)
        worth = calculate_tao_worth(alpha, self.swap.price(netuid))
        if not alpha or worth < MIN_STAKE:
            raise Errors.AmountTooLow
        self.locks.ensure_available(coldkey, netuid, alpha)
        self._hand_over(source, dest, netuid, alpha)

    def deliver(self, source: Holder, dest: Holder, netuid: NetUid, alpha: AlphaBalance) -> None:
        """Give `alpha` rao of stake to who ordered a purchase.

        Raises: SubnetNotExists, SubtokenDisabled, HotKeyAccountNotExists, NotEnoughStakeToWithdraw.
        Source: OrderSwapInterface::transfer_staked_alpha, validate_receiver
        """
        self.ensure_traded(netuid)
        _, hotkey = dest
        self.ownership.ensure_hotkey_exists(hotkey)
        self._hand_over(source, dest, netuid, alpha)

    def ensure_traded(self, netuid: NetUid) -> None:
        """Raises: SubnetNotExists, SubtokenDisabled."""
        self.registry.ensure_exists(netuid)
        self.registry.ensure_subtoken_enabled(netuid)

    def _hand_over(self, source: Holder, dest: Holder, netuid: NetUid, alpha: AlphaBalance) -> None:
        (giver, from_hotkey), (taker, to_hotkey) = source, dest
        if self.stakes.of(from_hotkey, giver, netuid) < alpha:
            raise Errors.NotEnoughStakeToWithdraw
        self.stakes.remove(from_hotkey, giver, netuid, alpha)
        self.stakes.add(to_hotkey, taker, netuid, alpha)
        self.stakes.LastColdkeyHotkeyStakeBlock[taker, to_hotkey] = self.registry.block()
