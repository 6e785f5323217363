"""Fees in alpha: who takes stake out and has too little TAO pays with the stake.

Source: subtensor_transaction_fee, economics 13
"""

from __future__ import annotations

from typing import Any

from chain.types import AccountId
from runtime.frame.call import RuntimeCall
from runtime.frame.pallet import Event
from runtime.pallets.aura import Aura
from runtime.pallets.staking.stakes import Stakes
from runtime.pallets.staking.trading import Trading
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.types import ROOT
from runtime.pallets.swap.balancer import calculate_alpha_worth
from runtime.pallets.swap.pallet import Swap
from runtime.units import AlphaBalance, NetUid, TaoBalance

MODULE = "SubtensorModule"
ONE_PLACE = ("remove_stake", "remove_stake_limit", "remove_stake_full_limit", "recycle_alpha", "burn_alpha")
FROM_A_PLACE = ("transfer_stake", "swap_stake", "swap_stake_limit")
ALL_PLACES = ("unstake_all", "unstake_all_alpha")
NO_LIMIT = 0

Place = tuple[AccountId, NetUid]
"""A hotkey on a subnet."""


class AlphaFees:
    """Pays a fee by selling stake for it, free of the pool's fee; nothing is given back afterwards."""

    def can_pay(self, runtime: Any, who: AccountId, call: RuntimeCall, fee: TaoBalance) -> bool:
        """Whether the call takes stake from exactly one place, and enough is there."""
        places = places_of(runtime, who, call)
        return len(places) == 1 and self._held(runtime, who, places[0]) >= self._worth(runtime, places[0], fee)

    def pay(self, runtime: Any, who: AccountId, call: RuntimeCall, fee: TaoBalance) -> Event | None:
        """Sell the stake that the fee is worth, all of it where that is none, for the block's author.

        A call that takes stake from several places, or a block without author, costs nothing.
        """
        places = places_of(runtime, who, call)
        if not places:
            return None
        aura: Aura = runtime.aura
        author = aura.author()
        if len(places) > 1 or author is None:
            return Events.TransactionFeePaidWithAlpha(who, ROOT, AlphaBalance(0), TaoBalance(0))
        hotkey, netuid = places[0]
        held = self._held(runtime, who, places[0])
        alpha = min(self._worth(runtime, places[0], fee) or held, held)
        trading: Trading = runtime.trading
        with runtime.state.transaction():
            tao = trading.unstake_from(hotkey, who, netuid, alpha, NO_LIMIT, is_free=True, beneficiary=author)
        return Events.TransactionFeePaidWithAlpha(who, netuid, alpha, tao)

    def _held(self, runtime: Any, who: AccountId, place: Place) -> AlphaBalance:
        stakes: Stakes = runtime.stakes
        return stakes.of(place[0], who, place[1])

    def _worth(self, runtime: Any, place: Place, fee: TaoBalance) -> AlphaBalance:
        swap: Swap = runtime.swap
        return calculate_alpha_worth(fee, swap.price(place[1]))


def places_of(runtime: Any, who: AccountId, call: RuntimeCall) -> list[Place]:
    """Where a call takes stake from; nowhere for other calls, and for batches. Source: fees_in_alpha"""
    if call.is_(MODULE, *ONE_PLACE):
        return [(call.argument("hotkey"), call.argument("netuid"))]
    if call.is_(MODULE, *FROM_A_PLACE):
        return [(call.argument("hotkey"), call.argument("origin_netuid"))]
    if call.is_(MODULE, "move_stake"):
        return [(call.argument("origin_hotkey"), call.argument("origin_netuid"))]
    if call.is_(MODULE, *ALL_PLACES):
        registry: Registry = runtime.registry
        stakes: Stakes = runtime.stakes
        hotkey = call.argument("hotkey")
        return [
            (hotkey, netuid)
            for netuid in registry.netuids()
            if registry.SubtokenEnabled[netuid] and stakes.of(hotkey, who, netuid)
        ]
    return []
