"""What the node says to extrinsics that may not be included: the wire code, and words that name what was wrong."""

from __future__ import annotations

import pytest
from support.chain import key_of
from support.process import NodeProcess, RpcFailure
from support.wallet import CONSTRUCT, encode_call, sign, transfer

from chain.keys import Keypair
from chain.scale.compact import encode_compact
from chain.types import Era

EVENTS = "0x26aa394eea5630e07c48ae0c9558cef780d41e5e16056765bc8461851072c9d7"
ALICE, BOB = key_of("Alice"), key_of("Bob")


def refused(node: NodeProcess, extrinsic: str) -> RpcFailure:
    """What the node answers; both ways of submitting must agree that it is an error."""
    with pytest.raises(RpcFailure) as failure:
        node.call("author_submitExtrinsic", extrinsic)
    return failure.value


@pytest.mark.parametrize(
    "extrinsic",
    ["0x", "0x00", "0xffffffff", "0x04ff", "0x1084d43593", "0x" + "ab" * 300],
    ids=["nothing", "no version", "bad length", "bad version", "cut short", "noise"],
)
def test_garbage_is_refused_as_badly_formatted(node: NodeProcess, extrinsic: str) -> None:
    failure = refused(node, extrinsic)

    assert failure.code == 1001
    assert failure.message.startswith("Extrinsic has invalid format: extrinsic")


def test_a_truncated_extrinsic_names_the_field_that_is_missing(node: NodeProcess) -> None:
    whole = bytes.fromhex(transfer(node, ALICE, BOB, 1)[2:])
    body = whole[2:-3]

    failure = refused(node, "0x" + (encode_compact(len(body)) + body).hex())

    assert failure.code == 1001
    assert "dest" in failure.message or "value" in failure.message


def test_left_over_bytes_are_refused(node: NodeProcess) -> None:
    body = bytes.fromhex(transfer(node, ALICE, BOB, 1)[2:])[2:] + b"\0"

    failure = refused(node, "0x" + (encode_compact(len(body)) + body).hex())

    assert (failure.code, failure.message) == (
        1001,
        "Extrinsic has invalid format: extrinsic: 1 bytes are left over",
    )


def test_a_wrong_signature_is_refused(node: NodeProcess) -> None:
    failure = refused(node, transfer(node, ALICE, BOB, 1, damage=True))

    assert (failure.code, failure.message) == (1010, "Invalid Transaction")
    assert failure.data == "Transaction has a bad signature"


def test_another_chains_genesis_makes_a_bad_signature(node: NodeProcess) -> None:
    failure = refused(node, transfer(node, ALICE, BOB, 1, genesis=b"\1" * 32))

    assert failure.data == "Transaction has a bad signature"


def test_another_spec_version_makes_a_bad_signature(node: NodeProcess) -> None:
    failure = refused(node, transfer(node, ALICE, BOB, 1, spec_version=424))

    assert failure.data == "Transaction has a bad signature"


def test_a_used_nonce_is_outdated(node: NodeProcess) -> None:
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1))
    node.call("dev_newBlock")

    failure = refused(node, transfer(node, ALICE, BOB, 2, nonce=0))

    assert (failure.code, failure.data) == (1010, "Transaction is outdated")


def test_a_future_nonce_waits_for_those_before_it(node: NodeProcess) -> None:
    nonce = node.call("system_accountNextIndex", BOB.address)

    node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, 1, nonce=nonce + 1))
    assert node.call("author_pendingExtrinsics") == []
    node.call("author_submitExtrinsic", transfer(node, BOB, ALICE, 1, nonce=nonce))
    node.call("dev_newBlock")

    assert node.call("system_accountNextIndex", BOB.address) == nonce + 2


def test_a_dead_era_has_a_birth_block_that_is_not_known(node: NodeProcess) -> None:
    node.call("dev_newBlock", {"count": 12})

    # era of 4 blocks that began at block 4: by now the chain looks for another birth block
    failure = refused(node, transfer(node, ALICE, BOB, 1, era=Era.mortal(4, 4), birth_hash=b"\2" * 32))

    assert failure.data == "Transaction has a bad signature"


def test_an_era_that_begins_ahead_of_the_chain_is_refused(node: NodeProcess) -> None:
    best = int(node.call("chain_getHeader")["number"], 16)

    failure = refused(node, transfer(node, ALICE, BOB, 1, era=Era(64, (best + 20) % 64)))

    assert failure.data in ("Transaction has an ancient birth block", "Transaction has a bad signature")


def test_an_unknown_pallet_and_an_unknown_call_are_named(node: NodeProcess) -> None:
    no_pallet = refused(node, sign(node, ALICE, b"\xfe\0"))
    no_call = refused(node, sign(node, ALICE, b"\5\xee"))

    assert no_pallet.message == "Extrinsic has invalid format: extrinsic.call: no pallet has index 254"
    assert no_call.message == "Extrinsic has invalid format: extrinsic.call: Balances has no call 238"


def test_an_account_that_cannot_pay_is_refused(node: NodeProcess) -> None:
    pauper = Keypair.from_uri("//Pauper")

    failure = refused(node, transfer(node, pauper, BOB, 1))

    assert (failure.code, failure.data) == (
        1010,
        "Inability to pay some fees (e.g. account balance too low)",
    )


def test_a_call_of_sudo_by_somebody_else_is_refused(node: NodeProcess) -> None:
    from runtime.frame.call import RuntimeCall

    remark = RuntimeCall(CONSTRUCT.call.find("System", "remark"), (b"",))

    failure = refused(node, sign(node, BOB, encode_call("Sudo.sudo", call=remark)))

    assert (failure.code, failure.data) == (1010, "Invalid signing address")


def test_calls_that_are_nested_too_deeply_are_refused(node: NodeProcess) -> None:
    deep = b"\x0c\x00" * 40 + b"\x00\x00\x00"

    failure = refused(node, sign(node, ALICE, deep))

    assert failure.code == 1001
    assert "nested more than" in failure.message


def test_ten_thousand_nested_lists_of_calls_do_not_exhaust_the_node(node: NodeProcess) -> None:
    deep = b"\x0b\x00\x04" * 10_000 + b"\x00\x00\x00"

    assert refused(node, sign(node, ALICE, deep)).code == 1001
    assert node.call("system_chain") == "Bittensor"


def test_a_batch_of_ten_thousand_calls_is_made_whole(node: NodeProcess) -> None:
    one = encode_call("Balances.transfer_keep_alive", dest=BOB, value=1)
    batch = b"\x0b\x00" + encode_compact(10_000) + one * 10_000
    account = "0x" + CONSTRUCT.accessor("System", "Account").key(BOB.account).hex()
    before = node.call("state_getStorage", account)

    node.call("author_submitExtrinsic", sign(node, ALICE, batch))
    node.call("dev_newBlock")

    after = node.call("state_getStorage", account)
    assert int.from_bytes(bytes.fromhex(after[2:])[16:24], "little") == 10_000 + int.from_bytes(
        bytes.fromhex(before[2:])[16:24], "little"
    )


def test_a_call_that_fits_into_no_block_is_refused(node: NodeProcess) -> None:
    one = encode_call("Balances.force_transfer", source=BOB, dest=BOB, value=1)
    batch = b"\x0b\x00" + encode_compact(10_000) + one * 10_000

    failure = refused(node, sign(node, ALICE, batch))

    assert (failure.code, failure.data) == (1010, "Transaction would exhaust the block limits")


def test_a_batch_above_the_limit_fails_with_its_error_and_costs_its_fee(node: NodeProcess) -> None:
    one = encode_call("System.remark", remark=b"")
    batch = b"\x0b\x00" + encode_compact(10_923) + one * 10_923

    nonce = node.call("system_accountNextIndex", ALICE.address)
    account = "0x" + CONSTRUCT.accessor("System", "Account").key(ALICE.account).hex()
    before = node.call("state_getStorage", account)

    node.call("author_submitExtrinsic", sign(node, ALICE, batch))
    node.call("dev_newBlock")

    # Utility is pallet 11 and TooManyCalls its error 0
    assert "030b00000000" in node.call("state_getStorage", EVENTS)
    assert node.call("system_accountNextIndex", ALICE.address) == nonce + 1
    assert int.from_bytes(bytes.fromhex(before[2:])[16:24], "little") > int.from_bytes(
        bytes.fromhex(node.call("state_getStorage", account)[2:])[16:24], "little"
    )


def test_an_inherent_from_outside_is_refused(node: NodeProcess) -> None:
    raw = CONSTRUCT.format.encode_bare(encode_call("Timestamp.set", now=1))

    failure = refused(node, "0x" + raw.hex())

    assert failure.data == "Transaction dispatch is mandatory; transactions must not be validated."


def test_an_unsigned_call_is_refused(node: NodeProcess) -> None:
    raw = CONSTRUCT.format.encode_bare(encode_call("System.remark", remark=b""))

    failure = refused(node, "0x" + raw.hex())

    assert (failure.code, failure.message) == (1011, "Unknown Transaction Validity")


def test_the_same_extrinsic_twice_is_refused_while_it_waits(node: NodeProcess) -> None:
    extrinsic = transfer(node, ALICE, BOB, 77)
    node.call("author_submitExtrinsic", extrinsic)

    failure = refused(node, extrinsic)

    assert (failure.code, failure.message) == (1013, "Transaction Already Imported")
    node.call("dev_newBlock")


def test_a_higher_tip_replaces_and_the_same_tip_does_not(node: NodeProcess) -> None:
    nonce = node.call("system_accountNextIndex", ALICE.address)
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 1, nonce=nonce, tip=5))

    failure = refused(node, transfer(node, ALICE, BOB, 2, nonce=nonce, tip=5))
    node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 3, nonce=nonce, tip=6))

    assert failure.code == 1014
    assert len(node.call("author_pendingExtrinsics")) == 1
    node.call("dev_newBlock")


def test_a_refused_extrinsic_changes_nothing(node: NodeProcess) -> None:
    before = node.call("chain_getHeader")["stateRoot"], node.call("author_pendingExtrinsics")

    refused(node, transfer(node, ALICE, BOB, 1, damage=True))

    assert (node.call("chain_getHeader")["stateRoot"], node.call("author_pendingExtrinsics")) == before
