"""Which subnet goes when there is no room, and who gets its TAO.

Source: SubtensorModule::get_network_to_prune, destroy_alpha_in_out_stakes; economics 5.3
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runtime.fixed import U16_MAX, U64_MAX, U64F64, u64f64, u96f32
from runtime.pallets.staking.safe_float import SafeFloat
from runtime.units import AlphaBalance, NetUid, TaoBalance


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subnet that may have to go."""

    netuid: NetUid
    moving_price: U64F64
    registered_at: int


def find_subnet_to_prune(candidates: Iterable[Candidate], block: int, immunity_blocks: int) -> NetUid | None:
    """The subnet with the lowest moving price of those that are no longer immune; the older of equals.

    Source: SubtensorModule::get_network_to_prune
    """
    mature = [c for c in candidates if block >= c.registered_at + immunity_blocks]
    return min(mature, key=lambda c: (c.moving_price, c.registered_at)).netuid if mature else None


def calculate_stake_value(value: AlphaBalance, share: SafeFloat) -> AlphaBalance:
    """What a stake counts when its subnet goes, in rao: its value, or its bare share where the pool has no value."""
    return value or AlphaBalance(share.to_u64())


def calculate_protocol_value(
    protocol_alpha: AlphaBalance, alpha_in: AlphaBalance, registered_at: int, refund_deployment_block: int
) -> AlphaBalance:
    """What the chain itself holds, in rao; of older subnets without the pool's alpha."""
    pool = alpha_in if registered_at > refund_deployment_block else 0
    return AlphaBalance(min(protocol_alpha + pool, U64_MAX))


@dataclass(frozen=True, slots=True)
class Payout:
    """How a pot is divided."""

    shares: list[TaoBalance]
    """What each stake gets, in rao, in the order of the stakes."""
    protocol: TaoBalance
    """The protocol's part, which nobody is paid."""
    order: list[int]
    """Whose turn it is to be paid: positions in `shares`."""


def calculate_payout(pot: TaoBalance, values: Sequence[int], protocol_value: int) -> Payout:
    """Divide a pot by alpha value; the rao that rounding leaves go one each to the largest remainders.

    Invariant: shares and the protocol's part add up to the pot, if there is any value.

    Source: SubtensorModule::destroy_alpha_in_out_stakes
    """
    parts = [*values, protocol_value] if protocol_value else list(values)
    total = sum(parts)
    if not pot or not total:
        return Payout([TaoBalance(0)] * len(values), TaoBalance(0), [])
    shares = [TaoBalance(pot * part // total) for part in parts]
    order, left = list(range(len(parts))), pot - sum(shares)
    if left:
        order.sort(key=lambda i: -(pot * parts[i] % total))
        for i in order[:left]:
            shares[i] = TaoBalance(shares[i] + 1)
    return Payout(
        shares[: len(values)],
        shares[-1] if protocol_value else TaoBalance(0),
        [i for i in order if i < len(values) and shares[i]],
    )


def calculate_owner_refund(
    lock: TaoBalance,
    issuance: AlphaBalance,
    owner_cut: int,
    price: U64F64,
    registered_at: int,
    registration_start_block: int,
) -> TaoBalance:
    """What the owner of a subnet from before `registration_start_block` gets back, in rao: the lock less his cut.

    The cut is valued at the pool's price; `owner_cut` is parts of 65535.
    """
    if registered_at >= registration_start_block:
        return TaoBalance(0)
    alpha = u96f32.to_u64(u96f32.mul(u96f32.from_int(issuance), u96f32.ratio(owner_cut, U16_MAX)))
    worth = u96f32.to_u64(u96f32.mul(u96f32.from_int(alpha), u96f32.convert(price, u64f64)))
    return TaoBalance(max(lock - worth, 0))
