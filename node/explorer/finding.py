"""What a text that somebody looks for names: blocks, extrinsics, accounts, subnets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from chain.hashing import blake2_256
from chain.keys import KeyFormatError, decode_ss58, encode_ss58
from chain.types import H256, AccountId
from node.node import Node
from runtime.units import NetUid

BLOCKS_A_TURN = 100
"""How many blocks are searched for an extrinsic before others have their turn."""
HASH_DIGITS = 64


async def find(node: Node, text: str) -> list[dict[str, Any]]:
    """What `text` names, the likeliest first."""
    asked = text.strip().removeprefix("#").replace(",", "")
    return [*_by_number(node, asked), *await _by_hash(node, asked.removeprefix("0x")), *_by_address(asked)]


def _by_number(node: Node, text: str) -> Iterator[dict[str, Any]]:
    if not (text.isascii() and text.isdecimal()):
        return
    number = int(text[:20])
    if node.chain.hash_of(number) is not None:
        yield {"kind": "block", "block": number}
    if number < 1 << 16 and node.runtime().registry.NetworksAdded[NetUid(number)]:
        yield {"kind": "subnet", "netuid": number}


async def _by_hash(node: Node, digits: str) -> list[dict[str, Any]]:
    try:
        wanted = H256(bytes.fromhex(digits)) if len(digits) == HASH_DIGITS else None
    except ValueError:
        return []
    if wanted is None:
        return []
    if node.chain.header(wanted) is not None:
        return [{"kind": "block", "block": wanted}]
    account = {"kind": "account", "address": encode_ss58(wanted)}
    # one that is there is found at once; a search among all extrinsics takes 20 us a block
    found = None if AccountId(wanted) in node.runtime().system.Account else await _extrinsic(node, wanted)
    return [account if found is None else found]


async def _extrinsic(node: Node, wanted: bytes) -> dict[str, Any] | None:
    """The extrinsic with this hash, the newest one, from the best block down to the first."""
    for turn, (_, block) in enumerate(node.chain.ancestry(node.chain.best.hash)):
        if turn % BLOCKS_A_TURN == BLOCKS_A_TURN - 1:
            await asyncio.sleep(0)
        for index, raw in enumerate(block.extrinsics):
            if blake2_256(raw) == wanted:
                return {"kind": "extrinsic", "block": block.header.number, "index": index}
    return None


def _by_address(text: str) -> Iterator[dict[str, Any]]:
    try:
        account = decode_ss58(text)
    except (KeyFormatError, ValueError):
        return
    yield {"kind": "account", "address": encode_ss58(account)}
