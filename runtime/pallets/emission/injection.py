"""What goes into a subnet's pool each block, and what buys alpha from it instead.

A young subnet, whose alpha is mostly root's, gets liquidity; an old one mostly purchases.

Source: pallet_subtensor::coinbase::run_coinbase get_subnet_terms; economics 4.4 and 4.5
"""

from __future__ import annotations

from dataclasses import dataclass

from runtime.fixed import U64_MAX, U64F64, U96F32, u64f64, u96f32
from runtime.units import AlphaBalance, TaoBalance


def calculate_tao_weight(stored: int) -> U96F32:
    """What a rao of root stake counts beside a rao of alpha; `stored` is parts of 2^64 - 1.

    Source: SubtensorModule::get_tao_weight
    """
    return u96f32.ratio(stored, U64_MAX)


def calculate_root_proportion(root_tao: TaoBalance, tao_weight: U96F32, issuance: AlphaBalance) -> U96F32:
    """The part of root's weighted TAO in itself plus a subnet's alpha issuance; 0 where there is neither.

    Source: SubtensorModule::root_proportion
    """
    weighted = u96f32.mul(u96f32.from_int(root_tao), tao_weight)
    return u96f32.safe_div(weighted, u96f32.add(weighted, u96f32.from_int(issuance)))


@dataclass(frozen=True, slots=True)
class Terms:
    """A subnet's part of one block, in rao with fractions."""

    tao_in: U96F32
    """TAO for the pool."""
    alpha_in: U96F32
    """Alpha for the pool."""
    alpha_out: U96F32
    """Alpha for the participants."""
    excess_tao: U96F32
    """TAO that buys alpha from the pool."""

    @property
    def whole_tao_in(self) -> TaoBalance:
        """`tao_in` rounded down, in rao."""
        return TaoBalance(u96f32.to_u64(self.tao_in))

    @property
    def whole_alpha_in(self) -> AlphaBalance:
        """`alpha_in` rounded down, in rao."""
        return AlphaBalance(u96f32.to_u64(self.alpha_in))

    @property
    def whole_excess_tao(self) -> TaoBalance:
        """`excess_tao` rounded down, in rao."""
        return TaoBalance(u96f32.to_u64(self.excess_tao))


def calculate_terms(tao_emission: U96F32, alpha_emission: int, price: U64F64, root_proportion: U96F32) -> Terms:
    """How a subnet's TAO is used: as much as fits beside `root_proportion * alpha_emission`, the rest as excess.

    `alpha_emission` is what the issuance curve gives for the subnet's alpha, in rao; `price` is the pool's.
    """
    alpha_out, narrow_price = u96f32.from_int(alpha_emission), u96f32.convert(price, u64f64)
    tao_in, alpha_in = tao_emission, u96f32.safe_div(tao_emission, narrow_price)
    cap = u96f32.mul(root_proportion, alpha_out)
    if alpha_in > cap:
        tao_in, alpha_in = u96f32.mul(cap, narrow_price), cap
    return Terms(tao_in, alpha_in, alpha_out, u96f32.sub(tao_emission, tao_in))
