"""Leased subnets: bought by a crowdloan, run by its creator, and paying those who contributed.

Source: pallet_subtensor::subnets::leasing; economics section 11
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chain.hashing import blake2_256
from chain.scale.hints import encode, u32
from chain.types import AccountId
from runtime.fixed import U64_MAX, U64F64, u64f64
from runtime.perthings import percent
from runtime.units import AlphaBalance, TaoBalance

DISTRIBUTION_INTERVAL = 100
"""Dividends are paid in blocks that this divides. Source: LeaseDividendsDistributionInterval"""


def lease_coldkey(lease_id: int) -> AccountId:
    """The account that owns a lease's subnet."""
    return derive_account("leasing/coldkey", lease_id)


def lease_hotkey(lease_id: int) -> AccountId:
    """The hotkey of a lease's subnet."""
    return derive_account("leasing/hotkey", lease_id)


def derive_account(prefix: str, lease_id: int) -> AccountId:
    """The hash of a prefix and a lease's number, both SCALE encoded, as an account that nobody has the key of."""
    return AccountId(blake2_256(encode(str, prefix) + encode(u32, lease_id)))


def calculate_share(contribution: TaoBalance, raised: TaoBalance) -> U64F64:
    """The part of what was raised that an account gave: `SubnetLeaseShares`."""
    return u64f64.saturating_div(u64f64.from_int(contribution), u64f64.from_int(raised))


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back of a crowdloan that raised more than its subnet cost, in rao."""

    contributors: list[TaoBalance]
    beneficiary: TaoBalance


def calculate_refund(leftover: TaoBalance, shares: Sequence[U64F64]) -> Refund:
    """Divide the leftover by shares, rounded down; the rest is the beneficiary's.

    Source: SubtensorModule::do_register_leased_network
    """
    whole = u64f64.from_int(leftover)
    refunds = [TaoBalance(u64f64.to_u64(u64f64.mul(share, whole))) for share in shares]
    return Refund(refunds, TaoBalance(max(leftover - sum(refunds), 0)))


def calculate_contributors_cut(owner_cut: AlphaBalance, emissions_share: int) -> AlphaBalance:
    """The contributors' percent of an owner cut, rounded up, in rao."""
    return AlphaBalance(percent.mul_ceil(emissions_share, owner_cut))


def is_distribution_block(block: int, interval: int = DISTRIBUTION_INTERVAL) -> bool:
    """Whether dividends are paid in this block rather than accumulated; never where the interval is 0."""
    return interval > 0 and block % interval == 0


@dataclass(frozen=True, slots=True)
class Dividends:
    """What contributors and the beneficiary get of the accumulated dividends, in rao."""

    contributors: list[AlphaBalance]
    beneficiary: AlphaBalance


def calculate_dividends(accumulated: AlphaBalance, shares: Sequence[U64F64]) -> Dividends:
    """Divide dividends by shares, rounded up in favour of contributors; the rest is the beneficiary's.

    Source: SubtensorModule::distribute_leased_network_dividends
    """
    whole = u64f64.from_int(accumulated)
    parts = [AlphaBalance(u64f64.ceil_to_u64(u64f64.mul(share, whole))) for share in shares]
    paid = min(sum(parts), U64_MAX)
    return Dividends(parts, AlphaBalance(max(accumulated - paid, 0)))
