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
from support.chain import make_runtime
from support.economics_rules import RULES
from support.economy import ALICE, BOB, DAVE, EVE, SUBNET, make_economy

from runtime.fixed import u96f32
from runtime.pallets.emission.epochs import Earnings
from runtime.units import AlphaBalance, NetUid

CASES = json.loads((Path(__file__).parent / "data" / "economics.json").read_text())["cases"]

STATE_CASES = (149, 151, 178)
"""Cases that are about state: each has a test of its own below."""

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
    [pytest.param(case, id=f"{case['id']}-{case['test']}") for case in CASES if case["id"] not in STATE_CASES],
)
def test_a_rule_gives_what_the_chain_s_own_test_asserts(case: dict[str, Any]) -> None:
    found = RULES[case["id"]](case["input"])

    assert found == exact_result(case), f"{case['file']}: {case['test']}"


def test_every_case_is_checked() -> None:
    ids = [case["id"] for case in CASES]

    assert sorted(ids) == sorted([*RULES, *STATE_CASES])


def numbered(number: int) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in CASES if c["id"] == number)
    return found


def test_case_149_the_incentive_of_the_owners_own_miner_is_burned() -> None:
    given, expected = numbered(149)["input"]["incentives"], numbered(149)["expected"]
    runtime, none = make_economy(), AlphaBalance(0)
    runtime.ownership.create_account(BOB.account, EVE.account)
    runtime.neurons.append(SUBNET, EVE.account, 1)
    earned = [
        Earnings(DAVE.account, AlphaBalance(given["owner_hotkey"]), none),
        Earnings(EVE.account, AlphaBalance(given["other"]), none),
    ]

    runtime.distribution.pay_miners(SUBNET, earned)

    assert runtime.stakes.of(DAVE.account, ALICE.account, SUBNET) == expected["owner_stake"]
    assert runtime.stakes.of(EVE.account, BOB.account, SUBNET) == expected["other_stake"]
    assert runtime.ledger.MinerBurned[SUBNET] == u96f32.from_decimal(str(expected["miner_burned"]))


def test_case_151_draining_takes_what_was_saved_up_and_leaves_nothing() -> None:
    given, runtime = numbered(151)["input"], make_economy()
    ledger, saved = runtime.ledger, ("server", "validator", "root", "owner")
    items = (
        ledger.PendingServerEmission,
        ledger.PendingValidatorEmission,
        ledger.PendingRootAlphaDivs,
        ledger.PendingOwnerCut,
    )
    for item, name in zip(items, saved, strict=True):
        item[SUBNET] = AlphaBalance(given[name])
    runtime.parameters.Tempo[SUBNET] = given["tempo"]
    runtime.clock.LastEpochBlock[SUBNET] = given["last_epoch"]

    drained = runtime.emission.drain_due([SUBNET], given["block"])

    assert [getattr(drained[SUBNET], name) for name in saved] == numbered(151)["expected"]
    assert [item[SUBNET] for item in items] == [0, 0, 0, 0]


def test_case_178_mechanisms_have_indices_far_apart() -> None:
    runtime = make_runtime()
    runtime.registry.MechanismCountCurrent[NetUid(5)] = runtime.registry.MechanismCountCurrent[NetUid(1)] = 3

    pairs = numbered(178)["input"]["pairs"]

    assert [runtime.neurons.mechanisms(NetUid(netuid))[m] for netuid, m in pairs] == numbered(178)["expected"]
