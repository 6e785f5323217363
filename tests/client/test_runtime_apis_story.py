"""Runtime APIs of a chain with a subnet, neurons and weights, read by two unmodified clients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.clients import CLIENTS, PSI, WITH_PSI, output_of
from support.economy import fee_of
from support.process import running

from runtime.units import TAO

DRIVERS = Path(__file__).parent / "drivers"
ASI = CLIENTS / "asi" / "bin" / "python"
AMOUNT = TAO(3)
OWNER, VALIDATOR, MINER = 0, 1, 2

pytestmark = [*WITH_PSI, pytest.mark.skipif(not ASI.exists(), reason="run `make clients`")]


def told(python: Path, driver: str, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output_of(python, DRIVERS / driver, *arguments))
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What substrate-interface saw, and what async-substrate-interface makes of the same block."""
    with running(tmp_path_factory.mktemp("apis"), "--sealing", "manual") as node:
        seen = told(PSI, "apis_story.py", node.url)
        return seen, told(ASI, "apis_by_metadata.py", node.url, str(seen["block"]))


@pytest.fixture(scope="module")
def seen(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return both[0]


@pytest.fixture(scope="module")
def typed(both: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """What the client read that takes all types from metadata V15."""
    return both[1]


# -- substrate-interface


def test_neurons_are_told_with_what_the_state_has_of_them(seen: dict[str, Any]) -> None:
    neurons = seen["neurons"]

    assert [n["hotkey"] for n in neurons] == seen["hotkeys"]
    assert [n["uid"] for n in neurons] == [OWNER, VALIDATOR, MINER]
    assert {n["coldkey"] for n in neurons} == {seen["owner"]}
    assert [n["stake"] for n in neurons] == [[[seen["owner"], alpha]] for alpha in seen["alpha"]]
    assert [n["incentive"] for n in neurons] == seen["incentive"]
    assert neurons[VALIDATOR]["weights"] == seen["stored_weights"] == [[OWNER, 32_768], [MINER, 65_535]]
    assert neurons[VALIDATOR]["bonds"] == seen["stored_bonds"]
    assert all(bond > 0 for _, bond in seen["stored_bonds"])


def test_a_judged_miner_earns_twice_what_the_other_does(seen: dict[str, Any]) -> None:
    owner, validator, miner = seen["neurons"]

    assert miner["emission"] == pytest.approx(2 * owner["emission"], rel=1e-4)
    assert (validator["incentive"], validator["dividends"], miner["dividends"]) == (0, 65_535, 0)


def test_who_is_not_there_is_none(seen: dict[str, Any]) -> None:
    assert seen["nobody"] is None


def test_a_swap_that_was_simulated_gives_the_same_when_it_is_made(seen: dict[str, Any]) -> None:
    purchase, sale = seen["purchase"], seen["sale"]

    assert purchase["alpha_amount"] == seen["bought"]
    assert purchase["tao_fee"] == sale["alpha_fee"] == fee_of(AMOUNT)
    assert purchase["tao_amount"] + purchase["tao_fee"] == AMOUNT
    # the price that was told is rounded down to rao
    assert 0 <= sale["tao_amount"] + sale["tao_slippage"] - AMOUNT * seen["price"] // 10**9 <= 3


def test_stakes_of_the_owner_are_those_of_its_hotkeys(seen: dict[str, Any]) -> None:
    stakes = [(s["hotkey"], s["stake"], s["is_registered"]) for s in seen["stakes"]]

    assert stakes == [(seen["hotkeys"][n], seen["alpha"][n], True) for n in (OWNER, VALIDATOR)]


def test_the_stored_root_squared_is_the_price(seen: dict[str, Any]) -> None:
    squared = seen["sqrt_price"] ** 2 * 10**9 >> 128

    assert squared == pytest.approx(seen["price"], abs=1)
    assert seen["sqrt_price_of_nothing"] == 0


def test_another_subnet_costs_more_than_the_first(seen: dict[str, Any]) -> None:
    assert TAO(1000) < seen["cost"] <= TAO(2000)


# -- async-substrate-interface


def test_the_metagraph_agrees_with_the_neurons(seen: dict[str, Any], typed: dict[str, Any]) -> None:
    graph, neurons = typed["metagraph"], seen["neurons"]

    assert (graph["netuid"], graph["block"], graph["num_uids"]) == (2, seen["block"], 3)
    assert bytes(graph["name"]) == b"omron"
    assert [graph["tao_in"], graph["alpha_in"]] == seen["reserves"]
    for vector, field in (("hotkeys", "hotkey"), ("coldkeys", "coldkey"), ("active", "active")):
        assert graph[vector] == [n[field] for n in neurons]
    for vector, field in (("incentives", "incentive"), ("emission", "emission"), ("last_update", "last_update")):
        assert graph[vector] == [n[field] for n in neurons]
    assert graph["total_stake"] == graph["alpha_stake"] == seen["alpha"]
    assert typed["nothing"] is None


def test_a_selection_has_what_was_asked_for(typed: dict[str, Any]) -> None:
    selected, graph = typed["selected"], typed["metagraph"]

    there = {name: value for name, value in selected.items() if value is not None}
    assert there == {"netuid": 2, "tempo": graph["tempo"], "hotkeys": graph["hotkeys"]}


def test_lite_neurons_are_neurons_without_weights_and_bonds(seen: dict[str, Any], typed: dict[str, Any]) -> None:
    stripped = [{k: v for k, v in n.items() if k not in ("weights", "bonds")} for n in seen["neurons"]]

    assert typed["neurons"] == stripped


def test_markets_prices_and_hyperparameters_are_typed_by_the_metadata(
    seen: dict[str, Any], typed: dict[str, Any]
) -> None:
    assert [market["netuid"] for market in typed["markets"]] == [0, 1, 2]
    assert typed["prices"][2] == {"netuid": 2, "price": seen["price"]}
    assert len(typed["hyperparameters"]) == 33
    assert len(typed["proxies"]) == 18
    assert (typed["babe"]["authorities"], typed["babe"]["allowed_slots"]) == ([], "PrimaryAndSecondaryVRFSlots")
