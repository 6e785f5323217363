"""Edges of lock cost, pruning, burn price and leases."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chain.hashing import blake2_256
from runtime.fixed import u64f64
from runtime.pallets.staking.safe_float import ZERO, from_u64
from runtime.pallets.subnets.burn_price import (
    DEFAULT_BURN_INCREASE,
    DEFAULT_HALF_LIFE,
    calculate_bumped_burn,
    calculate_decay_factor,
    calculate_decayed_burn,
    power_q32,
)
from runtime.pallets.subnets.leasing import (
    calculate_contributors_cut,
    calculate_dividends,
    calculate_refund,
    calculate_share,
    is_distribution_block,
    lease_coldkey,
    lease_hotkey,
)
from runtime.pallets.subnets.lock_cost import (
    calculate_initial_pool,
    calculate_lock_cost,
    calculate_median_price,
    calculate_reduction_interval,
)
from runtime.pallets.subnets.pruning import (
    Candidate,
    calculate_owner_refund,
    calculate_payout,
    calculate_protocol_value,
    calculate_stake_value,
    find_subnet_to_prune,
)
from runtime.units import TAO, AlphaBalance, NetUid, TaoBalance

# -- lock cost


def test_the_price_falls_faster_after_a_halving() -> None:
    intervals = [calculate_reduction_interval(100_800, TaoBalance(e)) for e in (10**9, 5 * 10**8, 976_562, 0)]

    assert intervals == [100_800, 50_400, 98, 0]


def test_without_an_interval_the_price_does_not_fall() -> None:
    assert calculate_lock_cost(TAO(1), TAO(0), 1, 1000, 0) == TAO(2)


def test_the_median_is_of_prices_above_zero() -> None:
    prices = [u64f64.from_int(price) for price in (5, 0, 1, 2)]

    assert calculate_median_price(prices) == u64f64.from_int(2)
    assert calculate_median_price(prices[:3]) == u64f64.from_int(3)
    assert calculate_median_price([u64f64.zero]) == u64f64.one


def test_a_pool_starts_with_the_minimum_at_least() -> None:
    pool = calculate_initial_pool(TAO(3), TAO(4), u64f64.from_decimal("0.5"))

    assert (pool.tao, pool.alpha, pool.recycled) == (TAO(4), 8 * 10**9, 0)


# -- pruning


def candidate(netuid: int, price: int, registered_at: int) -> Candidate:
    return Candidate(NetUid(netuid), u64f64.from_int(price), registered_at)


def test_the_cheapest_mature_subnet_goes_and_the_older_of_equals() -> None:
    candidates = [candidate(1, 5, 0), candidate(2, 3, 7), candidate(3, 3, 6), candidate(4, 1, 95)]

    assert find_subnet_to_prune(candidates, 100, 10) == 3
    assert find_subnet_to_prune(candidates, 105, 10) == 4
    assert find_subnet_to_prune(candidates, 5, 10) is None


def test_the_protocol_s_part_is_counted_and_not_paid() -> None:
    payout = calculate_payout(TaoBalance(10), [1, 1], 2)

    assert (payout.shares, payout.protocol, payout.order) == ([3, 2], 5, [0, 1])


def test_who_has_the_largest_remainder_is_paid_first() -> None:
    payout = calculate_payout(TaoBalance(11), [10, 1, 30], 0)

    assert payout.shares == [3, 0, 8]
    assert payout.order == [0, 2]


def test_an_empty_pot_and_worthless_stakes_pay_nobody() -> None:
    assert calculate_payout(TaoBalance(0), [1], 0).shares == [0]
    assert calculate_payout(TaoBalance(5), [0], 0).shares == [0]


@given(st.integers(0, 10**17), st.lists(st.integers(0, 10**17), max_size=8), st.integers(0, 10**17))
def test_shares_and_the_protocol_s_part_add_up_to_the_pot(pot: int, values: list[int], protocol: int) -> None:
    payout = calculate_payout(TaoBalance(pot), values, protocol)

    assert sum(payout.shares) + payout.protocol == (pot if sum(values) + protocol else 0)


def test_a_stake_without_value_counts_by_its_share() -> None:
    assert calculate_stake_value(AlphaBalance(0), from_u64(7)) == 7
    assert calculate_stake_value(AlphaBalance(3), ZERO) == 3


def test_younger_subnets_count_the_pool_s_alpha_for_the_protocol() -> None:
    assert calculate_protocol_value(AlphaBalance(1), AlphaBalance(2), 10, 10) == 1
    assert calculate_protocol_value(AlphaBalance(1), AlphaBalance(2), 11, 10) == 3


def test_only_older_owners_get_their_lock_back_less_their_cut() -> None:
    arguments = (TaoBalance(1000), AlphaBalance(1000), 65_535, u64f64.from_decimal("0.25"))

    assert calculate_owner_refund(*arguments, 0, 1) == 750
    assert calculate_owner_refund(*arguments, 1, 1) == 0


# -- burn price


def test_the_default_factor_halves_the_price_in_its_half_life() -> None:
    factor = calculate_decay_factor(DEFAULT_HALF_LIFE)

    assert factor == 4_286_705_684
    assert power_q32(factor, DEFAULT_HALF_LIFE) <= 1 << 31 < power_q32(factor + 100, DEFAULT_HALF_LIFE)
    assert calculate_decay_factor(0) == 1 << 32


def test_the_price_stands_in_block_one_and_without_a_half_life() -> None:
    bounds = TaoBalance(0), TAO(100)

    assert calculate_decayed_burn(TAO(1), 360, 1, *bounds) == TAO(1)
    assert calculate_decayed_burn(TAO(1), 0, 5, *bounds) == TAO(1)
    assert calculate_decayed_burn(TAO(1), 360, 2, *bounds) < TAO(1)


def test_a_registration_raises_the_price_by_a_quarter_and_never_lowers_it() -> None:
    bounds = TaoBalance(0), TAO(100)

    assert calculate_bumped_burn(TAO(1), DEFAULT_BURN_INCREASE, *bounds) == TaoBalance(1_260_000_000)
    assert calculate_bumped_burn(TAO(1), u64f64.zero, *bounds) == TAO(1)


# -- leases


def test_contributors_round_up_and_the_beneficiary_gets_the_rest() -> None:
    third = calculate_share(TAO(1), TAO(3))

    assert calculate_contributors_cut(AlphaBalance(101), 30) == 31
    dividends = calculate_dividends(AlphaBalance(10), [third, third])
    assert (dividends.contributors, dividends.beneficiary) == ([4, 4], 2)
    assert calculate_dividends(AlphaBalance(1), [third, third]).beneficiary == 0


def test_refunds_round_down() -> None:
    third = calculate_share(TAO(1), TAO(3))
    refund = calculate_refund(TaoBalance(10), [third, third])

    assert (refund.contributors, refund.beneficiary) == ([3, 3], 4)


def test_dividends_are_paid_every_hundredth_block() -> None:
    assert [block for block in range(301) if is_distribution_block(block)] == [0, 100, 200, 300]


def test_a_lease_s_keys_are_hashes_of_its_number() -> None:
    assert lease_coldkey(1) == blake2_256(b"\x3cleasing/coldkey" + b"\1\0\0\0")
    assert lease_hotkey(1) == blake2_256(b"\x38leasing/hotkey" + b"\1\0\0\0")
