"""The bittensor SDK 10, unmodified: one story for each tier of its own end-to-end suite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of
from support.clients import CLIENTS, output_of
from support.process import running, slow_epochs

from runtime.units import TAO

DRIVER = Path(__file__).parent / "drivers" / "sdk10.py"
PYTHON = CLIENTS / "sdk10" / "bin" / "python"
RULES = {"WeightsSetRateLimit": [[[2], 0]], "AdminFreezeWindow": 0}
"""So that the story need not wait."""
DAVE, EVE = key_of("Dave").address, key_of("Eve").address

pytestmark = [
    pytest.mark.xdist_group("real-clients"),
    pytest.mark.skipif(not PYTHON.exists(), reason="the bittensor SDK 10 is not installed: run `make clients`"),
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the SDK saw."""
    folder = tmp_path_factory.mktemp("sdk10")
    with running(folder, "--sealing", "100", *slow_epochs(folder)) as node:
        node.wait_for_block(4)
        node.call("dev_setStorage", {"SubtensorModule": RULES})
        told = output_of(PYTHON, DRIVER, node.url, folder, timeout=200)
        found: dict[str, Any] = json.loads(told.splitlines()[-1])
        return found


def test_everything_that_should_succeed_does(seen: dict[str, Any]) -> None:
    assert seen["failed"] == []


def test_blocks_and_constants_are_read(seen: dict[str, Any]) -> None:
    assert seen["block"] >= 4
    assert seen["fast"] is True
    assert seen["deposit"] == 500
    assert seen["block_info"][:2] == [2, 2]


def test_a_transfer_costs_about_what_was_estimated(seen: dict[str, Any]) -> None:
    estimated, paid = seen["fees"]

    assert seen["transferred"] == TAO(2)
    assert abs(estimated - paid) <= 2  # the amount and the era may be encoded longer


def test_errors_have_names_and_texts(seen: dict[str, Any]) -> None:
    assert seen["duplicate"] == [False, "Duplicate", ["Account is already a proxy."]]
    assert "SlippageTooHigh" in seen["unsafe"][1]
    assert "SubnetNotExists" in seen["nowhere"][1]
    assert "Custom error: 17" in seen["early"][1]
    assert not any(seen[name][0] for name in ("unsafe", "nowhere", "early"))


def test_a_crowdloan_reaches_its_cap(seen: dict[str, Any]) -> None:
    assert seen["raised"] == TAO(15)


def test_a_subnet_is_registered_described_and_read(seen: dict[str, Any]) -> None:
    assert seen["uid"] == 1
    assert seen["netuids"] == [0, 1, 2]
    assert seen["subnet"][:2] == [2, "story"]
    assert 1 <= seen["subnet"][2] < 1.01  # the registration bought alpha
    assert seen["hyperparameters"] == [360, 64, True]
    assert seen["metagraph"] == [2, 2, [DAVE, EVE]]
    assert seen["commitment"] == "Hello World!"


def test_stake_is_added_taken_back_and_moved(seen: dict[str, Any]) -> None:
    assert 19 * TAO(1) < seen["staked"] < 20 * TAO(1)
    assert abs(seen["staked"] - 2 * seen["left"]) <= 2
    assert abs(seen["moved"] - TAO(1)) <= 1


def test_weights_are_committed_and_revealed(seen: dict[str, Any]) -> None:
    assert seen["revealed"] == [[0, [[1, 65_535]]]]


def test_keys_delegate_lend_and_claim(seen: dict[str, Any]) -> None:
    assert DAVE in seen["delegates"]
    assert seen["pending"] == [[1.0, EVE]]
    assert seen["claim_type"] == "Keep"


def test_an_encrypted_extrinsic_is_executed(seen: dict[str, Any]) -> None:
    assert seen["shielded"] == TAO(3)
