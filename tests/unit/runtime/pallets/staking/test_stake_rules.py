"""Edges of stake limits, locks and the share pool."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.scale.hints import encode
from chain.types import AccountId
from runtime.fixed import U64_MAX, u64f64
from runtime.pallets.staking.limits import (
    UNLIMITED,
    calculate_max_add,
    calculate_max_move,
    calculate_min_nomination,
    invert_limit,
)
from runtime.pallets.staking.locks import (
    LockState,
    calculate_available,
    calculate_decay,
    calculate_moved_lock,
    empty_lock,
    find_king,
    force_reduce,
    is_conviction_enough,
    merge,
    reduce,
    roll,
    roll_with_aggregate,
)
from runtime.pallets.staking.safe_float import ZERO, from_u64
from runtime.pallets.staking.share_pool import Position, add_for_one, remove_for_one, value_of
from runtime.pallets.swap.balancer import Pool
from runtime.refusal import Refused
from runtime.units import TAO, AlphaBalance, TaoBalance

POOL = Pool(AlphaBalance(10**14), TAO(50_000))
RATE = 934_866


def lock(mass: int, conviction: int = 0, at: int = 0) -> LockState:
    return LockState(AlphaBalance(mass), u64f64.from_int(conviction), at)


# -- limits


def test_a_limit_that_the_price_has_passed_refuses_the_amount() -> None:
    with pytest.raises(Refused, match="PriceLimitExceeded"):
        calculate_max_add(POOL, 500_000_000, 33)


@pytest.mark.parametrize(
    ("origin", "destination", "limit", "expected"),
    [
        (None, None, 10**9, UNLIMITED),
        (None, None, 10**9 + 1, 0),
        (None, POOL, 0, UNLIMITED),
        (POOL, POOL, 10**9 + 1, 0),
        (POOL, POOL, 0, UNLIMITED),
        (POOL, POOL, 10**9, 0),
        (POOL, POOL, 5 * 10**8, 5 * 10**13),
        (replace(POOL, tao=TaoBalance(0)), POOL, 0, 0),
        (POOL, replace(POOL, alpha=AlphaBalance(0)), 0, 0),
    ],
)
def test_how_much_can_move(origin: Pool | None, destination: Pool | None, limit: int, expected: int) -> None:
    assert calculate_max_move(origin, destination, limit, 33, 33) == expected


def test_a_move_to_a_pool_is_limited_like_a_purchase_and_one_to_root_like_a_sale() -> None:
    assert calculate_max_move(None, POOL, 10**9, 33, 33) == calculate_max_add(POOL, 10**9, 33)
    assert 0 < calculate_max_move(POOL, None, 4 * 10**8, 33, 33) < UNLIMITED


def test_a_limit_is_inverted_with_two_roundings() -> None:
    assert invert_limit(2 * 10**9) == 5 * 10**8
    assert invert_limit(10**10) == 99_999_999  # 10^8, were it rounded once
    assert invert_limit(0) == 0


def test_the_least_nomination_follows_the_price() -> None:
    assert calculate_min_nomination(POOL, 0) == 0
    assert calculate_min_nomination(POOL, 1_000_000) == 4_000_000
    assert calculate_min_nomination(None, 1_000_000) == 2_000_000


# -- locks


def test_a_lock_is_three_numbers_on_the_wire() -> None:
    assert encode(LockState, lock(1, 2, 3)) == (1).to_bytes(8, "little") + (2 << 64).to_bytes(
        16, "little"
    ) + b"\3" + bytes(7)


def test_decay_is_one_at_first_and_zero_without_a_rate() -> None:
    assert (calculate_decay(0, 0), calculate_decay(5, 0)) == (u64f64.one, 0)
    assert calculate_decay(1, 1) == calculate_decay(1, 1)


def test_conviction_on_the_owner_s_hotkey_is_the_mass() -> None:
    rolled = roll(lock(10**6, 5), 1000, RATE, RATE, True, False)

    assert rolled.conviction == u64f64.from_int(rolled.locked_mass)


def test_a_lock_is_not_rolled_backward() -> None:
    assert roll(lock(1000, 7, at=50), 40, RATE, RATE, False, False) == lock(1000, 7, at=50)


def test_dust_becomes_nothing() -> None:
    assert roll(lock(99, 99, at=5), 5, RATE, RATE, False, True) == empty_lock(5)


@pytest.mark.parametrize(("unlock", "maturity"), [(0, RATE), (RATE, 0), (0, 0)])
def test_a_rate_of_zero_gives_no_conviction(unlock: int, maturity: int) -> None:
    assert roll(lock(10**6), 1000, unlock, maturity, False, False).conviction == 0


def test_a_sum_loses_what_a_decaying_lock_loses_and_does_not_age_itself() -> None:
    mine, total = lock(10**9), lock(3 * 10**9, 500)

    rolled, aggregate = roll_with_aggregate(mine, total, 1000, RATE, RATE, False, False)

    assert aggregate.locked_mass == total.locked_mass - (mine.locked_mass - rolled.locked_mass)
    assert (aggregate.conviction, aggregate.last_update) == (total.conviction, 1000)
    assert rolled.conviction > 0


def test_a_sum_of_perpetual_locks_is_rolled_itself() -> None:
    rolled, aggregate = roll_with_aggregate(lock(10**9), lock(3 * 10**9), 1000, RATE, RATE, False, True)

    assert aggregate == roll(lock(3 * 10**9), 1000, RATE, RATE, False, True)
    assert rolled.locked_mass == 10**9


def test_locks_are_added_and_reduced_within_bounds() -> None:
    assert merge(lock(1, 2, 3), lock(4, 5, 6)) == lock(5, 7, 6)
    assert reduce(lock(5, 7, 6), AlphaBalance(9), u64f64.from_int(9)) == lock(0, 0, 6)


def test_a_forced_reduction_takes_conviction_in_proportion() -> None:
    assert force_reduce(lock(1000, 400), AlphaBalance(250), 9) == lock(750, 300, 9)
    assert force_reduce(lock(1000, 400), AlphaBalance(1000), 9) == empty_lock(9)


def test_free_stake_moves_first_and_the_lock_with_the_rest() -> None:
    locked = lock(600, 300)

    assert calculate_available(AlphaBalance(1000), AlphaBalance(600)) == 400
    assert calculate_moved_lock(locked, AlphaBalance(400), AlphaBalance(1000)) == lock(0)
    assert calculate_moved_lock(locked, AlphaBalance(700), AlphaBalance(1000)) == lock(300, 150)
    assert calculate_moved_lock(locked, AlphaBalance(5000), AlphaBalance(1000)) == locked
    assert calculate_moved_lock(empty_lock(0), AlphaBalance(5), AlphaBalance(1)) == empty_lock(0)


def test_a_tenth_of_the_alpha_can_take_a_subnet_over() -> None:
    assert is_conviction_enough(u64f64.from_int(10), AlphaBalance(100))
    assert not is_conviction_enough(u64f64.from_bits((10 << 64) - 1), AlphaBalance(100))
    assert not is_conviction_enough(u64f64.from_int(10), AlphaBalance(0))


def test_the_king_is_the_last_of_those_with_most_conviction() -> None:
    a, b, c = (AccountId(bytes([i]) * 32) for i in range(3))

    assert find_king([(b, u64f64.one), (a, u64f64.one), (c, u64f64.zero)]) == b
    assert find_king([]) is None


# -- share pool


def test_the_first_coldkey_of_a_pool_gets_all_that_was_there() -> None:
    position = add_for_one(Position(AlphaBalance(7)), AlphaBalance(3))

    assert (position.value, value_of(position)) == (10, 10)


def test_shares_of_a_pool_without_value_get_nothing_more() -> None:
    worthless = Position(AlphaBalance(0), from_u64(5), ZERO)

    assert add_for_one(worthless, AlphaBalance(3)) == Position(AlphaBalance(3), from_u64(5), ZERO)


def test_removing_all_leaves_nothing() -> None:
    position = add_for_one(Position(AlphaBalance(0)), AlphaBalance(U64_MAX))

    assert remove_for_one(position, AlphaBalance(U64_MAX)) == Position(AlphaBalance(0), ZERO, ZERO)
