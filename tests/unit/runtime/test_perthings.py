"""Parts per something: quotients and products round as their names say."""

from __future__ import annotations

from chain.scale.hints import encode
from runtime.perthings import Perbill, Perquintill, percent, perquintill


def test_a_rational_is_rounded_down_and_at_most_one() -> None:
    found = [perquintill.from_rational(n, d) for n, d in ((2, 3), (1, 2), (3, 2), (0, 0), (0, 5))]

    assert found == [666_666_666_666_666_666, 5 * 10**17, 10**18, 10**18, 0]


def test_products_round_down_up_or_to_the_nearest() -> None:
    assert (percent.mul_floor(33, 10), percent.mul_ceil(33, 10), percent.mul_round(35, 10)) == (3, 4, 4)
    assert (percent.mul_floor(50, 0), percent.mul_ceil(50, 0)) == (0, 0)


def test_what_is_left_of_the_whole_is_never_negative() -> None:
    assert perquintill.left_from_one(Perquintill(10**18 + 1)) == 0
    assert perquintill.from_parts(10**19) == 10**18


def test_parts_are_numbers_of_their_size_on_the_wire() -> None:
    assert encode(Perquintill, 5 * 10**17).hex() == "0000b2d3595bf006"  # the default of SwapBalancer
    assert encode(Perbill, 1) == b"\1\0\0\0"
