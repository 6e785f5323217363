"""Prices of alpha, and what swaps would give. Source: pallet_subtensor_swap_runtime_api"""

from __future__ import annotations

from chain.errors import DispatchError
from chain.scale.hints import struct, u64
from runtime.fixed import u64f64
from runtime.frame.apis import RuntimeApi
from runtime.pallets.swap.balancer import calculate_alpha_worth, calculate_tao_worth
from runtime.units import RAO_PER_TAO, AlphaBalance, NetUid, TaoBalance


@struct("pallet_subtensor_swap_runtime_api::SimSwapResult")
class SimSwapResult:
    """What a swap would give: amounts without fees, fees, and what it gives less than its price promises, in rao."""

    tao_amount: TaoBalance = TaoBalance(0)
    alpha_amount: AlphaBalance = AlphaBalance(0)
    tao_fee: TaoBalance = TaoBalance(0)
    alpha_fee: AlphaBalance = AlphaBalance(0)
    tao_slippage: TaoBalance = TaoBalance(0)
    alpha_slippage: AlphaBalance = AlphaBalance(0)


@struct("pallet_subtensor_swap_runtime_api::SubnetPrice")
class SubnetPrice:
    """What a billion alpha of a subnet costs at the margin, in TAO."""

    netuid: NetUid
    price: u64


class SwapRuntimeApi(RuntimeApi, version=1):
    """What alpha costs."""

    def current_alpha_price(self, netuid: NetUid) -> u64:
        """What one alpha costs at the margin, in rao."""
        return u64f64.to_u64(u64f64.mul(self.runtime.swap.price(netuid), u64f64.from_int(RAO_PER_TAO)))

    def current_alpha_price_all(self) -> tuple[SubnetPrice, ...]:
        """The prices of all subnets, in storage order."""
        netuids = self.runtime.registry.netuids()
        return tuple(SubnetPrice(netuid, self.current_alpha_price(netuid)) for netuid in netuids)

    def sim_swap_tao_for_alpha(self, netuid: NetUid, tao: TaoBalance) -> SimSwapResult:
        """What `tao` rao would buy; zeros where they cannot be swapped."""
        worth = calculate_alpha_worth(tao, self.runtime.swap.price(netuid))
        try:
            made = self.runtime.swap.quote_buy(netuid, self._limit(netuid, tao))
        except DispatchError:
            return SimSwapResult()
        slippage = AlphaBalance(max(worth - made.paid_out, 0))
        return SimSwapResult(made.paid_in, made.paid_out, tao_fee=made.fee, alpha_slippage=slippage)

    def sim_swap_alpha_for_tao(self, netuid: NetUid, alpha: AlphaBalance) -> SimSwapResult:
        """What `alpha` rao would bring; zeros where they cannot be swapped."""
        worth = calculate_tao_worth(alpha, self.runtime.swap.price(netuid))
        try:
            made = self.runtime.swap.quote_sell(netuid, self._limit(netuid, alpha))
        except DispatchError:
            return SimSwapResult()
        slippage = TaoBalance(max(worth - made.paid_out, 0))
        return SimSwapResult(made.paid_out, made.paid_in, alpha_fee=made.fee, tao_slippage=slippage)

    def _limit(self, netuid: NetUid, amount: int) -> int:
        """The amount that is swapped: nothing where there is no subnet."""
        registry = self.runtime.registry
        return amount if registry.NetworksAdded[netuid] or registry.is_dynamic(netuid) else 0
