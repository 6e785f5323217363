"""The bittensor SDK 11, unmodified: every read returns, every intent plans, and a story of intents executes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.clients import CLIENTS, output_of
from support.process import running, slow_epochs

from runtime.units import TAO

DRIVER = Path(__file__).parent / "drivers" / "sdk11.py"
PYTHON, SOURCE = CLIENTS / "sdk11" / "bin" / "python", CLIENTS / "sdk11-source"
RULES = {"WeightsSetRateLimit": [[[2], 0]], "AdminFreezeWindow": 0}
"""So that the story need not wait."""
NOT_A_NEURON = "is not registered on netuid 1"
"""What the SDK says to samples that set weights with a key that mines nowhere."""

pytestmark = [
    pytest.mark.xdist_group("real-clients"),
    pytest.mark.skipif(not SOURCE.exists(), reason="the bittensor SDK 11 is not installed: run `make clients`"),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK saw."""
    folder = tmp_path_factory.mktemp("sdk11")
    with running(folder, "--sealing", "100", *slow_epochs(folder)) as node:
        node.wait_for_block(4)
        node.call("dev_setStorage", {"SubtensorModule": RULES})
        found: dict[str, Any] = json.loads(output_of(PYTHON, DRIVER, node.url, SOURCE, timeout=240))
        return found


@pytest.fixture(scope="module")
def story(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["story"]
    return found


@pytest.mark.parametrize("where", ["reads", "pinned"])
def test_every_read_returns_at_the_head_and_at_a_block(told: dict[str, Any], where: str) -> None:
    assert len(told[where]) == 82
    assert {name: said for name, said in told[where].items() if said} == {}


def test_every_intent_plans(told: dict[str, Any]) -> None:
    failed = {op: said for op, said in told["plans"].items() if said}

    assert len(told["plans"]) == 73
    assert failed.pop("evm_withdraw") == 'ValueError: pallet "EVM" not found'
    assert {op for op, said in failed.items() if NOT_A_NEURON in said} == failed.keys()
    assert failed.keys() <= {"set_weights", "commit_weights"}


def test_every_intent_of_the_story_succeeds(story: dict[str, Any]) -> None:
    assert [(done["op"], done["message"]) for done in story["done"] if not done["success"]] == []
    assert len(story["done"]) == 22


def test_tao_and_stake_move(story: dict[str, Any]) -> None:
    assert story["transferred"] == 1.5 * TAO(1)
    assert 1.9 * TAO(1) < story["staked"] < TAO(2)
    assert story["removed"] == story["moved"] == 0.5 * TAO(1)
    assert 0 < story["swapped"] < 0.11 * TAO(1)


def test_a_registration_goes_through_the_shield(story: dict[str, Any]) -> None:
    assert story["shield_key"] == 2 + 2 * 1184
    assert story["bob_uid"] == 1


def test_children_proxies_and_identities_are_read_back(story: dict[str, Any]) -> None:
    (proportion, _), *others = story["pending_children"]["children"]
    assert (proportion, others) == (1 << 63, [])
    assert [proxy["proxy_type"] for proxy in story["proxies"]["proxies"]] == ["Transfer"]
    assert story["identity"]["name"] == "Bob the builder"


def test_two_of_two_pay_from_their_account_with_the_right_timepoint(story: dict[str, Any]) -> None:
    assert story["wrong_timepoint"].startswith("False ChainError")
    assert story["multisig_paid"] == TAO(2)


def test_a_crowdloan_reaches_its_cap(story: dict[str, Any]) -> None:
    assert story["crowdloan"]["raised"] == story["crowdloan"]["cap"] == TAO(15)
