"""The moving price of a subnet's alpha: an average that forgets slowly, and the more slowly the younger the subnet.

Truncation to 32 fraction bits each block keeps it up to about 1e-4 below a constant price.

Source: SubtensorModule::update_moving_price; economics 4.11
"""

from __future__ import annotations

from runtime.fixed import I96F32, U64F64, i96f32, u64f64

DEFAULT_MOVING_ALPHA = i96f32.from_decimal("0.000003")
"""The weight of an old subnet's newest price. Source: SubnetMovingAlpha"""
DEFAULT_HALVING_BLOCKS = 201_600
"""Blocks until half of that weight. Source: EMAPriceHalvingBlocks"""


def to_moving_price(stored: I96F32, is_dynamic: bool) -> U64F64:
    """The moving price that emission reads; 1 for root and for stable subnets.

    Source: SubtensorModule::get_moving_alpha_price
    """
    return u64f64.convert(stored, i96f32) if is_dynamic else u64f64.one


def calculate_moving_price(
    old: U64F64,
    spot: U64F64,
    moving_alpha: I96F32,
    block: int,
    first_emission_block: int,
    halving_blocks: int = DEFAULT_HALVING_BLOCKS,
) -> I96F32:
    """The moving price after a block; a spot price above 1 counts as 1.

    `alpha = moving_alpha * b / (b + halving_blocks)`, with `b` the blocks since the subnet's start call.
    """
    age = u64f64.from_int(max(block - max(first_emission_block - 1, 0), 0))
    weight = u64f64.safe_div(age, u64f64.add(age, u64f64.from_int(halving_blocks)))
    alpha = u64f64.mul(u64f64.convert(moving_alpha, i96f32), weight)
    newest = u64f64.mul(alpha, min(spot, u64f64.one))
    kept = u64f64.mul(u64f64.sub(u64f64.one, alpha), old)
    return i96f32.convert(u64f64.add(newest, kept), u64f64)
