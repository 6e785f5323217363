"""What a text that somebody looks for names: blocks, extrinsics, accounts, subnets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chain.hashing import blake2_256
from chain.keys import KeyFormatError, decode_ss58, encode_ss58
from chain.types import H256
from node.node import Node
from runtime.units import NetUid

SEARCHED_BLOCKS = 256
SEARCHED_EXTRINSICS = 4096
"""How many of the newest blocks and extrinsics are searched for an extrinsic's hash."""
HASH_DIGITS = 64


def find(node: Node, text: str) -> list[dict[str, Any]]:
    """What `text` names, the likeliest first."""
    asked = text.strip().removeprefix("#").replace(",", "")
    return [*_by_number(node, asked), *_by_hash(node, asked.removeprefix("0x")), *_by_address(asked)]


def _by_number(node: Node, text: str) -> Iterator[dict[str, Any]]:
    if not (text.isascii() and text.isdecimal()):
        return
    number = int(text[:20])
    if node.chain.hash_of(number) is not None:
        yield {"kind": "block", "block": number}
    if number < 1 << 16 and node.runtime().registry.NetworksAdded[NetUid(number)]:
        yield {"kind": "subnet", "netuid": number}


def _by_hash(node: Node, digits: str) -> Iterator[dict[str, Any]]:
    try:
        wanted = H256(bytes.fromhex(digits)) if len(digits) == HASH_DIGITS else None
    except ValueError:
        return
    if wanted is None:
        return
    if node.chain.header(wanted) is not None:
        yield {"kind": "block", "block": wanted}
        return
    yield from [*_extrinsics(node, wanted)] or [{"kind": "account", "address": encode_ss58(wanted)}]


def _extrinsics(node: Node, wanted: bytes) -> Iterator[dict[str, Any]]:
    best, seen = node.chain.best.number, 0
    for number in range(best, max(best - SEARCHED_BLOCKS, -1), -1):
        block_hash = node.chain.hash_of(number)
        block = None if block_hash is None else node.chain.block(block_hash)
        for index, raw in enumerate(() if block is None else block.extrinsics):
            if blake2_256(raw) == wanted:
                yield {"kind": "extrinsic", "block": number, "index": index}
            seen += 1
        if seen > SEARCHED_EXTRINSICS:
            return


def _by_address(text: str) -> Iterator[dict[str, Any]]:
    try:
        account = decode_ss58(text)
    except (KeyFormatError, ValueError):
        return
    yield {"kind": "account", "address": encode_ss58(account)}
