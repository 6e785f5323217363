"""What a crowdloan may ask for, and how much of a contribution it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runtime.pallets.crowdloan.rules import (
    calculate_contribution,
    calculate_withdrawal,
    ensure_cap,
    ensure_end,
    ensure_maximum,
    ensure_minimum,
    ensure_open,
    ensure_terms,
)
from runtime.refusal import Refused
from runtime.units import TAO, TaoBalance

RAO = TaoBalance(1)
LEAST = TaoBalance(100_000_000)


@pytest.mark.parametrize(
    ("rule", "arguments", "reason"),
    [
        (ensure_terms, (TAO(10) - RAO, LEAST, TAO(50), True, False), "DepositTooLow"),
        (ensure_terms, (TAO(10), LEAST, TAO(10), True, False), "CapTooLow"),
        (ensure_terms, (TAO(10), LEAST - RAO, TAO(50), True, False), "MinimumContributionTooLow"),
        (ensure_terms, (TAO(10), LEAST, TAO(50), True, True), "InvalidFinalizationConfig"),
        (ensure_terms, (TAO(10), LEAST, TAO(50), False, False), "InvalidFinalizationConfig"),
        (ensure_end, (5, 5), "CannotEndInPast"),
        (ensure_end, (5, 50_404), "BlockDurationTooShort"),
        (ensure_end, (5, 432_006), "BlockDurationTooLong"),
        (ensure_open, (9, 9, TAO(1), TAO(2), LEAST, LEAST), "ContributionPeriodEnded"),
        (ensure_open, (8, 9, TAO(2), TAO(2), LEAST, LEAST), "CapRaised"),
        (ensure_open, (8, 9, TAO(1), TAO(2), LEAST, LEAST - RAO), "ContributionTooLow"),
        (calculate_contribution, (TAO(1), TAO(1), TAO(9), 500, TAO(1), None), "MaxContributorsReached"),
        (calculate_contribution, (TAO(1), TAO(1), TAO(9), 1, TAO(1), TAO(1)), "MaxContributionReached"),
        (calculate_withdrawal, (TAO(0), TAO(1), False), "NoContribution"),
        (calculate_withdrawal, (TAO(1), TAO(1), True), "DepositCannotBeWithdrawn"),
        (ensure_minimum, (LEAST - RAO, None), "MinimumContributionTooLow"),
        (ensure_minimum, (TAO(2), TAO(1)), "MinimumContributionTooHigh"),
        (ensure_maximum, (TAO(1), LEAST, TAO(2)), "MaximumContributionTooLow"),
        (ensure_cap, (TAO(1), TAO(2)), "CapTooLow"),
    ],
)
def test_what_is_refused(rule: Callable[..., Any], arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(Refused, match=f"^{reason}$"):
        rule(*arguments)


def test_what_is_just_enough_is_not_refused() -> None:
    ensure_terms(TAO(10), LEAST, TAO(10) + RAO, False, True)
    ensure_end(5, 50_405)
    ensure_end(5, 432_005)
    ensure_open(8, 9, TAO(1), TAO(2), LEAST, LEAST)
    ensure_minimum(TAO(1), TAO(1))
    ensure_maximum(TAO(2), LEAST, TAO(2))
    ensure_cap(TAO(2), TAO(2))


def test_a_contribution_is_cut_to_the_cap_and_to_the_account_s_maximum() -> None:
    assert calculate_contribution(TAO(5), TAO(7), TAO(9), 1, TAO(0), None) == TAO(2)
    assert calculate_contribution(TAO(5), TAO(1), TAO(9), 1, TAO(2), TAO(4)) == TAO(2)
    assert calculate_contribution(TAO(5), TAO(1), TAO(9), 499, TAO(0), TAO(9)) == TAO(5)


def test_the_creator_leaves_his_deposit() -> None:
    assert calculate_withdrawal(TAO(5), TAO(3), True) == TAO(2)
    assert calculate_withdrawal(TAO(5), TAO(3), False) == TAO(5)
