"""Three validators judge eight miners on two subnets, through an unmodified client."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.clients import PSI, WITH_PSI, output_of
from support.process import running

from runtime.units import TAO

STORY = Path(__file__).parent / "drivers" / "consensus_story.py"
TEMPO = 10
OWNER, MINERS, VALIDATORS = 179_995_422 * TEMPO, 410_002_288 * TEMPO, 410_002_288 * TEMPO
"""Of an epoch's ten alpha, in rao: 18 / 41 / 41, rounded down in each block. Source: economics 4.6"""
MINER_NAMES = [f"miner {n}" for n in range(8)]
VALIDATOR_NAMES = ["honest", "second", "dishonest", "child"]
TAKE = Fraction(11_796, 65_535)

pytestmark = WITH_PSI


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw."""
    with running(tmp_path_factory.mktemp("consensus"), "--sealing", "manual") as node:
        found: dict[str, Any] = json.loads(output_of(PSI, STORY, node.url, node=node))
        return found


@pytest.fixture(scope="module")
def judged(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The epochs for which weights were set: before and after each."""
    found: list[dict[str, Any]] = seen["epochs"][1:]
    return found


def gained(epoch: dict[str, Any], names: list[str]) -> int:
    return sum(epoch["after"]["alpha"][name] - epoch["before"]["alpha"][name] for name in names)


def test_without_permits_nobody_is_judged(seen: dict[str, Any]) -> None:
    first = seen["epochs"][0]["after"]

    assert not any(first["Incentive"].values())
    assert [name for name in VALIDATOR_NAMES if first["ValidatorPermit"][name]] == ["honest", "second", "dishonest"]


def test_each_epoch_pays_18_41_41_to_the_rao(judged: list[dict[str, Any]]) -> None:
    for epoch in judged:
        (mined,) = epoch["after"]["mined"]
        assert epoch["after"]["block"] == epoch["after"]["last_epoch"]
        assert gained(epoch, ["owner 2"]) == OWNER
        assert gained(epoch, MINER_NAMES) == sum(mined)
        # each share is rounded down: a neuron's once, a validator's again when it is divided into take and rest
        assert 0 <= MINERS - sum(mined) <= len(mined)
        assert 0 <= VALIDATORS + MINERS - gained(epoch, [*VALIDATOR_NAMES, *MINER_NAMES]) <= 4 * len(mined)


def test_miners_are_paid_by_what_most_stake_says(judged: list[dict[str, Any]]) -> None:
    incentive = judged[-1]["after"]["Incentive"]

    assert sorted(incentive.values(), reverse=True)[:7] == [incentive[name] for name in MINER_NAMES[:7]]
    assert incentive["miner 7"] == judged[-1]["after"]["Consensus"]["miner 7"] == 0
    assert incentive["miner 1"] * 80 == pytest.approx(incentive["miner 2"] * 90, abs=200)


def test_the_dishonest_validator_loses_dividends_and_trust(judged: list[dict[str, Any]]) -> None:
    after = judged[-1]["after"]

    assert after["Dividends"]["dishonest"] < after["Dividends"]["honest"] / 4
    assert after["ValidatorTrust"]["dishonest"] < 65_535 / 2 < after["ValidatorTrust"]["second"]
    assert gained(judged[-1], ["dishonest"]) < gained(judged[-1], ["honest"]) / 4


def test_bonds_move_toward_the_weights_epoch_by_epoch(judged: list[dict[str, Any]]) -> None:
    bonds = [epoch["after"]["Bonds"]["second"]["miner 0"] for epoch in judged]

    steps = [after - before for before, after in pairwise(bonds)]
    assert bonds[0] > 0
    assert all(0 < later < earlier for earlier, later in pairwise(steps))
    assert "miner 7" not in judged[-1]["after"]["Bonds"]["second"]


def test_a_child_lives_of_its_parents_stake_and_takes_its_part(
    seen: dict[str, Any], judged: list[dict[str, Any]]
) -> None:
    before, after = judged[0]["before"], judged[-1]["after"]

    assert seen["parents"][0][0] == 1 << 63
    assert before["alpha"]["child"] == 0 < after["alpha"]["child"]
    assert judged[0]["after"]["Dividends"]["child"] == 0 < after["Dividends"]["child"] < after["Dividends"]["honest"]
    assert after["ValidatorPermit"]["child"]


def test_a_nominator_gets_its_share_less_the_take(judged: list[dict[str, Any]]) -> None:
    for epoch in judged:
        before, after = epoch["before"], epoch["after"]
        rest = after["dividends_paid"]["second"]
        paid = gained(epoch, ["second"])
        assert abs(paid - rest - paid * TAKE) <= 2
        share = value(after["nominator"])  # of what is there once the take is staked
        growth = share * after["alpha"]["second"] - value(before["nominator"]) * before["alpha"]["second"]
        assert abs(growth - share * rest) <= 2
        assert growth > 0


def value(shares: list[dict[str, int]]) -> Fraction:
    """A coldkey's part of a hotkey's stake."""
    mine, total = (Fraction(s["mantissa"]) * Fraction(10) ** s["exponent"] for s in shares)
    return mine / total


def test_the_lowest_miner_makes_room_after_its_immunity(seen: dict[str, Any]) -> None:
    assert "SubtensorModule.NeuronRegistered" in seen["newcomer_events"]
    assert seen["newcomer_uid"] == seen["worst_uid"]
    assert seen["worst_left"]


def test_the_other_subnet_has_a_consensus_of_its_own(seen: dict[str, Any]) -> None:
    incentive = seen["second"]["Incentive"]

    assert incentive["miner 0"] > incentive["miner 1"] > 0
    assert sum(incentive.values()) == pytest.approx(65_535, abs=2)
    assert seen["second"]["alpha"]["miner 0"] > TAO(1)
