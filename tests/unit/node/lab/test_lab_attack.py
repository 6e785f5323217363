"""What an attack earns is what the chain's epochs pay, tempo after tempo."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from node.lab.attack import EXPERIMENT, Settings, open_subnet, simulate
from node.lab.experiment import Outcome
from node.lab.strategies import Attack, Opinions
from node.lab.subnet import Rules, Subnet, make_row, sum_bonds
from runtime.fixed import I64F64
from runtime.pallets.emission.yuma import EpochInput, epoch
from runtime.pallets.weights.rows import EMPTY, pack, unpack

PER_EPOCH = 295_201_647_360
"""What miners and validators get of 360 blocks of one alpha, in rao."""


def figures(outcome: Outcome) -> dict[str, Any]:
    return {figure.name: figure.value for figure in outcome.figures}


def named(outcome: Outcome) -> list[dict[str, Any]]:
    """Each row by the names of its columns."""
    return [dict(zip((column.name for column in EXPERIMENT.columns), row, strict=True)) for row in outcome.rows]


def run(epochs: int = 12, seed: int = 0, **settings: Any) -> Outcome:
    return simulate(Settings(**settings), epochs, seed)


def test_the_honest_baseline_is_yuma_consensus_with_its_bonds_carried_over() -> None:
    outcome = run(3, strategy="honest", noise=0, change=0, validators=2, miners=3, compound="no")
    rows = named(outcome)
    stake = [row["stake_rao"] for row in rows[:7]]
    weights = honest_weights(outcome)
    bonds, permits = [EMPTY] * 7, [True] * 3 + [False] * 4

    for number in (1, 2, 3):
        found = epoch(plain_epoch(number, stake, weights, bonds, permits))
        bonds, permits = list(found.bonds), list(found.validator_permit)

        shown = rows[7 * (number - 1) : 7 * number]
        for name, of_epoch in (("consensus", found.consensus), ("incentive", found.incentive)):
            assert [row[name] for row in shown] == list(of_epoch)
        assert [row["dividends"] for row in shown] == list(found.dividends)
        assert [row["trust"] for row in shown] == list(found.validator_trust)
        assert [row["bonds"] for row in shown] == [sum(bond for _, bond in unpack(row)) for row in found.bonds]
        assert [row["stake_weight"] for row in shown] == list(found.stake_weight)


def honest_weights(outcome: Outcome) -> list[tuple[int, int]]:
    """The weights that all validators agree on; without noise consensus is in proportion to them."""
    chance = random.Random(0)
    qualities = [chance.randint(1, 10_000) for _ in range(3)]
    return [(3 + at, quality * 65_535 // max(qualities)) for at, quality in enumerate(qualities)]


def plain_epoch(
    number: int, stake: list[int], weights: list[tuple[int, int]], bonds: list[Any], permits: list[bool]
) -> EpochInput:
    """An epoch of a subnet with default parameters, written from the chain's own."""
    row = pack(weights)
    return EpochInput(
        current_block=360 * number,
        tempo=360,
        activity_cutoff=5000,
        last_update=[360 * number - 1] * 7,
        block_at_registration=[0] * 7,
        stake=[I64F64(held << 64) for held in stake],
        stake_threshold=0,
        owner_uid=None,
        validator_permits=permits,
        max_allowed_validators=64,
        weights=[row] * 3 + [EMPTY] * 4,
        bonds=bonds,
        commit_blocks=None,
        kappa=32_767,
        bonds_penalty=65_535,
        bonds_moving_average=900_000,
        is_yuma3=True,
        is_liquid_alpha=False,
        alpha_low=45_875,
        alpha_high=58_982,
        alpha_sigmoid_steepness=1000,
        last_mechanism_step_block=360 * (number - 1),
        emission=PER_EPOCH,
    )


@pytest.mark.parametrize("strategy", ["crony", "copy", "honest"])
@pytest.mark.parametrize("yuma", ["2", "3"])
def test_an_epoch_pays_no_more_than_it_has(strategy: str, yuma: str) -> None:
    paid: defaultdict[int, int] = defaultdict(int)
    for row in named(run(strategy=strategy, yuma=yuma, stake=4 * 10**8)):
        paid[row["epoch"]] += row["earned_rao"]

    lost = 2 * 27 * (PER_EPOCH >> 32)  # each of 27 shares has 32 bits, and is rounded down twice
    assert all(PER_EPOCH - lost < amount <= PER_EPOCH for amount in paid.values())


def test_a_minority_that_pays_a_crony_earns_nothing() -> None:
    found = figures(run(stake=4 * 10**8))

    assert (found["attack_rao"], found["crony_rao"], found["gain_ppb"]) == (0, 0, -(10**9))
    assert found["honest_rao"] > 0


def test_a_majority_that_pays_a_crony_takes_everything() -> None:
    found = figures(run(stake=6 * 10**8, compound="no"))

    assert found["incentive_ppb"] == 10**9
    assert found["dividends_ppb"] == 10**9
    assert found["gain_ppb"] > 5 * 10**8


def test_honest_attackers_gain_nothing() -> None:
    found = figures(run(strategy="honest"))

    assert found["gain_ppb"] == 0
    assert found["attack_rao"] == found["honest_rao"] > 0


def test_who_copies_earns_less_when_miners_change_often() -> None:
    often, seldom = (figures(run(40, strategy="copy", change=change))["return_ppb"] for change in (2, 20))

    assert often < seldom


def test_who_copies_says_nothing_until_there_is_a_consensus() -> None:
    trust = [row["trust"] for row in named(run(4, strategy="copy", delay=2)) if row["role"] == "attacker"]

    assert trust[:2] == [0, 0]
    assert trust[2] > 0


def test_what_is_copied_is_the_consensus_of_so_many_epochs_ago() -> None:
    outcomes = [
        epoch(plain_epoch(1, [10**9] * 3 + [0] * 4, [(3, first), (4, 65_535)], [EMPTY] * 7, [True] * 3 + [False] * 4))
        for first in (65_535, 30_000)
    ]

    copied = Attack("copy", 3, 6, 2).weigh([], outcomes)

    assert dict(unpack(copied)) == {3: 65_535, 4: 65_535}


def test_validators_stake_what_they_earn_if_they_compound() -> None:
    first, second = (row for row in named(run(2, stake=10**8)) if row["uid"] == 0)
    assert second["stake_rao"] == first["stake_rao"] + first["earned_rao"]

    kept, same = (row for row in named(run(2, stake=10**8, compound="no")) if row["uid"] == 0)
    assert kept["stake_rao"] == same["stake_rao"]


def test_stake_is_divided_between_attackers_and_honest_validators() -> None:
    subnet = open_subnet(Settings(stake=25 * 10**7, attackers=2, validators=3, miners=1, total=1200 * 10**9))

    assert subnet.stake == [300 * 10**9] * 3 + [150 * 10**9] * 2 + [0, 0]
    assert subnet.permits == [True] * 5 + [False] * 2


def test_the_seed_alone_decides() -> None:
    assert run(seed=3) == run(seed=3)
    assert run(seed=3).rows != run(seed=4).rows


def test_rows_that_are_left_out_change_nothing() -> None:
    every, some = run(10), run(10, every=4)

    assert some.rows == [row for row in every.rows if row[0] in (4, 8, 10)]
    assert some.figures == every.figures


def test_without_any_weights_validators_are_paid_by_stake() -> None:
    rules = Rules(360, 32_767, 65_535, 900_000, True, False, 45_875, 58_982, 1000)
    subnet = Subnet(rules, 10**9, [3 * 10**9, 10**9, 0], [True, True, False])

    earned = subnet.earnings(subnet.run_epoch([EMPTY] * 3))

    assert earned[2] == 0
    assert abs(earned[0] - 3 * earned[1]) < 1000
    assert PER_EPOCH - 1000 < sum(earned) <= PER_EPOCH


def test_weights_of_nothing_are_not_set() -> None:
    assert make_row([0, 0], 5) == EMPTY
    assert unpack(make_row([0, 1, 2], 5)) == [(6, 32_767), (7, 65_535)]


@pytest.mark.parametrize("strategy", ["crony", "copy", "honest"])
def test_who_has_no_stake_earns_nothing(strategy: str) -> None:
    found = figures(run(strategy=strategy, stake=0))

    assert {name: value for name, value in found.items() if value} == {}


def test_who_has_all_stake_and_a_crony_gets_everything() -> None:
    found = figures(run(stake=10**9))

    assert (found["dividends_ppb"], found["incentive_ppb"], found["stake_ppb"]) == (10**9, 10**9, 10**9)


@pytest.mark.parametrize(
    "rules", [{"liquid": "yes"}, {"kappa": 60_000}, {"bonds_penalty": 0}, {"bonds_moving_average": 0}, {"yuma": "2"}]
)
def test_each_hyperparameter_reaches_the_epochs(rules: dict[str, Any]) -> None:
    usual, other = named(run(strategy="copy", change=3)), named(run(strategy="copy", change=3, **rules))

    assert [row["earned_rao"] for row in usual] != [row["earned_rao"] for row in other]


def test_the_bounds_of_liquid_alpha_reach_the_epochs() -> None:
    outcomes = [
        run(strategy="copy", liquid="yes", change=3, **rules)
        for rules in ({}, {"alpha_low": 5000}, {"alpha_high": 65_000}, {"steepness": 10})
    ]

    assert len({repr(outcome.rows) for outcome in outcomes}) == 4


def test_a_validator_without_stake_loses_its_permit() -> None:
    rules = Rules(360, 32_767, 65_535, 900_000, True, False, 45_875, 58_982, 1000)
    subnet = Subnet(rules, 10**9, [10**9, 0, 0], [True, True, False])

    subnet.run_epoch([pack([(2, 65_535)]), pack([(2, 65_535)]), EMPTY])

    assert subnet.permits == [True, False, False]


def test_bonds_are_told_of_who_has_them_and_of_whom_they_are_to() -> None:
    bonds = [pack([(2, 5), (3, 7)]), pack([(2, 11)]), EMPTY, EMPTY]

    assert sum_bonds(bonds, 4) == ([12, 11, 0, 0], [0, 0, 16, 7])


@pytest.mark.parametrize("stake", [10**8, 6 * 10**8])
def test_honest_attackers_have_the_return_of_everybody(stake: int) -> None:
    found = figures(run(strategy="honest", stake=stake, noise=0))

    assert abs(found["return_ppb"] - 10**9) < 10**6


def test_errors_make_opinions_differ_by_no_more_than_the_noise() -> None:
    opinions = Opinions(50, 10**8, 0, random.Random(1))
    opinions.begin_epoch(1)

    first, second = opinions.draw(), opinions.draw()

    assert first != second
    for value, quality in zip(first, opinions.qualities, strict=True):
        assert quality * 9 // 10 <= value <= quality * 11 // 10
