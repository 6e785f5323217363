"""`dev_*`: move the chain about, as Chopsticks names it. Only for callers on this machine."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

from chain.errors import ChainError, TransactionError
from node.node import Node
from node.rpc.errors import RpcError, invalid_params
from node.rpc.methods import method
from node.rpc.parameters import Hash, Signed
from node.values.given import ValueFault
from node.values.storage import storage_changes

MAX_BLOCKS = 100_000
BLOCKS_A_TURN = 64
CANNOT = -32000


@method(unsafe=True)
async def dev_newBlock(node: Node, params: dict[str, Any] | None = None) -> bytes:
    """Make blocks: `count` of them, or up to number `to`; the first holds `transactions`, else what the pool has.

    `unsafeBlockHeight` gives the first block that number, whatever came before. The hash of the last block.
    """
    asked = dict(params or {})
    count, to = asked.pop("count", None), asked.pop("to", None)
    transactions, height = asked.pop("transactions", None), asked.pop("unsafeBlockHeight", None)
    if asked:
        raise invalid_params(f"unknown field `{next(iter(asked))}`")
    for name, value in (("count", count), ("to", to), ("unsafeBlockHeight", height)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise invalid_params(f"`{name}` is not a whole number")
    if to is not None:
        count = to - node.chain.best.number
    if count is None:
        count = 1
    if not 0 <= count <= MAX_BLOCKS:
        raise invalid_params(f"{count} blocks: at least 0 and at most {MAX_BLOCKS} can be made at once")
    extrinsics = None if transactions is None else [_hex(text) for text in transactions]
    if height is not None and height <= node.chain.best.number:
        raise invalid_params(f"`unsafeBlockHeight` {height} is not above the present {node.chain.best.number}")
    made: bytes = node.chain.best.hash
    for number in range(count):
        if number % BLOCKS_A_TURN == BLOCKS_A_TURN - 1:
            await asyncio.sleep(0)  # so that subscribers are served, and others get their turn
        made = _make(node, extrinsics, height)
        extrinsics = height = None
    return made


def _hex(text: Any) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except (AttributeError, ValueError):
        raise invalid_params("`transactions` are not hexadecimal") from None


def _make(node: Node, extrinsics: list[bytes] | None, height: int | None) -> bytes:
    try:
        if height is not None and height != node.chain.best.number + 1:
            return node.author.author(extrinsics=extrinsics, overrides={}, number=height)
        return node.make_block(extrinsics=extrinsics)
    except TransactionError as error:
        raise RpcError(CANNOT, f"a transaction may not be included: {error}") from None
    except ChainError as error:
        raise RpcError(CANNOT, str(error)) from None


@method(unsafe=True)
def dev_timeTravel(node: Node, date: int | str) -> int:
    """Set the node's clock, to milliseconds since 1970 or to an ISO date; the next block has that time.

    The time set, in milliseconds.
    """
    if isinstance(date, str):
        try:
            parsed = datetime.datetime.fromisoformat(date)
        except ValueError:
            raise invalid_params("`date` is neither milliseconds nor an ISO date") from None
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=datetime.UTC)
        date = round(parsed.timestamp() * 1000)
    before = node.runtime().timestamp.Now
    if date <= before:
        raise invalid_params(f"`date` {date} is not after the last block's time {before}")
    node.clock.set_ms(date)
    return date


@method(unsafe=True)
def dev_setStorage(node: Node, values: list[Any] | dict[str, Any], block_hash: Hash | None = None) -> bytes:
    """Write storage into a new block state: raw pairs `[[key, value], ...]`, or by pallet and item
    `{"System": {"Account": [[[key], {"data": {"free": 1}}]]}}`; null removes. The hash of the block that has it.
    """
    if block_hash is not None and block_hash != node.chain.best.hash:
        node.set_head(block_hash)
    try:
        changes = storage_changes(node.runtime(), values)
    except ValueFault as error:
        raise invalid_params(str(error)) from None
    try:
        return node.write_storage(changes)
    except ChainError as error:
        raise RpcError(CANNOT, str(error)) from None


@method(unsafe=True)
def dev_setHead(node: Node, hash_or_number: Hash | Signed) -> bytes:
    """Make a block the head, by hash or by number (a negative one counts back); its hash."""
    if isinstance(hash_or_number, int):
        number = hash_or_number if hash_or_number >= 0 else node.chain.best.number + hash_or_number
        found = node.chain.hash_of(number)
        if found is None:
            raise invalid_params(f"there is no block {number}")
        block = found
    else:
        block = hash_or_number
    node.set_head(block)
    return block
