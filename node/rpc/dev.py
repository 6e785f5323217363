"""`dev_*`: move the chain about, as Chopsticks names it. Only for callers on this machine."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chain.errors import ChainError, TransactionError
from chain.types import H256, AccountId
from node.dev import accounts, dry_run
from node.dev import time as dev_time
from node.node import Node
from node.rpc.errors import RpcError, invalid_params
from node.rpc.methods import method
from node.rpc.parameters import Hash, Signed
from node.sealing import Sealing
from node.values.given import account_of, call_of
from node.values.names import ValueFault
from node.values.storage import storage_changes
from runtime.frame.call import RuntimeCall

BLOCKS_A_TURN = 64
CANNOT = -32000


@contextmanager
def _refusals() -> Iterator[None]:
    """What the chain refuses is told in its words."""
    try:
        yield
    except ValueFault as error:
        raise invalid_params(str(error)) from None
    except TransactionError as error:
        raise RpcError(CANNOT, f"a transaction may not be included: {error}") from None
    except ChainError as error:
        raise RpcError(CANNOT, str(error)) from None


async def _last_of(node: Node, blocks: Iterator[H256]) -> bytes:
    """Make blocks, letting subscribers be served and others have their turn on the way; the hash of the last."""
    with _refusals():
        for number, _ in enumerate(blocks, 1):
            if number % BLOCKS_A_TURN == 0:
                await asyncio.sleep(0)
    return node.chain.best.hash


@method(unsafe=True)
async def dev_newBlock(node: Node, params: dict[str, Any] | None = None) -> bytes:
    """Make blocks: `count` of them, or up to number `to`; the first holds `transactions`, else what the pool has.

    With `jump`, blocks up to `to` in which nothing would happen by itself are left out, and time passes as if they had
    been made. `unsafeBlockHeight` gives the first block that number, whatever came before. The hash of the last block.
    """
    asked = dict(params or {})
    count, to = asked.pop("count", None), asked.pop("to", None)
    transactions, height = asked.pop("transactions", None), asked.pop("unsafeBlockHeight", None)
    jump = asked.pop("jump", False)
    if asked:
        raise invalid_params(f"unknown field `{next(iter(asked))}`")
    for name, value in (("count", count), ("to", to), ("unsafeBlockHeight", height)):
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            raise invalid_params(f"`{name}` is not a whole number")
    if jump:
        if to is None or transactions is not None or height is not None:
            raise invalid_params("`jump` goes with `to` and nothing else")
        return await _last_of(node, dev_time.jump_to(node, to))
    if to is not None:
        count = to - node.chain.best.number
    if count is None:
        count = 1
    if not 0 <= count <= dev_time.MAX_BLOCKS:
        raise invalid_params(f"{count} blocks: at least 0 and at most {dev_time.MAX_BLOCKS} can be made at once")
    extrinsics = None if transactions is None else [_hex(text) for text in transactions]
    if height is not None and height <= node.chain.best.number:
        raise invalid_params(f"`unsafeBlockHeight` {height} is not above the present {node.chain.best.number}")
    return await _last_of(node, _blocks(node, count, extrinsics, height))


def _blocks(node: Node, count: int, extrinsics: list[bytes] | None, height: int | None) -> Iterator[H256]:
    if count and height is not None and height != node.chain.best.number + 1:
        yield node.author.author(extrinsics=extrinsics, overrides={}, number=height)
        count -= 1
    elif count and extrinsics is not None:
        yield node.make_block(extrinsics=extrinsics)
        count -= 1
    yield from dev_time.make_blocks(node, count)


def _hex(text: Any) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except (AttributeError, ValueError):
        raise invalid_params("`transactions` are not hexadecimal") from None


@method(unsafe=True)
async def dev_advanceEpoch(node: Node, netuid: int, count: int = 1) -> bytes:
    """Make blocks until the next `count` epochs of a subnet have been; the hash of the last block."""
    return await _last_of(node, dev_time.advance_epoch(node, netuid, count))


@method(unsafe=True)
def dev_timeTravel(node: Node, date: int | str) -> int:
    """Set the node's clock, to milliseconds since 1970 or to an ISO date; the next block has that time.

    It never goes back behind the last block. The time set, in milliseconds.
    """
    if isinstance(date, str):
        try:
            parsed = datetime.datetime.fromisoformat(date)
        except ValueError:
            raise invalid_params("`date` is neither milliseconds nor an ISO date") from None
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=datetime.UTC)
        date = round(parsed.timestamp() * 1000)
    try:
        dev_time.set_clock(node, date)
    except dev_time.TimeError as error:
        raise invalid_params(f"`date` {error}") from None
    return date


@method(unsafe=True)
def dev_setStorage(node: Node, values: list[Any] | dict[str, Any], block_hash: Hash | None = None) -> bytes:
    """Write storage into a new block state: raw pairs `[[key, value], ...]`, or by pallet and item
    `{"System": {"Account": [[[key], {"data": {"free": 1}}]]}}`; null removes. The hash of the block that has it.

    Fields left out of a struct have its defaults; `{"System": {"$removePrefix": ["Account"]}}` removes a whole item.
    """
    if block_hash is not None and block_hash != node.chain.best.hash:
        node.set_head(block_hash)
    with _refusals():
        return node.write_storage(storage_changes(node.runtime(), values))


@method(unsafe=True)
def dev_setHead(node: Node, hash_or_number: Hash | Signed) -> bytes:
    """Make a block the head, by hash or by number (a negative one counts back); its hash.

    What came after it stays in the database and can be the head again.
    """
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


@method(unsafe=True)
def dev_snapshot(node: Node, name: str | None = None) -> str:
    """Remember what the node is now - chain, pool and clock - under a name or a number; its id. They nest."""
    with _refusals():
        return node.snapshots.take(name)


@method(unsafe=True)
def dev_snapshots(node: Node) -> list[dict[str, Any]]:
    """The snapshots that can be gone back to, the oldest first: id, and number of the block."""
    return [{"id": name, "number": number} for name, number in node.snapshots.list()]


@method(unsafe=True)
def dev_revert(node: Node, id: str) -> bytes:
    """Go back to a snapshot, which is used up, and with it those that were taken later; the hash of the head."""
    with _refusals():
        return node.snapshots.revert(id)


@method(unsafe=True)
def dev_fund(node: Node, address: str, rao: int) -> bytes:
    """Make new TAO for an account: an address, or a secret URI such as `//Alice`. The hash of the block that has it.

    Both counters of the issuance grow by it, within the cap.
    """
    with _refusals():
        return accounts.fund(node, account_of(address, "address"), rao)


@method(unsafe=True)
def dev_impersonate(node: Node, address: str | None = None, enabled: bool = True) -> bytes:
    """Let an account - everybody without one - act with the mock signature `0xdeadbeefcdcd...`, or end that.

    It stands in the state, so blocks execute again alike. The hash of the block from which it holds.
    """
    with _refusals():
        return accounts.impersonate(node, None if address is None else account_of(address, "address"), enabled)


@method(unsafe=True)
def dev_setSealing(node: Node, sealing: int | str) -> str:
    """Make blocks in another way: `instant`, `manual`, or so many milliseconds apart. What it was before."""
    if node.sealer is None:
        raise RpcError(CANNOT, "this node makes no blocks by itself")
    try:
        asked = Sealing.parse(str(sealing))
    except ValueError as error:
        raise invalid_params(f"`sealing` {error}") from None
    before = str(node.sealer.sealing.period_ms or node.sealer.sealing.kind)
    node.sealer.change(asked)
    return before


@method(unsafe=True)
def dev_dryRun(node: Node, extrinsic: str | dict[str, Any], at: Hash | None = None) -> dict[str, Any]:
    """What an extrinsic would do in the next block, with nothing kept.

    `extrinsic` is one in hexadecimal, or `{"call": {"pallet", "name", "args"}, "address"}` that nobody has to sign.
    Told are the `outcome` (success, failed, refused), the `fee` in rao, `events`, and `storage` by pallet and item with
    each key's value `before` and `after`. Of a failure the `error`: pallet, name, what it means, and the line of the
    pallet that raised it.
    """
    with _refusals():
        if isinstance(extrinsic, str):
            return dry_run.dry_run(node, _hex(extrinsic), at)
        who, call = _call_by(node, extrinsic)
        return dry_run.dry_run_call(node, who, call, at)


def _call_by(node: Node, asked: dict[str, Any]) -> tuple[AccountId, RuntimeCall]:
    call = asked.get("call")
    if set(asked) != {"call", "address"} or not isinstance(call, dict) or not {"pallet", "name"} <= set(call):
        raise invalid_params("`extrinsic` is neither hexadecimal nor {call: {pallet, name, args}, address}")
    codec = node.runtime().construct.call
    return account_of(asked["address"], "address"), call_of(codec, call["pallet"], call["name"], call.get("args") or {})
