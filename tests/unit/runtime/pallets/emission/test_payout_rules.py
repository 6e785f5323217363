"""Edges of dividends, children, root claims, the auto-claim walk and the epoch schedule."""

from __future__ import annotations

import pytest

from runtime.fixed import U64_MAX, i96f32, u64f64, u96f32
from runtime.pallets.emission.auto_claim import calculate_claim_indices
from runtime.pallets.emission.children import (
    Parent,
    Stakes,
    calculate_childkey_take,
    calculate_inherited,
    calculate_own_contribution,
    divide_dividend,
)
from runtime.pallets.emission.dividends import (
    Earner,
    calculate_miner_burned,
    calculate_payouts,
    calculate_take,
    calculate_validator_alpha,
    sum_dividends,
)
from runtime.pallets.emission.price_ema import DEFAULT_MOVING_ALPHA, calculate_moving_price, to_moving_price
from runtime.pallets.emission.root_claim import (
    DEFAULT_CLAIM_THRESHOLD,
    calculate_claim,
    calculate_claimed,
    calculate_owed,
    calculate_rate_increase,
)
from runtime.pallets.emission.split import split_between_mechanisms
from runtime.pallets.emission.tempo import calculate_blocks_until_epoch, calculate_next_epoch, is_epoch_due
from runtime.units import AlphaBalance, TaoBalance

ONE_ALPHA = AlphaBalance(10**9)


def stakes(alpha: int, root: int = 0) -> Stakes:
    return Stakes(AlphaBalance(alpha), TaoBalance(root))


def test_validators_get_the_miners_part_while_miners_earn_nothing() -> None:
    assert calculate_validator_alpha(AlphaBalance(3), AlphaBalance(4), 0) == 7
    assert calculate_validator_alpha(AlphaBalance(3), AlphaBalance(4), 1) == 3


def test_a_hotkey_without_stake_gets_alpha_only() -> None:
    earner = Earner(sum_dividends([AlphaBalance(2), AlphaBalance(3)]), AlphaBalance(0), TaoBalance(0))

    (payout,) = calculate_payouts([earner], ONE_ALPHA, ONE_ALPHA, u96f32.one)

    assert (payout.alpha, payout.root) == (u96f32.from_int(10**9), 0)


def test_nobody_is_paid_without_dividends() -> None:
    earner = Earner(u96f32.zero, AlphaBalance(5), TaoBalance(5))

    (payout,) = calculate_payouts([earner], ONE_ALPHA, ONE_ALPHA, u96f32.one)

    assert (payout.alpha, payout.root) == (0, 0)


def test_take_and_rest_never_exceed_the_payout() -> None:
    taken = calculate_take(u96f32.from_int(10**9), 11_796)

    assert (taken.take, taken.rest) == (179_995_422, 820_004_577)


def test_nothing_is_burned_of_no_incentive() -> None:
    assert calculate_miner_burned(AlphaBalance(0), AlphaBalance(0)) == 0
    assert calculate_miner_burned(AlphaBalance(5), AlphaBalance(10)) == u96f32.from_decimal("0.5")


def test_a_part_of_foreign_parents_dividends_can_be_recycled() -> None:
    parents = [Parent(stakes(10**9), U64_MAX, False), Parent(stakes(10**9), U64_MAX, True)]

    divided = divide_dividend(ONE_ALPHA, 0, parents, 0, U64_MAX // 2, u96f32.one)

    assert divided.recycled == [249_999_999, 0]
    assert divided.parents == [250_000_000, 500_000_000]
    assert divided.child == 0


def test_a_child_of_parents_without_stake_keeps_all() -> None:
    divided = divide_dividend(ONE_ALPHA, 0, [Parent(stakes(0), U64_MAX, False)], 0, 0, u96f32.one)

    assert (divided.parents, divided.child) == ([0], 10**9)


def test_what_is_lent_away_is_no_own_contribution() -> None:
    half = U64_MAX // 2

    assert calculate_own_contribution(stakes(100, 200), [half], u96f32.one) == 150
    assert calculate_own_contribution(stakes(100, 200), [U64_MAX, half], u96f32.one) == 0
    assert calculate_inherited(100, [half], [(50, U64_MAX)]) == 100


def test_the_childkey_take_has_two_minimums() -> None:
    assert calculate_childkey_take(3, 5, 4) == 5


# -- root claims


def test_what_is_more_than_root_s_stake_raises_no_rate() -> None:
    assert calculate_rate_increase(AlphaBalance(3), TaoBalance(2)) is None
    assert calculate_rate_increase(AlphaBalance(0), TaoBalance(0)) == 0
    assert calculate_rate_increase(AlphaBalance(1), TaoBalance(2)) == i96f32.one >> 1


def test_new_stake_earns_nothing_from_the_past() -> None:
    rate = i96f32.from_decimal("0.41")
    owed = calculate_owed(rate, TaoBalance(3_000_000), calculate_claimed(rate, 1_000_000))

    assert owed >> 32 == 2_000_000 * 41 // 100


def test_too_small_a_claim_is_none() -> None:
    assert calculate_claim(i96f32.sub(DEFAULT_CLAIM_THRESHOLD, i96f32.from_bits(1)), DEFAULT_CLAIM_THRESHOLD) == 0
    assert calculate_claim(DEFAULT_CLAIM_THRESHOLD, DEFAULT_CLAIM_THRESHOLD) == 500_000
    assert calculate_claim(i96f32.from_int(-5), i96f32.from_int(-10)) == 0


def test_the_walk_adds_eight_bytes_of_the_hash_a_step() -> None:
    parent_hash = b"".join(step.to_bytes(8, "big") for step in (3, 1, 4, 15))

    # 3+3=6, 6+1=7, 7+4=11->1, 1+15=16->6, 6+3=9
    assert calculate_claim_indices(parent_hash, 5, 10) == [1, 6, 7, 9]
    assert calculate_claim_indices(parent_hash, 0, 10) == []
    assert calculate_claim_indices(parent_hash, 5, 0) == [0]


def test_a_step_past_64_bits_stops_at_the_largest() -> None:
    assert calculate_claim_indices(b"\xff" * 32, 1, 1000) == [U64_MAX % 1000]


# -- the rest


def test_stable_subnets_have_a_moving_price_of_one() -> None:
    assert to_moving_price(i96f32.zero, is_dynamic=False) == u64f64.one
    assert to_moving_price(i96f32.one >> 1, is_dynamic=True) == u64f64.one >> 1


def test_a_spot_price_above_one_counts_as_one() -> None:
    arguments = (u64f64.zero, DEFAULT_MOVING_ALPHA, 201_601, 1)
    old, alpha, block, first = arguments

    assert calculate_moving_price(old, u64f64.from_int(9), alpha, block, first) == calculate_moving_price(
        old, u64f64.one, alpha, block, first
    )


def test_before_its_start_call_a_subnet_s_moving_price_stands() -> None:
    assert calculate_moving_price(u64f64.one >> 1, u64f64.one, DEFAULT_MOVING_ALPHA, 4, 5) == i96f32.one >> 1


@pytest.mark.parametrize(("parts", "expected"), [([65_535], [10, 0]), ([30_000, 30_000, 5_535], [6, 4])])
def test_parts_of_mechanisms_are_cut_or_filled_to_their_number(parts: list[int], expected: list[int]) -> None:
    assert split_between_mechanisms(AlphaBalance(10), 2, parts) == expected


def test_an_epoch_is_due_when_asked_for_missed_or_in_its_turn() -> None:
    assert is_epoch_due(360, 7, 0, 0, 7)
    assert not is_epoch_due(360, 8, 0, 0, 7)
    assert is_epoch_due(360, 0, 50_401, 100, 101)
    assert not is_epoch_due(0, 7, 50_401, 0, 1000)


def test_the_next_epoch_is_the_sooner_one() -> None:
    assert calculate_next_epoch(360, 0, 100) == 460
    assert calculate_next_epoch(360, 200, 100) == 200
    assert calculate_next_epoch(0, 200, 100) is None
    assert (calculate_blocks_until_epoch(360, 100, 470), calculate_blocks_until_epoch(0, 0, 0)) == (0, None)
