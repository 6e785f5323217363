"""The issuance of the lab is the chain's, block by block, though it is found by spans."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.lab.experiment import BLOCKS_PER_YEAR, Outcome
from node.lab.issuance import EXPERIMENT, Settings, simulate
from runtime.fixed import u96f32
from runtime.pallets.emission.issuance import calculate_block_emission, calculate_mint
from runtime.pallets.emission.split import calculate_split
from runtime.units import MAX_SUPPLY, RAO_PER_TAO, TAO, TaoBalance

OWNER_CUT = 11_796
BLOCK_COLUMNS = ("block", "issuance_rao", "emission_rao", "minted_rao", "owner_rao", "miners_rao", "validators_rao")


def threshold(halving: int) -> int:
    """The issuance from which blocks emit less for the n-th time, in rao."""
    return MAX_SUPPLY - (MAX_SUPPLY >> halving)


def figures(outcome: Outcome) -> dict[str, Any]:
    return {figure.name: figure.value for figure in outcome.figures}


def column(outcome: Outcome, name: str) -> list[Any]:
    return [row[EXPERIMENT.place(name)] for row in outcome.rows]


def step_through(issuance: int, recycled_part: int, blocks: int) -> list[tuple[int, ...]]:
    """The same columns, one block after another."""
    minted = owner = miners = validators = 0
    rows = []
    for block in range(1, blocks + 1):
        emission = calculate_mint(calculate_block_emission(TaoBalance(issuance)), TaoBalance(issuance))
        split = calculate_split(u96f32.from_int(emission), OWNER_CUT, u96f32.zero)
        issuance += emission - emission * recycled_part // 10**9
        minted, owner = minted + emission, owner + split.owner
        miners, validators = miners + split.server, validators + split.validator
        rows.append((block, issuance, emission, minted, owner, miners, validators))
    return rows


@given(
    halving=st.integers(1, 30),
    before=st.integers(0, 40),
    rest=st.integers(-2, 2),
    recycled=st.sampled_from([0, 1, 333_333_333, 10**9 - 1, 10**9]),
)
def test_spans_are_the_same_as_stepping(halving: int, before: int, rest: int, recycled: int) -> None:
    issuance = threshold(halving) - before * (RAO_PER_TAO >> halving - 1) + rest
    settings = Settings(issued=issuance, recycled=recycled, every=1)

    outcome = simulate(settings, 60, 0)

    places = [EXPERIMENT.place(name) for name in BLOCK_COLUMNS]
    assert [tuple(row[at] for at in places) for row in outcome.rows] == step_through(issuance, recycled, 60)


def test_rows_between_which_blocks_are_skipped_are_those_of_all_blocks() -> None:
    issuance = threshold(1) - 50 * RAO_PER_TAO
    every = simulate(Settings(issued=issuance, every=1), 100, 0)

    some = simulate(Settings(issued=issuance, every=7), 100, 0)

    assert some.rows == [row for row in every.rows if int(row[0]) % 7 == 0 or row[0] == 100]
    assert some.figures == every.figures


def test_the_first_halving_comes_in_the_block_after_ten_and_a_half_million_tao() -> None:
    outcome = simulate(Settings(every=10_500_000), 10_500_001, 0)

    assert column(outcome, "issuance_rao") == [TAO(10_500_000), TAO(10_500_000) + RAO_PER_TAO // 2]
    assert figures(outcome)["halving_1_block"] == 10_500_001


@pytest.mark.parametrize("halving", [1, 2, 3])
def test_halvings_come_where_a_live_chain_has_them(halving: int) -> None:
    old, new = RAO_PER_TAO >> halving - 1, RAO_PER_TAO >> halving

    outcome = simulate(Settings(issued=threshold(halving) - 2 * old - 1, every=1), 5, 0)

    assert column(outcome, "emission_rao") == [old, old, old, new, new]
    assert figures(outcome)["halving_1_block"] == 4


def test_a_halving_has_the_date_of_its_block() -> None:
    outcome = simulate(Settings(issued=threshold(1) - 7200 * RAO_PER_TAO, start="2026-02-28"), 7201, 0)

    assert figures(outcome)["halving_1_date"] == "2026-03-01T00:00:00"


def test_the_supply_never_passes_its_cap() -> None:
    outcome = simulate(Settings(every=BLOCKS_PER_YEAR), 1000 * BLOCKS_PER_YEAR, 0)
    issuances, emissions = column(outcome, "issuance_rao"), column(outcome, "emission_rao")

    assert issuances == sorted(issuances)
    assert emissions == sorted(emissions, reverse=True)
    assert (emissions[0], emissions[-1]) == (10**9, 0)
    assert MAX_SUPPLY - TAO(1) < issuances[-1] < MAX_SUPPLY
    assert figures(outcome)["halvings"] == 30


def test_recycling_half_of_the_emission_postpones_a_halving_to_twice_as_late() -> None:
    outcome = simulate(Settings(recycled=5 * 10**8, every=BLOCKS_PER_YEAR), 10 * BLOCKS_PER_YEAR, 0)

    assert figures(outcome)["halving_1_block"] == 21_000_001
    assert figures(outcome)["recycled_rao"] * 2 == figures(outcome)["minted_rao"]


def test_owner_miners_and_validators_get_18_41_and_41_percent() -> None:
    made = figures(simulate(Settings(), 7200, 0))

    parts = [made[name] for name in ("owner_rao", "miners_rao", "validators_rao")]
    assert [round(100 * part / made["minted_rao"]) for part in parts] == [18, 41, 41]
    assert 0 <= made["minted_rao"] - sum(parts) <= 2 * 7200  # what rounding down leaves
