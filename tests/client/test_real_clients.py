"""One contract for every real client, each unmodified and in an environment of its own, against a live node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.chain import key_of
from support.drivers import Client, ClientError, command_of
from support.process import NodeProcess, running

ALICE, BOB = key_of("Alice").address, key_of("Bob").address
ED = 500

pytestmark = pytest.mark.xdist_group("real-clients")


@pytest.fixture(scope="module")
def devnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """A devnet that makes a block every 100 ms."""
    with running(tmp_path_factory.mktemp("devnet"), "--sealing", "100") as node:
        yield node


@pytest.fixture(scope="module", params=["psi", "asi", "pjs"])
def client(
    request: pytest.FixtureRequest, devnet: NodeProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """Each client, connected."""
    started = Client(request.param, command_of(request.param), tmp_path_factory.mktemp("client") / "log")
    started.connect(url=devnet.url)
    yield started
    started.close()


def transfer(value: int, dest: str = BOB, name: str = "transfer_keep_alive") -> dict[str, Any]:
    return {"pallet": "Balances", "name": name, "args": {"dest": dest, "value": value}}


def test_it_connects_and_knows_the_chain(client: Client, devnet: NodeProcess) -> None:
    told = client.connect(url=devnet.url)

    assert told["chain"] == "Bittensor"
    assert told["properties"] == {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}


def test_it_reads_constants(client: Client) -> None:
    assert client.constant(pallet="Balances", name="ExistentialDeposit") == ED
    assert client.constant(pallet="System", name="SS58Prefix") == 42


def test_it_queries_an_account_now_and_then(client: Client, devnet: NodeProcess) -> None:
    genesis = devnet.call("chain_getBlockHash", 0)

    assert client.account(address=ALICE, block=genesis) == {"nonce": 0, "free": 10**15}
    assert client.account(address=key_of("Nobody").address) == {"nonce": 0, "free": 0}


def test_it_walks_a_map_by_pages(client: Client, devnet: NodeProcess) -> None:
    rows = [[[key_of(f"page{n}").address], {"providers": 1, "data": {"free": ED}}] for n in range(1_000)]
    devnet.call("dev_setStorage", {"System": {"Account": rows}})

    assert client.accounts(page=100) >= 1_011


def test_it_makes_runtime_calls(client: Client) -> None:
    assert client.runtime_call(address=ALICE) == client.account(address=ALICE)["nonce"]


def test_the_fee_it_estimates_is_the_fee_that_is_paid(client: Client) -> None:
    call = transfer(10**9)

    estimated = client.estimate(uri="//Alice", call=call)
    before = client.account(address=ALICE)["free"]
    receipt = client.submit(uri="//Alice", call=call)

    assert receipt["fee"] == estimated
    assert before - client.account(address=ALICE)["free"] == estimated + 10**9


def test_a_transfer_is_watched_until_it_is_final(client: Client, devnet: NodeProcess) -> None:
    before = client.account(address=BOB)["free"]

    receipt = client.submit(uri="//Alice", call=transfer(3 * 10**9), wait="finalized")

    assert receipt["success"] is True
    assert "Balances.Transfer" in receipt["events"]
    assert "System.ExtrinsicSuccess" in receipt["events"]
    assert client.account(address=BOB)["free"] == before + 3 * 10**9
    assert devnet.call("chain_getBlock", receipt["block"]) is not None


def test_a_batch_with_a_failing_call_keeps_what_came_before(client: Client) -> None:
    before = client.account(address=BOB)["free"]
    calls = [transfer(10**9), transfer(2 * 10**15), transfer(10**9)]

    receipt = client.submit(uri="//Alice", call={"pallet": "Utility", "name": "batch", "args": {"calls": calls}})

    assert receipt["success"] is True
    assert "Utility.BatchInterrupted" in receipt["events"]
    assert client.account(address=BOB)["free"] == before + 10**9


def test_sudo_acts_as_root_and_costs_nothing(client: Client) -> None:
    carol = key_of(f"Carol{client.name}").address
    set_balance = {"pallet": "Balances", "name": "force_set_balance", "args": {"who": carol, "new_free": 777_000}}

    receipt = client.submit(uri="//Alice", call={"pallet": "Sudo", "name": "sudo", "args": {"call": set_balance}})

    assert (receipt["success"], receipt["fee"]) == (True, 0)
    assert client.account(address=carol)["free"] == 777_000


def test_a_failing_call_is_shown_by_its_errors_name(client: Client) -> None:
    too_many = {"pallet": "Sudo", "name": "remove_key", "args": {}}
    nested = {"pallet": "Utility", "name": "batch", "args": {"calls": [too_many]}}

    receipt = client.submit(uri="//Bob", call={"pallet": "Utility", "name": "batch_all", "args": {"calls": [nested]}})

    assert (receipt["success"], receipt["error"]) == (False, "CallFiltered")


@pytest.mark.parametrize("era", [None, 8, 64])
def test_it_signs_immortal_and_mortal_extrinsics(client: Client, era: int | None) -> None:
    assert client.submit(uri="//Alice", call=transfer(1_000), era=era)["success"] is True


def test_it_follows_heads(client: Client) -> None:
    client.watch_heads(count=3)
    heads = client.collect(name="heads", seconds=20)

    assert len(heads) == 3
    assert heads == [heads[0], heads[0] + 1, heads[0] + 2]


def test_it_follows_a_storage_value(client: Client) -> None:
    dave = key_of(f"Dave{client.name}").address
    client.watch_storage(address=dave, count=2)
    client.found(name="storage", count=1, seconds=20)
    client.submit(uri="//Alice", call=transfer(5_000_000, dest=dave, name="transfer_allow_death"))
    seen = client.collect(name="storage", seconds=20)

    assert seen == [0, 5_000_000]


def test_it_follows_events(client: Client) -> None:
    client.watch_events(count=20)
    seen = client.found(name="events", count=1, seconds=20)
    client.submit(uri="//Alice", call=transfer(1_000))
    while not any("Balances.Transfer" in block for block in seen):
        known = len(seen)
        seen = client.found(name="events", count=known + 1, seconds=20)
        assert len(seen) > known, seen


def test_a_gap_in_the_nonces_is_filled_later(client: Client, devnet: NodeProcess) -> None:
    nonce = client.runtime_call(address=BOB)

    client.submit(uri="//Bob", call=transfer(1_000, dest=ALICE), nonce=nonce + 1, wait="none")
    receipt = client.submit(uri="//Bob", call=transfer(1_000, dest=ALICE), nonce=nonce)

    assert receipt["success"] is True
    best = int(devnet.call("chain_getHeader")["number"], 16)
    devnet.wait_for_block(best + 2)
    assert client.runtime_call(address=BOB) == nonce + 2


@pytest.fixture
def elsewhere(client: Client, devnet: NodeProcess) -> Iterator[Client]:
    """The client, to be connected to another node; the next test finds it at the devnet again."""
    yield client
    client.connect(url=devnet.url)


def test_a_higher_tip_replaces_an_extrinsic_that_waits(elsewhere: Client, tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "manual") as node:
        elsewhere.connect(url=node.url)
        elsewhere.submit(uri="//Bob", call=transfer(1_000, dest=ALICE), nonce=0, tip=1, wait="none")

        with pytest.raises(ClientError, match=r"1014|[Pp]riority"):
            elsewhere.submit(uri="//Bob", call=transfer(2_000, dest=ALICE), nonce=0, tip=1, wait="none")
        elsewhere.submit(uri="//Bob", call=transfer(3_000, dest=ALICE), nonce=0, tip=2, wait="none")
        node.call("dev_newBlock")

        assert elsewhere.account(address=ALICE) == {"nonce": 0, "free": 10**15 + 3_000}


def test_it_connects_again_after_the_node_was_restarted_with_its_data(elsewhere: Client, tmp_path: Path) -> None:
    arguments = ("--base-path", str(tmp_path / "chain"), "--sealing", "100")
    with running(tmp_path, *arguments) as first:
        elsewhere.connect(url=first.url)
        receipt = elsewhere.submit(uri="//Alice", call=transfer(10**9))
        port = first.port

    with running(tmp_path, *arguments, port=port) as again:
        elsewhere.connect(url=again.url)
        assert elsewhere.account(address=ALICE)["nonce"] == 1
        assert again.call("chain_getBlock", receipt["block"]) is not None
        assert elsewhere.submit(uri="//Alice", call=transfer(10**9))["success"] is True
