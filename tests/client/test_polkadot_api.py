"""polkadot-api, unmodified, over the newer JSON-RPC: it connects, watches blocks, and has a transaction finalized."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.clients import CLIENTS, output_of
from support.process import running

DRIVER = Path(__file__).parent / "drivers" / "papi.mjs"
PAPI = CLIENTS / "papi"

pytestmark = [
    pytest.mark.xdist_group("real-clients"),
    pytest.mark.skipif(
        not (PAPI / "node_modules").exists() or shutil.which("node") is None,
        reason="polkadot-api or Node.js is not installed: run `make clients`",
    ),
]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw."""
    with running(tmp_path_factory.mktemp("papi"), "--sealing", "250") as node:
        found: dict[str, Any] = json.loads(output_of("node", DRIVER, PAPI, node.url, node=node))
        found["genesis"] = node.call("chain_getBlockHash", 0)
        found["hashes"] = [node.call("chain_getBlockHash", number) for number, _ in found["finalized"]]
        return found


def test_it_knows_the_chain(told: dict[str, Any]) -> None:
    assert told["spec"]["name"] == "Bittensor"
    assert told["spec"]["genesisHash"] == told["genesis"]
    assert told["deposit"] == 500
    assert sorted(told["subnets"]) == [0, 1]


def test_it_watches_finalized_blocks_without_a_gap(told: dict[str, Any]) -> None:
    numbers = [number for number, _ in told["finalized"]]

    assert len(numbers) >= 3
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
    assert [block for _, block in told["finalized"]] == told["hashes"]


def test_its_transaction_is_finalized_for_the_estimated_fee(told: dict[str, Any]) -> None:
    assert told["ok"] is True
    assert told["moved"] == 1000
    assert told["paid"] == told["fee"] > 0
    assert told["events"][-1] == "System.ExtrinsicSuccess"
    assert "Balances.Transfer" in told["events"]
    assert told["extrinsics"] == 3  # behind the time and the key of the MEV shield
    assert told["block"]["hash"] in [block for _, block in told["finalized"]]
    assert told["nonce"] == 2


def test_its_errors_are_the_chains(told: dict[str, Any]) -> None:
    assert told["failed"] == {"type": "Arithmetic", "value": {"type": "Underflow"}}
    assert told["invalid"] == {"type": "Invalid", "value": {"type": "Stale"}}
