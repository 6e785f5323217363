"""How the alpha of a block is divided: owner, miners, validators and root; and between mechanisms.

Source: pallet_subtensor::coinbase::run_coinbase emit_to_subnets, subnets::mechanism; economics 4.6 and 4.8
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.fixed import U16_MAX, U96F32, u96f32
from runtime.units import AlphaBalance

HALF = u96f32.from_decimal("0.5")


@dataclass(frozen=True, slots=True)
class Split:
    """What participants of a subnet have to wait for until its epoch, each rounded down to rao."""

    owner: AlphaBalance
    server: AlphaBalance
    """For miners."""
    validator: AlphaBalance
    root: AlphaBalance
    """For validators by their root stake; recycled while root is not sold."""


def calculate_split(alpha_out: U96F32, owner_cut: int, root_proportion: U96F32) -> Split:
    """Divide a block's alpha. `owner_cut` is parts of 65535, 0 where it is disabled.

    The root proportion is the one after the alpha was minted.
    """
    owner = u96f32.mul(alpha_out, u96f32.ratio(owner_cut, U16_MAX))
    rest = u96f32.sub(alpha_out, owner)
    root = u96f32.mul(u96f32.mul(root_proportion, rest), HALF)
    server = u96f32.mul(rest, HALF)
    validator = u96f32.sub(u96f32.sub(rest, server), root)
    return Split(*(AlphaBalance(u96f32.to_u64(part)) for part in (owner, server, validator, root)))


def split_between_mechanisms(
    alpha: AlphaBalance, mechanism_count: int, parts: Sequence[int] | None
) -> list[AlphaBalance]:
    """What each mechanism emits: even, or by `parts` of 65535; what rounding leaves goes to the first.

    Source: SubtensorModule::split_emissions
    """
    if parts is None:
        split = [alpha // mechanism_count] * mechanism_count if mechanism_count else []
    else:
        split = [AlphaBalance(alpha * part // U16_MAX) for part in parts[:mechanism_count]]
        split += [AlphaBalance(0)] * (mechanism_count - len(split))
    if split:
        split[0] = AlphaBalance(split[0] + max(alpha - sum(split), 0))
    return split
