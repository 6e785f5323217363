"""Blocks and their extrinsics as the explorer shows them: decoded, each extrinsic with its events and its outcome."""

from __future__ import annotations

from itertools import islice
from typing import Any

from chain.block import Block
from chain.errors import DecodeError, StateDiscarded
from chain.keys import encode_ss58
from chain.scale.compact import decode_compact
from chain.types import H256
from node.node import Node
from node.values.shown import error_json, event_json, extrinsic_json
from runtime.pallets.system import ApplyExtrinsic, EventRecord, System
from runtime.taonet import Taonet

SIGNED = 0x80
"""The bit of an extrinsic's first byte that says it is signed."""
SEARCHED_BLOCKS = 256
"""How many of the newest blocks are searched for signed extrinsics."""
MAX_CALLS = 5
"""How many of a block's signed calls are named in its line."""
MAX_BLOCK_EVENTS = 500
"""How many of the events that belong to no extrinsic are told of a block."""


def rows(node: Node, first: int, count: int) -> list[dict[str, Any]]:
    """A line for each of `count` blocks of the best chain, from number `first` down."""
    found = []
    for number in range(first, max(first - count, -1), -1):
        block_hash = node.chain.hash_of(number)
        if block_hash is not None:
            found.append(_row(node, block_hash))
    return found


def newest_signed(node: Node, count: int) -> list[dict[str, Any]]:
    """The newest `count` signed extrinsics, the last first, as far as the newest blocks have so many."""
    found: list[dict[str, Any]] = []
    now = node.runtime()
    for block_hash, stored in islice(node.chain.ancestry(node.chain.best.hash), SEARCHED_BLOCKS):
        signed = [index for index, raw in enumerate(stored.extrinsics) if _is_signed(raw)]
        if not signed:
            continue
        after = _runtime_after(node, block_hash)
        records = None if after is None else after.system.Events
        newest = signed[: len(found) - count - 1 : -1]
        found += [{"block": stored.header.number, **_extrinsic(now, stored, index, records)} for index in newest]
        if len(found) >= count:
            break
    return found


def _row(node: Node, block_hash: H256) -> dict[str, Any]:
    block = node.chain.block(block_hash)
    assert block is not None, "a canonical block is kept"
    now, after = node.runtime(), _runtime_after(node, block_hash)
    signed = [index for index, raw in enumerate(block.extrinsics) if _is_signed(raw)]
    return {
        "number": block.header.number,
        "hash": block_hash,
        "parent": block.header.parent_hash,
        "time": _time_of(now, block),
        "extrinsics": len(block.extrinsics),
        "signed": len(signed),
        "calls": [{"index": index, "name": _name_of(now, block.extrinsics[index])} for index in signed[:MAX_CALLS]],
        "events": None if after is None else after.system.EventCount,
    }


def _runtime_after(node: Node, block_hash: H256) -> Taonet | None:
    """The runtime over the state after a block; None where that is discarded."""
    try:
        found = node.runtime(block_hash)
    except StateDiscarded:
        return None
    # the best block's state must stay the one that is kept loaded, however many old ones are looked at
    node.runtime()
    return found


def _is_signed(raw: bytes) -> bool:
    _, at = decode_compact(raw, 0)
    return bool(raw[at] & SIGNED)


def _name_of(runtime: Taonet, raw: bytes) -> str:
    try:
        bound = runtime.construct.format.decode(raw).call.bound
    except DecodeError:
        return "unknown"
    return f"{bound.pallet}.{bound.name}"


def _time_of(runtime: Taonet, block: Block) -> int | None:
    """When a block was made, in milliseconds since 1970; None for one without that inherent."""
    for raw in block.extrinsics[:1]:
        try:
            call = runtime.construct.format.decode(raw).call
        except DecodeError:
            return None
        if (call.bound.pallet, call.bound.name) == ("Timestamp", "set"):
            return int(call.args[0])
    return None


def block(node: Node, block_hash: H256, first: int, limit: int) -> dict[str, Any] | None:
    """A block with `limit` of its extrinsics from index `first` on; None for an unknown one."""
    stored = node.chain.block(block_hash)
    if stored is None:
        return None
    header, now = stored.header, node.runtime()
    after = _runtime_after(node, block_hash)
    records = None if after is None else after.system.Events
    own = [] if records is None else [r for r in records if not isinstance(r.phase, ApplyExtrinsic)]
    shown = range(first, min(first + limit, len(stored.extrinsics)))
    return {
        "number": header.number,
        "hash": block_hash,
        "parent": header.parent_hash,
        "child": node.chain.hash_of(header.number + 1) if node.chain.is_canonical(block_hash) else None,
        "stateRoot": header.state_root,
        "extrinsicsRoot": header.extrinsics_root,
        "digest": [type(log).__name__ for log in header.digest.logs],
        "time": _time_of(now, stored),
        "author": None if after is None else _author_of(after, stored),
        "isBest": node.chain.is_canonical(block_hash),
        "isFinal": node.chain.is_canonical(block_hash) and header.number <= node.chain.finalized.number,
        "eventCount": None if records is None else len(records),
        "events": [event_json(now, record) for record in own[:MAX_BLOCK_EVENTS]],
        "extrinsicCount": len(stored.extrinsics),
        "extrinsics": [_extrinsic(now, stored, index, records) for index in shown],
    }


def extrinsic(node: Node, block_hash: H256, index: int) -> dict[str, Any] | None:
    """One extrinsic of a block with its events; None where there is none."""
    stored = node.chain.block(block_hash)
    if stored is None or index >= len(stored.extrinsics):
        return None
    after = _runtime_after(node, block_hash)
    now = node.runtime()
    return {
        "block": {"number": stored.header.number, "hash": block_hash, "time": _time_of(now, stored)},
        "raw": stored.extrinsics[index],
        **_extrinsic(now, stored, index, None if after is None else after.system.Events),
    }


def _author_of(after: Taonet, block: Block) -> str | None:
    slot, authorities = block.header.pre_runtime(b"aura"), after.aura.Authorities
    if slot is None or not authorities:
        return None
    return encode_ss58(authorities[int.from_bytes(slot, "little") % len(authorities)])


def _extrinsic(runtime: Taonet, block: Block, index: int, records: tuple[EventRecord, ...] | None) -> dict[str, Any]:
    """An extrinsic, its outcome and its events; `records` is None where the state after the block is discarded."""
    of_it = [r for r in records or () if isinstance(r.phase, ApplyExtrinsic) and r.phase.value == index]
    failed = next((r.event for r in of_it if isinstance(r.event, System.ExtrinsicFailed)), None)
    events = [event_json(runtime, record) for record in of_it]
    return {
        "index": index,
        **extrinsic_json(runtime, block.extrinsics[index]),
        "isSuccess": None if records is None else failed is None,
        "failure": None if failed is None else error_json(runtime.construct, failed.dispatch_error),
        "fee": _fee_of(events),
        "events": None if records is None else events,
    }


def _fee_of(events: list[dict[str, Any]]) -> Any:
    """What an extrinsic paid, in rao of TAO; None where it paid nothing or in alpha."""
    paid = [e for e in events if (e["pallet"], e["name"]) == ("TransactionPayment", "TransactionFeePaid")]
    return paid[0]["fields"]["actual_fee"] if paid else None
