"""The numeric cases of the chain's own economics tests, exact to the last rao wherever a whole number is known.

Source: vectors/economics.json of the reference, spec 425; `file` and `test` of a case name the chain's test
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import support.share_rules
import support.subnet_rules
import support.swap_rules  # noqa: F401  these register their rules
from support.economics_rules import RULES

CASES = json.loads((Path(__file__).parent / "data" / "economics.json").read_text())["cases"]

LEFT_TO_PALLETS = {
    149: "Emission: an owner's incentive is withheld and counted in MinerBurned",
    151: "Emission: draining takes the four pending amounts and zeroes them",
    178: "Weights: the storage index of a mechanism",
}
"""Cases that are about state, by the section whose tests check them."""

NOTED: dict[int, Any] = {
    26: {"price_after": 0.2},
    38: [17446, 945, 0],
    39: [998_997, 998, 503],
    40: [998_996_705, 998_999, 503_295],
    161: [78, 78],
    166: [978_833_776, 20_940_621.995092],
}
"""Exact results that a case has in its note only. In case 26 the model's 0.2 is a decimal, the chain's a double."""


def exact_result(case: dict[str, Any]) -> Any:
    """What a case's input gives: noted, recomputed with whole numbers, or asserted without tolerance."""
    if case["id"] in NOTED:
        return NOTED[case["id"]]
    return case["expected"] if case["model_value"] is None else case["model_value"]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=f"{case['id']}-{case['test']}") for case in CASES if case["id"] not in LEFT_TO_PALLETS],
)
def test_a_rule_gives_what_the_chain_s_own_test_asserts(case: dict[str, Any]) -> None:
    found = RULES[case["id"]](case["input"])

    assert found == exact_result(case), f"{case['file']}: {case['test']}"


def test_every_case_is_checked_by_a_rule_or_left_to_a_pallet() -> None:
    ids = [case["id"] for case in CASES]

    assert sorted(ids) == sorted([*RULES, *LEFT_TO_PALLETS])
