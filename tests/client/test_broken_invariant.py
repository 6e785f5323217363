"""A block after which the books do not agree is not kept, and stops the devnet, unless the checks are off."""

from __future__ import annotations

import time
from pathlib import Path

from support.chain import key_of
from support.process import NodeProcess, running
from support.wallet import CONSTRUCT, encode_call, sign, transfer

from chain.hashing import twox_128
from runtime.frame.call import RuntimeCall

ISSUANCE = twox_128(b"Balances") + twox_128(b"TotalIssuance")
ALICE, BOB = key_of("Alice"), key_of("Bob")


def break_issuance(node: NodeProcess) -> str:
    """Root writes an issuance that is not the sum of the accounts."""
    write = RuntimeCall(CONSTRUCT.call.find("System", "set_storage"), (((ISSUANCE, (1).to_bytes(8, "little")),),))
    return sign(node, ALICE, encode_call("Sudo.sudo", call=write))


def test_the_devnet_stops_and_keeps_the_last_good_block(tmp_path: Path) -> None:
    arguments = ("--sealing", "instant", "--base-path", str(tmp_path / "chain"))
    with running(tmp_path, *arguments) as node:
        node.call("author_submitExtrinsic", transfer(node, ALICE, BOB, 10**9))
        node.wait_for_block(1)
        node.call("author_submitExtrinsic", break_issuance(node))

        status = node.process.wait(timeout=10)

    assert status == 1
    assert "broken invariant: issuance = sum of accounts" in node.log
    assert "The last good block is #1" in node.log
    with running(tmp_path, *arguments) as node:
        assert int(node.call("chain_getHeader")["number"], 16) == 1


def test_without_checks_it_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, "--sealing", "instant", "--no-check") as node:
        node.call("author_submitExtrinsic", break_issuance(node))

        node.wait_for_block(1)
        time.sleep(0.1)

        assert node.process.poll() is None
        assert node.call("state_getStorage", "0x" + ISSUANCE.hex()) is not None
