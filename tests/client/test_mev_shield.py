"""The MEV shield on a real node: what is encrypted for its next key is opened behind its carrier, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt
from pqcrypto.kem import ml_kem_768
from support.chain import key_of
from support.process import NodeProcess, RpcFailure, running, taonet
from support.wallet import CONSTRUCT, encode_call, sign, transfer

from chain.hashing import twox_128
from chain.keys import Keypair
from chain.types import Era

ALICE, BOB = key_of("Alice"), key_of("Bob")
NEXT_KEY = "0x" + CONSTRUCT.accessor("MevShield", "NextKey").prefix.hex()
ERA_BLOCKS = 8


def next_key(node: NodeProcess) -> bytes:
    """The key that clients encrypt for, once there is one."""
    node.call("dev_newBlock", {"count": 3})
    found, _ = CONSTRUCT.accessor("MevShield", "NextKey").value.decode(
        bytes.fromhex(node.call("state_getStorage", NEXT_KEY)[2:]), 0
    )
    assert len(found) == 1184
    return bytes(found)


def encrypt(public: bytes, plain: bytes) -> bytes:
    kem, secret = ml_kem_768.encaps(public)
    nonce = bytes(range(24))
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(plain, None, nonce, secret)
    return twox_128(public) + len(kem).to_bytes(2, "little") + kem + nonce + sealed


def short_lived(node: NodeProcess) -> Era:
    number = int(node.call("chain_getHeader")["number"], 16)
    return Era(ERA_BLOCKS, number % ERA_BLOCKS)


def carrier(node: NodeProcess, who: Keypair, ciphertext: bytes, nonce: int | None = None) -> str:
    what = encode_call("MevShield.submit_encrypted", ciphertext=ciphertext)
    return sign(node, who, what, nonce=nonce, era=short_lived(node))


def blocks_until(node: NodeProcess, extrinsic: str) -> list[str]:
    """The extrinsics of the block that has this one."""
    for _ in range(ERA_BLOCKS):
        block: list[str] = node.call("chain_getBlock", node.call("dev_newBlock"))["block"]["extrinsics"]
        if extrinsic in block:
            return block
    raise AssertionError("it was not included")


def test_an_encrypted_extrinsic_follows_its_carrier_byte_for_byte(node: NodeProcess) -> None:
    public = next_key(node)
    nonce = node.call("system_accountNextIndex", ALICE.address)
    inner = transfer(node, ALICE, BOB, 10**9, nonce=nonce + 1, era=short_lived(node))
    outer = carrier(node, ALICE, encrypt(public, bytes.fromhex(inner[2:])), nonce)
    node.call("author_submitExtrinsic", outer)

    block = blocks_until(node, outer)

    assert block[-2:] == [outer, inner]
    assert node.call("system_accountNextIndex", ALICE.address) == nonce + 2


@pytest.mark.parametrize("inside", [b"", b"no extrinsic", bytes.fromhex("1084d43593c7")])
def test_what_is_no_extrinsic_inside_leaves_the_carrier_alone(node: NodeProcess, inside: bytes) -> None:
    outer = carrier(node, BOB, encrypt(next_key(node), inside))
    node.call("author_submitExtrinsic", outer)

    assert blocks_until(node, outer)[-1] == outer


def test_what_was_changed_on_the_way_is_not_opened(node: NodeProcess) -> None:
    public, nonce = next_key(node), node.call("system_accountNextIndex", ALICE.address)
    inner = transfer(node, ALICE, BOB, 10**9, nonce=nonce + 1)
    sealed = encrypt(public, bytes.fromhex(inner[2:]))
    outer = carrier(node, ALICE, sealed[:-1] + bytes([sealed[-1] ^ 1]), nonce)
    node.call("author_submitExtrinsic", outer)

    assert blocks_until(node, outer)[-1] == outer
    assert node.call("system_accountNextIndex", ALICE.address) == nonce + 1


def test_what_is_encrypted_for_nobody_here_is_never_included(node: NodeProcess) -> None:
    stranger, _ = ml_kem_768.keygen()
    outer = carrier(node, BOB, encrypt(stranger, b"anything"))
    node.call("author_submitExtrinsic", outer)

    for _ in range(ERA_BLOCKS + 1):
        assert outer not in node.call("chain_getBlock", node.call("dev_newBlock"))["block"]["extrinsics"]


def test_bytes_that_are_no_ciphertext_are_refused_with_their_code(node: NodeProcess) -> None:
    with pytest.raises(RpcFailure) as failure:
        node.call("author_submitExtrinsic", carrier(node, BOB, b"\0"))

    assert (failure.value.code, failure.value.data) == (1010, "Custom error: 23")


def test_another_node_imports_blocks_with_keys_and_encrypted_extrinsics(tmp_path: Path) -> None:
    author, importer, blocks = (tmp_path / name for name in ("author", "importer", "blocks"))
    with running(tmp_path, "--base-path", str(author), "--sealing", "manual") as node:
        public = next_key(node)
        inner = transfer(node, ALICE, BOB, 10**9, nonce=1)
        outer = carrier(node, ALICE, encrypt(public, bytes.fromhex(inner[2:])), 0)
        node.call("author_submitExtrinsic", outer)
        assert blocks_until(node, outer)[-1] == inner
        best = int(node.call("chain_getHeader")["number"], 16)

    common = ("--chain", "dev", "--preset", "fast")
    assert taonet("export-blocks", str(blocks), *common, "--base-path", str(author)).returncode == 0
    done = taonet("import-blocks", str(blocks), *common, "--base-path", str(importer))

    assert f"Imported {best} blocks, best is #{best}" in done.stderr.decode()
