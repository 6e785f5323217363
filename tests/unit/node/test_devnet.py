"""A chain within a Python program."""

from __future__ import annotations

import asyncio
import datetime
import json
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import TransactionError
from node.dev.accounts import FundingError
from node.dev.fork import ForkError
from node.dev.snapshots import SnapshotError
from node.dev.time import TimeError
from node.devnet import CallFailed, Devnet
from node.values.given import dev_key
from node.values.names import ValueFault

TAO = 10**9


@pytest.fixture(scope="module")
def shared() -> Iterator[Devnet]:
    with Devnet("two-subnets") as made:
        yield made


@pytest.fixture
def chain(shared: Devnet) -> Iterator[Devnet]:
    with shared.snapshot():
        yield shared


def ask(chain: Devnet, method: str, *params: Any) -> Any:
    """What a client over HTTP is answered."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(chain.url.replace("ws", "http"), body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read())["result"]


def pay_zoe_and_raise(chain: Devnet) -> None:
    chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)
    raise ZeroDivisionError


# -- calls


def test_a_call_by_name_is_in_a_block_of_its_own(chain: Devnet) -> None:
    before, number = chain.balance("//Zoe"), chain.number

    receipt = chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value="1.5 TAO")

    assert chain.balance("//Zoe") == before + 1_500_000_000
    assert chain.number == number + 1
    transfer = receipt.find("Transfer")
    assert (transfer.amount, transfer.to) == (1_500_000_000, dev_key("//Zoe").account)
    assert receipt.fee > 0
    assert receipt.events[-1] == chain.events[-1]


def test_accounts_are_named_by_address_and_key_too(chain: Devnet) -> None:
    for who in ("//Alice", chain.address("//Alice"), dev_key("//Alice"), dev_key("//Alice").account):
        chain.submit("Balances.transfer_keep_alive", who, dest="//Zoe", value=TAO)

    assert chain.balance(chain.address("//Zoe")) == 4 * TAO


def test_a_receipt_says_which_events_there_are(chain: Devnet) -> None:
    receipt = chain.submit("System.remark", "//Alice", remark=b"hello")

    with pytest.raises(LookupError, match=r"no event Transfer; there are .*ExtrinsicSuccess"):
        receipt.find("Transfer")


def test_a_call_that_fails_keeps_its_fee_and_says_where(chain: Devnet) -> None:
    before = chain.balance("//Dave")

    with pytest.raises(CallFailed, match=r"NotEnoughBalanceToStake.*runtime/\S+\.py:\d+") as caught:
        chain.submit(
            "SubtensorModule.add_stake", "//Dave", hotkey="//Validator1_hk", netuid=1, amount_staked=before + 1
        )

    fee = caught.value.receipt.fee
    assert fee > 0
    assert chain.balance("//Dave") == before - fee


def test_root_makes_calls(chain: Devnet) -> None:
    chain.sudo("AdminUtils.sudo_set_tempo", netuid=1, tempo=33)

    assert chain.query("SubtensorModule.Tempo", 1) == 33
    with pytest.raises(CallFailed, match="SubnetDoesNotExist"):
        chain.sudo("AdminUtils.sudo_set_tempo", netuid=9, tempo=33)


def test_calls_are_arguments_of_calls(chain: Devnet) -> None:
    inner = [chain.call("Balances.transfer_keep_alive", dest=f"//New{n}", value=TAO) for n in range(3)]

    chain.submit("Utility.batch_all", "//Alice", calls=inner)

    assert [chain.balance(f"//New{n}") for n in range(3)] == [TAO] * 3


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("Balance.burn", {}, "no pallet Balance.*did you mean Balances"),
        ("Balances.transfer_keep_alve", {}, "no call transfer_keep_alve; did you mean transfer_keep_alive"),
        ("Balances", {}, "Balances"),
        ("Balances.transfer_keep_alive", {"dst": "//Bob", "value": 1}, "dst.*did you mean dest"),
        ("Balances.transfer_keep_alive", {"dest": "//Bob"}, "value"),
        ("Balances.transfer_keep_alive", {"dest": "Bob", "value": 1}, "'Bob'"),
        ("Balances.transfer_keep_alive", {"dest": "//Bob", "value": -1}, "value"),
        ("Balances.transfer_keep_alive", {"dest": "//Bob", "value": "5 alpha@1"}, "TAO"),
        ("Balances.transfer_keep_alive", {"dest": "//Bob", "value": "5 TOA"}, "did you mean TAO"),
    ],
)
def test_what_is_misspelt_is_refused_and_no_block_is_made(
    chain: Devnet, name: str, arguments: dict[str, Any], message: str
) -> None:
    head = chain.head

    with pytest.raises(ValueFault, match=message):
        chain.submit(name, "//Alice", **arguments)

    assert chain.head == head


# -- blocks


def test_many_calls_share_a_block(chain: Devnet) -> None:
    number = chain.number

    with chain.block() as block:
        for n in range(5):
            chain.submit("Balances.transfer_keep_alive", "//Alice", dest=f"//New{n}", value=TAO)
        assert chain.number == number

    assert chain.number == number + 1
    assert [receipt.index for receipt in block.receipts] == sorted(receipt.index for receipt in block.receipts)
    assert len(block.receipts) == 5
    assert sum(type(event).__name__ == "Transfer" for event in chain.events) == 5


def test_a_block_whose_body_raises_is_not_made(chain: Devnet) -> None:
    head = chain.head

    with pytest.raises(ZeroDivisionError), chain.block():
        pay_zoe_and_raise(chain)

    assert chain.head == head
    assert chain.balance("//Zoe") == 0
    chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)
    assert chain.balance("//Zoe") == TAO


def test_blocks_do_not_nest(chain: Devnet) -> None:
    with chain.block(), pytest.raises(ValueFault, match="being built already"), chain.block():
        pass


# -- what must fail


def test_reverts_wants_the_error_that_it_names(chain: Devnet) -> None:
    rich = chain.balance("//Bob") + 1

    def stake(amount: int) -> None:
        chain.submit("SubtensorModule.add_stake", "//Bob", hotkey="//Validator1_hk", netuid=1, amount_staked=amount)

    with chain.reverts("AmountTooLow"):
        stake(1)
    with chain.reverts("NotEnoughBalanceToStake"):
        stake(rich)

    with pytest.raises(AssertionError, match=r"expected AmountTooLow, it failed with .*NotEnoughBalanceToStake"):  # noqa: SIM117
        with chain.reverts("AmountTooLow"):
            stake(rich)
    with pytest.raises(AssertionError, match="expected AmountTooLow, it succeeded"), chain.reverts("AmountTooLow"):
        stake(10 * TAO)
    with (
        pytest.raises(ValueFault, match="no error AmountToLow; did you mean AmountTooLow"),
        chain.reverts("AmountToLow"),
    ):
        stake(1)


def test_reverts_knows_the_refusals_of_the_pool(chain: Devnet) -> None:
    with chain.reverts("Payment"):
        chain.submit("System.remark", "//Pauper", remark=b"")
    with pytest.raises(TransactionError, match="Payment"):
        chain.submit("System.remark", "//Pauper", remark=b"")
    with pytest.raises(AssertionError, match="expected Stale, it was refused with Payment"), chain.reverts("Stale"):
        chain.submit("System.remark", "//Pauper", remark=b"")


def test_a_dry_run_keeps_nothing(chain: Devnet) -> None:
    head = chain.head

    told = chain.dry_run("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)

    assert told["outcome"] == "success"
    assert "System" in told["storage"]
    assert chain.head == head
    assert chain.balance("//Zoe") == 0


# -- storage


def test_storage_is_read_by_name_now_and_then(chain: Devnet) -> None:
    number = chain.number
    chain.sudo("AdminUtils.sudo_set_tempo", netuid=1, tempo=33)

    assert chain.query("SubtensorModule.Tempo", 1) == 33
    assert chain.query("SubtensorModule.Tempo", 1, at=number) != 33
    assert chain.query("System.Number") == number + 1
    with pytest.raises(ValueFault, match="there is no block 999999"):
        chain.query("System.Number", at=999_999)


def test_what_is_not_stored_is_the_default(chain: Devnet) -> None:
    assert chain.query("SubtensorModule.Tempo", 1000) == 10
    assert chain.query("SubtensorModule.IdentitiesV2", "//Zoe") is None


def test_a_map_is_read_whole_and_under_its_first_keys(chain: Devnet) -> None:
    keys = chain.items("SubtensorModule.Keys")
    of_two = chain.items("SubtensorModule.Keys", 2)

    assert {uid: key for (netuid, uid), key in keys.items() if netuid == 2} == of_two
    assert list(of_two) == list(of_two)
    assert len(of_two) == chain.query("SubtensorModule.SubnetworkN", 2)
    with pytest.raises(ValueFault, match="TotalIssuance is not a map"):
        chain.items("Balances.TotalIssuance")


@pytest.mark.parametrize(
    ("name", "keys", "message"),
    [
        ("SubtensorModule.Temo", (1,), "did you mean Tempo"),
        ("SubtensorModul.Tempo", (1,), "did you mean SubtensorModule"),
        ("SubtensorModule.Tempo", (), "1 keys are needed, 0 given"),
        ("SubtensorModule.Tempo", (1, 2), "1 keys are needed, 2 given"),
        ("SubtensorModule.Tempo", (70_000,), "70000"),
        ("System.Account", ("Zoe",), "'Zoe'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    chain: Devnet, name: str, keys: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(ValueFault, match=message):
        chain.query(name, *keys)


def test_storage_is_written_by_name(chain: Devnet) -> None:
    chain.set_storage({"SubtensorModule": {"Tempo": [[[1], 77]]}})

    assert chain.query("SubtensorModule.Tempo", 1) == 77
    with pytest.raises(ValueFault, match="did you mean Tempo"):
        chain.set_storage({"SubtensorModule": {"Temppo": [[[1], 77]]}})


def test_funding_keeps_the_books_and_the_cap(chain: Devnet) -> None:
    issued = chain.query("Balances.TotalIssuance")

    chain.fund("//Zoe", "7 TAO")

    assert chain.balance("//Zoe") == 7 * TAO
    paid = chain.query("SubtensorModule.BlockEmission")
    assert chain.query("Balances.TotalIssuance") == issued + 7 * TAO + paid
    with pytest.raises(FundingError, match="cap"):
        chain.fund("//Zoe", "21000000 TAO")


# -- time


def test_going_on_by_blocks_to_a_block_and_to_an_epoch(chain: Devnet) -> None:
    number = chain.number

    assert chain.advance(3) == number + 3
    assert chain.advance_to(number + 7) == number + 7
    with pytest.raises(TimeError, match="behind the present"):
        chain.advance_to(number)

    epochs = chain.query("SubtensorModule.SubnetEpochIndex", 1)
    chain.advance_epoch(1, 2)
    assert chain.query("SubtensorModule.SubnetEpochIndex", 1) == epochs + 2
    with pytest.raises(TimeError, match="there is no subnet 9"):
        chain.advance_epoch(9)


def test_the_next_block_has_the_time_that_is_set(chain: Devnet) -> None:
    wanted = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)

    chain.set_time(wanted)
    chain.advance()

    assert chain.now == wanted
    with pytest.raises(TimeError, match="not after the last block"):
        chain.set_time(wanted)


def test_years_are_leapt_over_where_nothing_is_due() -> None:
    with Devnet("bare") as bare:
        bare.jump_to(2_000_000)
        assert bare.number == 2_000_000
        bare.advance()


def test_going_back_to_a_block(chain: Devnet) -> None:
    number, head = chain.number, chain.head
    chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)

    chain.set_head(number)

    assert chain.head == head
    assert chain.balance("//Zoe") == 0
    with pytest.raises(ValueFault, match="there is no block"):
        chain.set_head(number + 1000)


# -- snapshots


def test_snapshots_nest(chain: Devnet) -> None:
    with chain.snapshot():
        chain.fund("//Zoe", TAO)
        with chain.snapshot("inner"):
            chain.fund("//Zoe", TAO)
            assert chain.balance("//Zoe") == 2 * TAO
        assert chain.balance("//Zoe") == TAO
    assert chain.balance("//Zoe") == 0


def test_a_snapshot_is_used_up_by_going_back(chain: Devnet) -> None:
    taken = chain.take_snapshot()
    chain.revert(taken)

    with pytest.raises(SnapshotError, match=f"snapshot {taken} was used"):
        chain.revert(taken)
    with pytest.raises(SnapshotError, match="there is no snapshot nowhere"):
        chain.revert("nowhere")


def test_a_snapshot_is_gone_back_to_when_the_body_raises(chain: Devnet) -> None:
    with pytest.raises(ZeroDivisionError), chain.snapshot():
        pay_zoe_and_raise(chain)

    assert chain.balance("//Zoe") == 0


@settings(max_examples=25, deadline=None)
@given(amounts=st.lists(st.integers(500, 10**12), min_size=1, max_size=4))
def test_it_is_fast_enough_for_hypothesis(shared: Devnet, amounts: list[int]) -> None:
    with shared.snapshot():
        for amount in amounts:
            shared.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=amount)

        assert shared.balance("//Zoe") == sum(amounts)


# -- served


def test_clients_find_it_at_its_url_and_both_see_the_same() -> None:
    with Devnet("two-subnets") as chain:
        assert chain.url == chain.url
        assert ask(chain, "chain_getBlockHash") == f"0x{chain.head.hex()}"

        chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)
        assert ask(chain, "chain_getBlockHash") == f"0x{chain.head.hex()}"

        ask(chain, "dev_fund", "//Zoe", TAO)
        assert chain.balance("//Zoe") == 2 * TAO

        with chain.snapshot(), chain.block():
            chain.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)
        assert chain.balance("//Zoe") == 2 * TAO
        assert int(ask(chain, "chain_getHeader")["number"], 16) == chain.number


def test_closing_it_frees_its_port_and_ends_its_thread() -> None:
    chain = Devnet("bare")
    url = chain.url
    assert any(thread.name == "taonet" for thread in threading.enumerate())

    chain.close()
    chain.close()

    assert not any(thread.name == "taonet" for thread in threading.enumerate())
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url.replace("ws", "http"), timeout=5)


# -- states and forks


def test_a_chain_forks_a_running_one(chain: Devnet) -> None:
    first = chain.number
    chain.fund("//Zoe", TAO)
    with Devnet(state=chain.take_state()) as origin:
        origin.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)

        with Devnet(fork=origin.url) as fork:
            assert (fork.head, fork.balance("//Zoe")) == (origin.head, 2 * TAO)
            fork.submit("Balances.transfer_keep_alive", "//Alice", dest="//Zoe", value=TAO)
            assert (fork.balance("//Zoe"), origin.balance("//Zoe")) == (3 * TAO, 2 * TAO)

        with Devnet(fork=origin.url, fork_block=first + 1) as earlier:
            assert (earlier.number, earlier.balance("//Zoe")) == (first + 1, TAO)


def test_a_chain_forks_while_an_event_loop_runs(chain: Devnet) -> None:
    async def fork(url: str) -> int:
        with Devnet(fork=url) as made:
            return made.number

    with Devnet(state=chain.take_state()) as origin:
        assert asyncio.run(fork(origin.url)) == origin.number


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fork": "ws://127.0.0.1:9"}, "no node answers there"),
        ({"fork": "nowhere"}, "not an address such as ws://127.0.0.1:9944"),
        ({"fork": "ws://127.0.0.1:9", "state": "state.json"}, "state and fork exclude each other"),
        ({"fork_block": 5}, "fork_block goes with fork"),
        ({"scenario": "two-subnet"}, "did you mean two-subnets"),
        ({"constants": {"Temp": 5}}, "Temp.*did you mean"),
        ({"preset": "fats"}, "fats"),
    ],
)
def test_a_beginning_that_cannot_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(Exception, match=message) as caught:
        Devnet(**arguments)

    assert type(caught.value).__module__.startswith(("node.", "chain.", "genesis"))


def test_a_fork_wants_a_block_that_is_there(chain: Devnet) -> None:
    with Devnet(state=chain.take_state()) as origin, pytest.raises(ForkError, match="there is no block 999999"):
        Devnet(fork=origin.url, fork_block=999_999)


def test_a_state_file_keeps_its_own_constants(chain: Devnet, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    chain.export_state(path)

    with pytest.raises(ValueFault, match="a state has its constants already"):
        Devnet(state=path, constants={"Tempo": 20})
