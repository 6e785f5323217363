"""Laws of the share pool: values sum to no more than the pool's, and what is for everybody keeps proportions."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chain.scale.hints import decode, encode
from runtime.pallets.staking.safe_float import (
    MAX_MANTISSA,
    MIN_MANTISSA,
    ZERO,
    SafeFloat,
    from_u64,
    from_u64f64,
    normalize,
    safe_float,
)
from runtime.pallets.staking.share_pool import (
    Position,
    add_for_all,
    add_for_one,
    is_precise_enough,
    remove_for_all,
    remove_for_one,
    value_of,
)
from runtime.units import AlphaBalance

amounts = st.integers(0, 21 * 10**15)
moves = st.lists(st.tuples(st.sampled_from(["all", "one", "less"]), st.integers(0, 2), amounts), max_size=20)


def play(steps: list[tuple[str, int, int]]) -> tuple[Position, list[SafeFloat]]:
    """A pool of three coldkeys after some steps, and their shares."""
    pool, shares = Position(AlphaBalance(0)), [ZERO] * 3
    for kind, who, number in steps:
        amount = AlphaBalance(number)
        if kind == "all":
            pool = replace(pool, value=add_for_all(pool.value, amount))
        else:
            position = replace(pool, share=shares[who])
            pool = add_for_one(position, amount) if kind == "one" else remove_for_one(position, amount)
            shares[who] = pool.share
    return pool, shares


def worth(pool: Position, shares: list[SafeFloat]) -> list[int]:
    return [value_of(replace(pool, share=share)) for share in shares]


@given(moves)
def test_the_values_of_all_sum_to_no_more_than_the_pool(steps: list[tuple[str, int, int]]) -> None:
    pool, shares = play(steps)

    assert sum(worth(pool, shares)) <= pool.value + (pool.value >> 60) + 3  # shares have 21 digits


@given(moves, amounts)
def test_adding_for_everybody_keeps_proportions(steps: list[tuple[str, int, int]], amount: int) -> None:
    pool, shares = play(steps)
    before = worth(pool, shares)

    after = worth(replace(pool, value=add_for_all(pool.value, AlphaBalance(amount))), shares)

    for old, new in zip(before, after, strict=True):
        exact = Fraction(old * (pool.value + amount), pool.value) if pool.value else Fraction(0)
        slack = 2 + (Fraction(pool.value + amount, pool.value) if pool.value else amount)
        assert abs(new - exact) <= slack or not pool.value


@given(moves, st.integers(0, 2), st.integers(1, 10**15))
def test_what_one_adds_raises_only_its_own_value(steps: list[tuple[str, int, int]], who: int, amount: int) -> None:
    pool, shares = play(steps)
    position = replace(pool, share=shares[who])
    before = worth(pool, shares)

    after_pool = add_for_one(position, AlphaBalance(amount))
    after = worth(after_pool, [after_pool.share if i == who else share for i, share in enumerate(shares)])

    assert after_pool.value == pool.value + amount
    if pool.value and pool.denominator and is_precise_enough(position, AlphaBalance(amount)):
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            expected = old + amount * (i == who)
            assert abs(new - expected) <= 2 + (pool.value >> 50)


@given(moves, st.integers(0, 2))
def test_nobody_can_take_more_than_its_value(steps: list[tuple[str, int, int]], who: int) -> None:
    pool, shares = play(steps)
    position = replace(pool, share=shares[who])

    too_much = AlphaBalance(value_of(position) + 1)

    assert remove_for_one(position, too_much) == position


@given(amounts, amounts)
def test_removing_for_everybody_stops_at_zero(value: int, amount: int) -> None:
    assert remove_for_all(AlphaBalance(value), AlphaBalance(amount)) == max(value - amount, 0)


# -- SafeFloat

floats = st.builds(lambda m, e: normalize(m, e) or ZERO, st.integers(0, 10**45), st.integers(-60, 60))


def exact(number: SafeFloat) -> Fraction:
    return number.mantissa * Fraction(10) ** number.exponent


@given(st.integers(1, 10**60), st.integers(-1000, 1000))
def test_a_normal_mantissa_has_21_digits(mantissa: int, exponent: int) -> None:
    found = normalize(mantissa, exponent)

    assert found is not None
    assert MIN_MANTISSA < found.mantissa <= MAX_MANTISSA
    assert 0 <= 1 - exact(found) / (mantissa * Fraction(10) ** exponent) < Fraction(1, MIN_MANTISSA)


@given(floats, floats)
def test_sums_and_differences_are_right_to_20_digits(a: SafeFloat, b: SafeFloat) -> None:
    total, difference = a.add(b), a.sub(b)

    assert total is not None
    assert abs(exact(total) - exact(a) - exact(b)) * MIN_MANTISSA <= 11 * max(exact(a), exact(b))
    if not a and b:
        assert difference is None
    else:
        assert difference is not None
        assert abs(exact(difference) - max(exact(a) - exact(b), 0)) * MIN_MANTISSA <= 11 * max(exact(a), exact(b))


@given(floats, floats, floats)
def test_products_and_quotients_are_right_to_19_digits(a: SafeFloat, b: SafeFloat, c: SafeFloat) -> None:
    found, quotient = a.mul_div(b, c), a.div(c)

    if not c:
        assert (found, quotient) == (None, None)
        return
    assert found is not None
    assert quotient is not None
    assert 0 <= exact(a) * exact(b) / exact(c) - exact(found) <= exact(a) * exact(b) / exact(c) / 10**19
    assert 0 <= exact(a) / exact(c) - exact(quotient) <= exact(a) / exact(c) / 10**19


@given(st.integers(0, (1 << 64) - 1))
def test_a_u64_survives(value: int) -> None:
    assert from_u64(value).to_u64() == value


@given(st.integers(0, (1 << 128) - 1))
def test_a_share_of_the_older_kind_keeps_its_whole_part_almost(bits: int) -> None:
    found = from_u64f64(bits)  # type: ignore[arg-type]

    assert abs(exact(found) - Fraction(bits, 1 << 64)) <= Fraction(bits, 1 << 64) / 10**19


@given(floats)
def test_a_safe_float_is_two_numbers_on_the_wire(number: SafeFloat) -> None:
    encoded = encode(SafeFloat, number)

    assert len(encoded) == 24
    assert decode(SafeFloat, encoded) == number


def test_mantissas_past_the_largest_and_exponents_past_an_i64_are_refused() -> None:
    assert safe_float(MAX_MANTISSA + 1) is None
    assert safe_float(1, -(1 << 63)) is None
