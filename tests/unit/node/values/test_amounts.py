"""Amounts with units."""

from __future__ import annotations

import pytest

from node.values.amounts import Amount, fit_amount, parse_amount, show_tao
from node.values.names import ValueFault


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5 TAO", Amount(5_000_000_000, "TAO")),
        ("0.000000001 tao", Amount(1, "TAO")),
        ("1,000.5TAO", Amount(1_000_500_000_000, "TAO")),
        ("12 rao", Amount(12, "rao")),
        ("3 alpha@7", Amount(3_000_000_000, "alpha", 7)),
        ("21000000 TAO", Amount(21 * 10**15, "TAO")),
    ],
)
def test_an_amount_is_a_whole_number_of_rao(text: str, amount: Amount) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize("text", ["5", "hello", "//Alice", "0x12", "five TAO", "", "5 TAO more", "1e3"])
def test_what_is_no_amount_is_left_to_others(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5 TOA", "no unit TOA, write 5 TAO or 3 alpha@1; did you mean TAO"),
        ("5 apples", "no unit apples, write 5 TAO or 3 alpha@1"),
        ("0.0000000001 TAO", "no whole number of rao: a rao is 0.000000001 TAO"),
        ("0.5 rao", "no whole number of rao: a rao is whole"),
        ("5,5 TAO", "a comma parts thousands, a point the decimals"),
        ("1.5,000 TAO", "a comma parts thousands"),
        ("-5 TAO", "not less than nothing"),
        ("3 alpha", "alpha is of a subnet: write 3 alpha@1"),
        ("3 alpha@x", "alpha is of a subnet"),
        ("3 TAO@1", "TAO is of no subnet"),
    ],
)
def test_units_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueFault, match=message):
        parse_amount(text)


@pytest.mark.parametrize(
    ("amount", "kind", "message"),
    [
        (Amount(1, "TAO"), "AlphaBalance", "an amount of alpha: write 3 alpha@2"),
        (Amount(1, "alpha", 2), "Compact<TaoBalance>", "an amount of TAO: write 5 TAO"),
        (Amount(1, "TAO"), "NetUid", "is a NetUid, not an amount"),
        (Amount(1, "alpha", 1), "AlphaBalance", "alpha of subnet 1, but the call is about subnet 2"),
    ],
)
def test_an_amount_has_to_fit_its_argument(amount: Amount, kind: str, message: str) -> None:
    with pytest.raises(ValueFault, match=f"^call.field.*{message}"):
        fit_amount(amount, kind, {2}, "call.field")


@pytest.mark.parametrize("kind", ["TaoBalance", "Compact<TaoBalance>", "Option<TaoBalance>", "u64"])
def test_tao_fits_where_tao_is_meant(kind: str) -> None:
    assert fit_amount(Amount(7, "TAO"), kind, set(), "field") == 7


@pytest.mark.parametrize(
    ("rao", "text"), [(0, "0"), (1, "0.000000001"), (10**9, "1"), (1_234_500_000_000, "1,234.5"), (-15 * 10**8, "-1.5")]
)
def test_amounts_are_shown_with_as_many_decimals_as_needed(rao: int, text: str) -> None:
    assert show_tao(rao) == text
