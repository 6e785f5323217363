"""`taonet tx`, `query`, `events` and `accounts` against a node in another process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.process import NodeProcess, running, taonet

from node.values.given import dev_key

TAO = 10**9
ALICE, BOB = dev_key("//Alice").address, dev_key("//Bob").address


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    folder = tmp_path_factory.mktemp("node")
    with running(folder, "--scenario", "two-subnets", "--sealing", "instant") as started:
        yield started


@pytest.fixture(autouse=True)
def address(node: NodeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAONET_URL", node.url)


def run(*arguments: str) -> str:
    """What a command prints; it must succeed."""
    done = taonet(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def told(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


def refused(*arguments: str) -> str:
    """The error of a command, which is one line and ends it with 1."""
    done = taonet(*arguments)
    assert done.returncode == 1, done.stdout.decode()
    assert done.stdout == b""
    [line] = done.stderr.decode().splitlines()
    return line


def free(address: str) -> int:
    return int(told("query", "System.Account", address)["data"]["free"])


# -- tx


def test_a_transfer_in_tao_between_names(node: NodeProcess) -> None:
    before = free("//Zoe")

    shown = run("tx", "Balances.transfer_keep_alive", "dest=//Zoe", "value=5.5 TAO", "--from", "//Bob")

    assert free("//Zoe") == before + 5_500_000_000
    assert shown.startswith("In block 0x")
    assert "Balances.Transfer" in shown
    assert "TransactionFeePaid" in shown


def test_an_outcome_as_json_has_block_fee_and_events(node: NodeProcess) -> None:
    outcome = told("tx", "Balances.transfer_keep_alive", "dest=//Bob", "value=1 rao", "--tip", "0.1 TAO")

    assert outcome["error"] is None
    assert node.call("chain_getHeader", outcome["block"]) is not None
    assert outcome["fee"] > TAO // 10
    transfer = next(event for event in outcome["events"] if event["name"] == "Transfer")
    assert transfer["fields"] == {"from": ALICE, "to": BOB, "amount": 1}


def test_alpha_is_of_the_subnet_that_the_call_names(node: NodeProcess) -> None:
    stake = ("tx", "SubtensorModule.remove_stake", "hotkey=//Validator1_hk", "netuid=1", "--from", "//Validator1")

    assert told(*stake, "amount_unstaked=3 alpha@1")["error"] is None

    assert "alpha of subnet 2, but the call is about subnet 1" in refused(*stake, "amount_unstaked=3 alpha@2")
    assert "an amount of alpha: write 3 alpha@1" in refused(*stake, "amount_unstaked=3 TAO")


def test_a_call_that_fails_says_why_and_ends_with_one(node: NodeProcess) -> None:
    line = ("tx", "SubtensorModule.add_stake", "hotkey=//Validator1_hk", "netuid=1", "amount_staked=1 rao")

    plain, as_json = taonet(*line), taonet(*line, "--json")

    assert (plain.returncode, as_json.returncode) == (1, 1)
    assert plain.stderr.decode().startswith("Failed: AmountTooLow: ")
    assert json.loads(as_json.stdout)["error"]["name"] == "AmountTooLow"


def test_root_makes_a_call_and_its_failure_is_told(node: NodeProcess) -> None:
    run("tx", "--sudo", "AdminUtils.sudo_set_tempo", "netuid=2", "tempo=44")
    assert told("query", "SubtensorModule.Tempo", "2") == 44

    failed = taonet("tx", "--sudo", "AdminUtils.sudo_set_tempo", "netuid=9", "tempo=44")

    assert failed.returncode == 1
    assert "SubnetDoesNotExist" in failed.stderr.decode()


def test_a_dry_run_keeps_nothing_and_names_the_line(node: NodeProcess) -> None:
    height = node.call("chain_getHeader")["number"]
    line = ("tx", "SubtensorModule.add_stake", "hotkey=//Validator1_hk", "netuid=1", "--dry-run")

    shown = run(*line, "amount_staked=10 TAO")
    failed = taonet(*line, "amount_staked=1 rao")

    assert "It would succeed" in shown
    assert "SubtensorModule.StakeAdded" in shown
    assert failed.returncode == 1
    assert "runtime/pallets/staking/" in failed.stderr.decode()
    assert node.call("chain_getHeader")["number"] == height


def test_it_waits_until_the_block_is_final(node: NodeProcess) -> None:
    outcome = told("tx", "System.remark", "remark=hello", "--finalized")

    header = node.call("chain_getHeader", node.call("chain_getFinalizedHead"))
    assert int(header["number"], 16) >= int(node.call("chain_getHeader", outcome["block"])["number"], 16)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tx", "Balance.transfer_all"], "no pallet Balance has calls; did you mean Balances?"),
        (["tx", "Balances.transfer_al"], "Balances has no call transfer_al; did you mean transfer_all?"),
        (["tx", "Balances"], "'Balances' is not Pallet.name"),
        (["tx", "Balances.transfer_keep_alive", "dst=//Bob"], "has no argument dst; did you mean dest?"),
        (["tx", "Balances.transfer_keep_alive", "dest=//Bob"], "argument value is missing; it takes dest"),
        (["tx", "Balances.transfer_keep_alive", "dest"], "'dest' is not NAME=VALUE"),
        (["tx", "Balances.transfer_keep_alive", "dest=//Bob", "value=5 TOA"], "no unit TOA"),
        (["tx", "Balances.transfer_keep_alive", "dest=//Bob", "value=0.0000000001 TAO"], "no whole number of rao"),
        (["tx", "Balances.transfer_keep_alive", "dest=//Bob", "value=5 alpha@1"], "an amount of TAO: write 5 TAO"),
        (["tx", "Balances.transfer_keep_alive", "dest=Bob", "value=5 TAO"], 'transfer_keep_alive.dest: "Bob": '),
        (["tx", "System.remark_with_event"], "argument remark is missing"),
        (["tx", "AdminUtils.sudo_set_tempo", "netuid=x", "tempo=1"], 'sudo_set_tempo.netuid: "x": '),
        (["tx", "AdminUtils.sudo_set_tempo", "netuid=70000", "tempo=1"], "sudo_set_tempo.netuid: 70000: "),
        (["tx", "System.remark", "remark=x", "--from", "//Pauper"], "Inability to pay some fees"),
        (["tx", "System.remark", "remark=x", "--from", "no such words"], "'no such words' is no secret URI"),
        (["tx", "System.remark", "remark=x", "--tip", "5 TOA"], "no unit TOA"),
        (["query", "SubtensorModule.Temo"], "has no storage item Temo; did you mean Tempo?"),
        (["query", "SubtensorModul.Tempo"], "no pallet SubtensorModul; did you mean SubtensorModule?"),
        (["query", "SubtensorModule.Tempo", "1", "2"], "1 keys are needed, 2 given"),
        (["query", "SubtensorModule.Tempo", "1", "--at", "999999"], "there is no block 999999"),
        (["query", "SubtensorModule.Tempo", "1", "--at", "best"], "'best' is neither a block's number nor its hash"),
        (["events", "--follow", "--at", "1"], "--follow and --at exclude each other"),
        (["accounts", "nobody"], "'nobody' is neither an address nor a name such as //Alice"),
        (["query", "System.Account", "nobody"], 'System.Account key: "nobody": '),
        (["query", "SubtensorModule.Tempo", "x"], 'SubtensorModule.Tempo key: "x": '),
        (["accounts", "--url", "ws://127.0.0.1:9"], "ws://127.0.0.1:9: no node answers there"),
        (["accounts", "--url", "nowhere"], "nowhere"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_it(arguments: list[str], message: str) -> None:
    assert message in refused(*arguments)


# -- query


def test_values_and_maps_are_read_by_name() -> None:
    assert told("query", "SubtensorModule.NetworksAdded") == [[0, True], [1, True], [2, True]]
    assert {netuid for netuid, _ in told("query", "SubtensorModule.Tempo")} == {0, 1, 2}
    assert len(told("query", "SubtensorModule.Keys", "2")) == told("query", "SubtensorModule.SubnetworkN", "2")
    assert run("query", "SubtensorModule.SubnetworkN", "1").strip().isdecimal()


def test_a_table_keeps_each_address_whole() -> None:
    shown = run("query", "SubtensorModule.Keys", "1")

    assert dev_key("//Validator1_hk").address in shown


def test_an_earlier_block_is_read(node: NodeProcess) -> None:
    before = int(node.call("chain_getHeader")["number"], 16)
    balance = free("//Yara")
    run("tx", "Balances.transfer_keep_alive", "dest=//Yara", "value=1 TAO")

    at_hash = node.call("chain_getBlockHash", before)

    for block in (str(before), at_hash):
        assert told("query", "System.Account", "//Yara", "--at", block)["data"]["free"] == balance


# -- events


def test_the_events_of_a_block(node: NodeProcess) -> None:
    outcome = told("tx", "Balances.transfer_keep_alive", "dest=//Zoe", "value=2 TAO")

    rows = [json.loads(row) for row in run("events", "--at", outcome["block"], "--json").splitlines()]

    assert [row for row in rows if row["extrinsic"] == outcome["index"]] == [
        {"block": rows[0]["block"], **event} for event in outcome["events"]
    ]
    only = run("events", "--at", outcome["block"], "--pallet", "TransactionPayment")
    assert "TransactionFeePaid" in only
    assert "Transfer " not in only


def test_events_are_followed_block_by_block_until_stopped(node: NodeProcess) -> None:
    line = [sys.executable, "-m", "node.cli", "events", "--follow", "--json", "--pallet", "Balances"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        for amount in (3, 4):
            run("tx", "Balances.transfer_keep_alive", "dest=//Zoe", f"value={amount} rao")
        found: list[dict[str, Any]] = []
        while len(found) < 2:
            row = json.loads(process.stdout.readline())
            if row["name"] == "Transfer" and row["block"] > first["block"]:
                found.append(row)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()

    assert [row["fields"]["amount"] for row in found] == [3, 4]
    assert found[1]["block"] > found[0]["block"]
    assert (process.returncode, errors) == (130, "")


# -- accounts


def test_the_development_accounts_and_what_they_hold() -> None:
    rows = told("accounts")

    assert [row["name"] for row in rows][:2] == ["//Alice", "//Bob"]
    assert (rows[0]["address"], rows[0]["free"]) == (ALICE, free("//Alice"))
    assert BOB in run("accounts")


def test_accounts_that_are_named() -> None:
    [row] = told("accounts", BOB)

    assert (row["name"], row["address"], row["free"]) == ("", BOB, free(BOB))


# -- without the library


def test_the_extra_that_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "substrateinterface.py").write_text("raise ImportError('none', name='substrateinterface')\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-m", "node.cli", "accounts"], capture_output=True, text=True, env=environment, check=False
    )

    assert done.returncode == 1
    assert done.stderr == 'Error: substrateinterface is missing: pip install "taonet[client]"\n'
