"""Dry runs: what a call would do, with nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.devnet import Devnet

ROOT = Path(__file__).parents[4]
BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"


@pytest.fixture(scope="module")
def chain() -> Iterator[Devnet]:
    with Devnet("two-subnets") as made:
        yield made


def names(told: dict[str, Any]) -> list[str]:
    return [f"{event['pallet']}.{event['name']}" for event in told["events"]]


def test_nothing_is_kept(chain: Devnet) -> None:
    head = chain.head

    told = chain.dry_run("Balances.transfer_keep_alive", "//Bob", dest="//Zoe", value="5 TAO")

    assert told["outcome"] == "success"
    assert (chain.head, chain.balance("//Zoe")) == (head, 0)


def test_it_tells_what_would_become_of_the_same_call(chain: Devnet) -> None:
    stake = {"hotkey": "//Validator1_hk", "netuid": 1, "amount_staked": "5 TAO"}

    told = chain.dry_run("SubtensorModule.add_stake", "//Bob", **stake)
    with chain.snapshot():
        receipt = chain.submit("SubtensorModule.add_stake", "//Bob", **stake)

    assert told["error"] is None
    assert told["fee"] == receipt.fee
    assert [event["name"] for event in told["events"]] == [type(event).__name__ for event in receipt.events]


def test_changes_stand_by_pallet_and_item_before_and_after(chain: Devnet) -> None:
    before = chain.balance(BOB)

    told = chain.dry_run("Balances.transfer_keep_alive", "//Bob", dest="//Zoe", value="5 TAO")

    accounts = {row["key"][0]: row for row in told["storage"]["System"]["Account"]}
    assert set(told["storage"]) == {"System"}
    assert accounts[BOB]["before"]["data"]["free"] == before
    assert accounts[BOB]["after"]["data"]["free"] == before - 5 * 10**9 - told["fee"]
    assert accounts[chain.address("//Zoe")]["before"] is None


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("SubtensorModule.burned_register", {"netuid": 9, "hotkey": "//Zoe"}, "SubnetNotExists"),
        (
            "SubtensorModule.add_stake",
            {"hotkey": "//Validator1_hk", "netuid": 1, "amount_staked": "99999 TAO"},
            "NotEnoughBalanceToStake",
        ),
        ("Balances.transfer_keep_alive", {"dest": "//Zoe", "value": "99999 TAO"}, "Token.FundsUnavailable"),
    ],
)
def test_a_failure_names_the_line_that_raised_it(
    chain: Devnet, name: str, arguments: dict[str, Any], error: str
) -> None:
    told = chain.dry_run(name, "//Dave", **arguments)

    place = told["error"]["raised_at"]
    line = (ROOT / place["file"]).read_text().splitlines()[place["line"] - 1].strip()
    assert told["outcome"] == "failed"
    assert told["error"]["name"] == error
    assert told["error"]["doc"]
    assert line == place["code"]
    assert line.startswith("raise")
    assert error.rpartition(".")[2] in line
    assert names(told)[-1] == "System.ExtrinsicFailed"


def test_what_may_not_be_in_a_block_is_refused_with_the_reason(chain: Devnet) -> None:
    told = chain.dry_run("Balances.transfer_keep_alive", "//Nobody", dest="//Zoe", value=1)

    assert told["outcome"] == "refused"
    assert told["error"]["name"] == "Payment"
    assert (told["fee"], told["events"], told["storage"]) == (0, [], {})


def test_a_guard_that_refuses_is_named_with_its_line(chain: Devnet) -> None:
    rest = {"version": 1, "ip": 1, "port": 80, "ip_type": 4, "protocol": 1, "placeholder1": 0, "placeholder2": 0}

    told = chain.dry_run("SubtensorModule.serve_axon", "//Dave", netuid=1, **rest)

    assert told["outcome"] == "refused"
    assert told["error"]["name"] == "Custom(10)"
    assert told["error"]["doc"] == "The hotkey is registered in no subnet."
    assert told["error"]["raised_at"]["code"] == "raise Errors.HotKeyNotRegisteredInNetwork"
