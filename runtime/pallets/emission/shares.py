"""Which part of a block's TAO each subnet gets: by moving price, less what its owner withheld from miners.

Sequences are in the order of the subnets that take part.

Source: pallet_subtensor::coinbase::subnet_emissions; economics 4.2 and 4.3
"""

from __future__ import annotations

from collections.abc import Sequence

from runtime.fixed import U64F64, U96F32, u64f64, u96f32
from runtime.units import TaoBalance


def add_up(values: Sequence[U64F64]) -> U64F64:
    """Their sum, within bounds."""
    return u64f64.saturate(sum(values))


def calculate_price_shares(prices: Sequence[U64F64]) -> list[U64F64]:
    """The part that each moving price has in their sum. Source: SubtensorModule::get_shares_price_ema"""
    total = add_up(prices)
    return [u64f64.safe_div(price, total) for price in prices]


def calculate_shares(prices: Sequence[U64F64], miner_burned: Sequence[U96F32]) -> list[U64F64]:
    """Shares of price, weighted by what miners really got; unweighted where all of it was withheld.

    Source: SubtensorModule::get_shares
    """
    shares = calculate_price_shares(prices)
    kept = [u64f64.sub(u64f64.one, min(u64f64.convert(burned, u96f32), u64f64.one)) for burned in miner_burned]
    weighted = [u64f64.mul(share, part) for share, part in zip(shares, kept, strict=True)]
    total = add_up(weighted)
    return [u64f64.safe_div(weight, total) for weight in weighted] if total else shares


def calculate_enabled_shares(shares: Sequence[U64F64], enabled: Sequence[bool]) -> list[U64F64]:
    """Shares of the subnets whose emission is enabled; the others get none, and theirs is divided among these.

    Source: SubtensorModule::get_subnet_block_emissions
    """
    if all(enabled):
        return list(shares)
    total = add_up([share for share, is_enabled in zip(shares, enabled, strict=True) if is_enabled])
    return [
        u64f64.safe_div(share, total) if is_enabled else u64f64.zero
        for share, is_enabled in zip(shares, enabled, strict=True)
    ]


def calculate_tao_emissions(emission: TaoBalance, shares: Sequence[U64F64]) -> list[U96F32]:
    """What each subnet gets of a block's minted TAO, in rao. Source: SubtensorModule::get_subnet_block_emissions"""
    whole = u64f64.from_int(emission)
    return [u96f32.convert(u64f64.mul(whole, share), u64f64) for share in shares]


def is_root_sold(prices: Sequence[U64F64]) -> bool:
    """Whether moving prices sum to more than 1, so that root's part is paid and not recycled.

    Source: SubtensorModule::get_network_root_sell_flag
    """
    return add_up(prices) > u64f64.one
