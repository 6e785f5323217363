"""Accounts with several owners, scheduled calls and commitments, through an unmodified client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.clients import PSI, WITH_PSI, output_of
from support.process import running

from chain.keys import decode_ss58
from runtime.units import TAO

STORY = Path(__file__).parent / "drivers" / "pallets_story.py"
TEXT = b"https://example.invalid/about-me"

pytestmark = WITH_PSI


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the client saw."""
    with running(tmp_path_factory.mktemp("pallets"), "--sealing", "manual") as node:
        found: dict[str, Any] = json.loads(output_of(PSI, STORY, node.url, node=node))
        return found


def test_the_client_and_the_chain_mean_the_same_account_with_several_owners(seen: dict[str, Any]) -> None:
    several = seen["several"]

    assert decode_ss58(several["account_key"]) == decode_ss58(several["account"])
    assert "Multisig.NewMultisig" in several["begun"]
    assert several["operation"]["deposit"] == several["reserved"] == 132_000_000 + 2 * 32_000_000
    assert len(several["operation"]["approvals"]) == 1


def test_a_wrong_timepoint_is_refused_with_the_chains_error(seen: dict[str, Any]) -> None:
    assert seen["several"]["wrong"] == {"index": 13, "error": "0x0a000000"}


def test_the_second_approval_makes_the_payment(seen: dict[str, Any]) -> None:
    several = seen["several"]

    assert "Multisig.MultisigExecuted" in several["made"]
    assert several["result"] in ({"Ok": None}, {"Ok": ()}, {"Ok": []})
    assert several["moved"] == TAO(3)
    assert several["left"] == []


def test_a_scheduled_call_is_made_in_its_block_and_not_before(seen: dict[str, Any]) -> None:
    later = seen["later"]

    assert "Scheduler.Scheduled" in later["scheduled"]
    assert later["agenda"][0]["priority"] == 63
    assert later["waiting"] == 0
    assert later["moved"] == TAO(5)
    assert "Scheduler.Dispatched" in later["done"]
    assert later["dispatched"][0]["task"] == [later["block"], 0]


def test_a_commitment_is_read_back_as_it_was_set(seen: dict[str, Any]) -> None:
    published = seen["published"]
    commitment = published["commitment"]

    assert "Commitments.Commitment" in published["told"]
    assert commitment["block"] == published["block"]
    assert commitment["deposit"] == 0
    assert TEXT.hex() in json.dumps(commitment) or TEXT.decode() in json.dumps(commitment)
    assert published["used"]["used_space"] == 100
