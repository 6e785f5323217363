"""Laws of fixed-point numbers: each operation is the exact fraction, rounded and bounded as its format says."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, exp, floor, isclose, log, log2, trunc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.scale.hints import decode, encode
from runtime.fixed import I32F32, U64_MAX, U96F32, i32f32, i64f64, i96f32, u64f64, u96f32

FORMATS = [u96f32, i96f32, u64f64, i64f64, i32f32]
formats = st.sampled_from(FORMATS)


def numbers(form: Any) -> st.SearchStrategy[int]:
    """Numbers of a format, small ones and its bounds more often than others."""
    return st.one_of(
        st.integers(form.least, form.most),
        st.integers(max(form.least, -(1 << 40)), 1 << 40),
        st.sampled_from([form.least, form.most, form.zero, form.one, form.one + 1]),
    )


@st.composite
def pairs(draw: Any) -> tuple[Any, int, int]:
    form = draw(formats)
    return form, draw(numbers(form)), draw(numbers(form))


def value(form: Any, bits: int) -> Fraction:
    return Fraction(bits, form.one)


def bounded(form: Any, bits: int) -> int:
    return min(max(bits, form.least), form.most)


@given(pairs())
def test_sums_and_differences_stop_at_the_bounds(pair: tuple[Any, int, int]) -> None:
    form, a, b = pair

    assert (form.add(a, b), form.sub(a, b)) == (bounded(form, a + b), bounded(form, a - b))


@given(pairs())
def test_a_product_is_rounded_down(pair: tuple[Any, int, int]) -> None:
    form, a, b = pair

    exact = floor(value(form, a) * value(form, b) * form.one)

    assert form.mul(a, b) == bounded(form, exact)


@given(pairs())
def test_a_quotient_is_rounded_toward_zero_and_is_none_where_it_does_not_fit(pair: tuple[Any, int, int]) -> None:
    form, a, b = pair

    exact = trunc(Fraction(a, b) * form.one) if b else None

    fits = exact is not None and form.least <= exact <= form.most
    assert form.div(a, b) == (exact if fits else None)
    assert form.safe_div(a, b) == (exact if fits else 0)
    assert form.safe_div(a, b, form.one) == (exact if fits else form.one)


@given(pairs())
def test_checked_operations_are_none_exactly_where_the_others_stop(pair: tuple[Any, int, int]) -> None:
    form, a, b = pair

    for checked, exact in (
        (form.checked_add(a, b), a + b),
        (form.checked_sub(a, b), a - b),
        (form.checked_mul(a, b), a * b >> form.frac),
    ):
        assert checked == (exact if bounded(form, exact) == exact else None)


@given(pairs())
def test_whole_parts_are_rounded_down_or_up_and_never_negative(pair: tuple[Any, int, int]) -> None:
    form, a, _ = pair

    assert form.to_u64(a) == min(max(floor(value(form, a)), 0), U64_MAX)
    assert form.to_u128(a) == max(floor(value(form, a)), 0)
    assert form.ceil_to_u64(a) == min(max(ceil(value(form, a)), 0), U64_MAX)


@given(formats, formats, st.data())
def test_a_conversion_keeps_the_value_rounded_down(source: Any, target: Any, data: st.DataObject) -> None:
    bits = data.draw(numbers(source))

    converted = target.convert(bits, source)

    assert converted == bounded(target, floor(value(source, bits) * target.one))


@given(formats, st.integers(-(1 << 70), 1 << 70))
def test_a_whole_number_stops_at_the_bounds(form: Any, whole: int) -> None:
    assert form.from_int(whole) == bounded(form, whole << form.frac)


@given(formats, st.floats(0, 2**31, allow_subnormal=False))
def test_a_literal_is_the_number_nearest_to_its_double(form: Any, literal: float) -> None:
    text = f"{literal:.40f}"

    exact = Fraction(float(text)) * form.one

    assert form.from_decimal(text) == bounded(form, round(exact))  # round() of a Fraction is to even


@pytest.mark.parametrize(("form", "text", "bits"), [(u64f64, "1.26", 0x1428F5C28F5C29000), (i96f32, "0.000003", 12885)])
def test_the_chain_s_own_literals_are_its_recorded_defaults(form: Any, text: str, bits: int) -> None:
    """Source: BurnIncreaseMult and SubnetMovingAlpha of the recorded metadata"""
    assert form.from_decimal(text) == bits


def test_bits_that_do_not_fit_are_no_number() -> None:
    with pytest.raises(ValueError, match="not the bits of a U96F32"):
        u96f32.from_bits(-1)


@given(st.integers(0, u96f32.most))
def test_a_number_is_encoded_as_its_bits(bits: int) -> None:
    encoded = encode(U96F32, u96f32.from_bits(bits))

    assert encoded == bits.to_bytes(16, "little")
    assert decode(U96F32, encoded) == bits


def test_a_narrow_signed_number_has_eight_bytes() -> None:
    assert encode(I32F32, i32f32.from_int(-1)) == (-1 << 32).to_bytes(8, "little", signed=True)


# -- transcendental functions


@given(st.sampled_from([i64f64, i32f32, i96f32]), st.floats(2**-30, 2**30))
def test_logarithms_are_near_the_true_ones(form: Any, x: float) -> None:
    bits = form.from_decimal(f"{x:.40f}")
    found2, found = form.log2(bits), form.ln(bits)

    assert isclose(found2 / form.one, log2(bits / form.one), abs_tol=2e-6, rel_tol=1e-7)
    assert isclose(found / form.one, log(bits / form.one), abs_tol=2e-6, rel_tol=1e-6)


@pytest.mark.parametrize("power", range(30))
def test_the_logarithm_of_a_power_of_two_is_whole(power: int) -> None:
    assert i64f64.log2(i64f64.from_int(1 << power)) == i64f64.from_int(power)
    assert i64f64.log2(i64f64.from_bits(i64f64.one >> power)) == i64f64.from_int(-power)


@given(st.floats(-20, 20))
def test_the_exponential_is_near_the_true_one(x: float) -> None:
    bits = i64f64.from_decimal(f"{x:.40f}")
    found = i64f64.exp(bits)

    assert found is not None
    assert isclose(found / i64f64.one, exp(bits / i64f64.one), rel_tol=1e-6, abs_tol=1e-9)


def test_the_exponential_of_one_has_23_bits_only() -> None:
    assert i64f64.exp(i64f64.one) == 22_802_600 << 41
    assert i64f64.exp(i64f64.zero) == i64f64.one


def test_logarithms_of_nothing_and_exponentials_past_the_bounds_do_not_exist() -> None:
    assert (i64f64.log2(i64f64.zero), i64f64.ln(i64f64.from_int(-1))) == (None, None)
    assert (i64f64.exp(i64f64.from_int(50)), i32f32.exp(i32f32.from_int(30))) == (None, None)
    assert i32f32.log2(i32f32.from_bits(1)) is None  # its inverse is 2^32


@given(st.floats(-6, 6))
def test_a_narrow_exponential_is_near_the_true_one(x: float) -> None:
    bits = i32f32.from_decimal(f"{x:.40f}")
    found = i32f32.exp(bits)

    assert found is not None
    assert isclose(found / i32f32.one, exp(bits / i32f32.one), rel_tol=1e-5, abs_tol=1e-8)


def test_a_narrow_exponential_ends_after_31_terms() -> None:
    """So that it is too small by a percent where its argument is 20."""
    found = i32f32.exp(i32f32.from_int(20))

    assert found is not None
    assert 0.98 < found / i32f32.one / exp(20) < 0.995
