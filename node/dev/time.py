"""Going on in time: blocks, epochs, and leaps over blocks in which nothing would happen."""

from __future__ import annotations

from collections.abc import Iterator

from chain.errors import ChainError
from chain.types import H256
from node.node import Node
from runtime.taonet import Taonet
from runtime.units import NetUid

MAX_BLOCKS = 100_000
"""How many blocks are made at one request."""
TRIES = 4
"""How often an epoch may be put off, since a block runs so many epochs only, before that is an error."""


class TimeError(ChainError):
    """The chain cannot be moved there; the message says why."""


def set_clock(node: Node, now_ms: int) -> None:
    """Give the next block a time. Raises: TimeError for one that is not after the last block's."""
    before = node.runtime().timestamp.Now
    if now_ms <= before:
        raise TimeError(f"{now_ms} ms is not after the last block's time {before}")
    node.clock.set_ms(now_ms)


def make_blocks(node: Node, count: int) -> Iterator[H256]:
    """Make blocks one by one, so that whoever asks can do other things between. Raises: TimeError, CannotAuthor."""
    if not 0 <= count <= MAX_BLOCKS:
        raise TimeError(f"{count} blocks: at least 0 and at most {MAX_BLOCKS} can be made at once")
    for _ in range(count):
        yield node.make_block()


def blocks_to(node: Node, number: int) -> int:
    """How many blocks lead to block `number`. Raises: TimeError for one that is there already."""
    best = node.chain.best.number
    if number < best:
        raise TimeError(f"block {number} is behind the present {best}; dev_setHead goes back")
    return number - best


def next_epoch(runtime: Taonet, netuid: int) -> int:
    """The block in which a subnet's next epoch is expected. Raises: TimeError where there is none."""
    known = runtime.registry.netuids()
    if netuid not in known:
        subnets = ", ".join(str(n) for n in sorted(known))
        raise TimeError(f"there is no subnet {netuid}; there are {subnets}")
    due = runtime.clock.next_epoch(NetUid(netuid))
    if due is None:
        raise TimeError(f"subnet {netuid} has a tempo of 0: it has no epochs")
    return max(due, int(runtime.system.Number) + 1)


def advance_epoch(node: Node, netuid: int, count: int = 1) -> Iterator[H256]:
    """Make blocks until the next `count` epochs of a subnet have been. Raises: TimeError, CannotAuthor."""
    for _ in range(count):
        yield from _one_epoch(node, netuid)


def _one_epoch(node: Node, netuid: int) -> Iterator[H256]:
    next_epoch(node.runtime(), netuid)  # so that a subnet that is not there is told of
    before = node.runtime().clock.SubnetEpochIndex[NetUid(netuid)]
    for _ in range(TRIES):
        yield from make_blocks(node, blocks_to(node, next_epoch(node.runtime(), netuid)))
        if node.runtime().clock.SubnetEpochIndex[NetUid(netuid)] != before:
            return
    raise TimeError(f"no epoch of subnet {netuid} ran up to block {node.chain.best.number}")


def jump_to(node: Node, number: int) -> Iterator[H256]:
    """Go to block `number`, leaving out blocks in which nothing would happen; time passes as if they had been made.

    What the pool has ready goes into the first block made. Raises: TimeError, CannotAuthor.
    """
    blocks_to(node, number)
    while (best := node.chain.best.number) < number:
        due = node.runtime().next_due()
        target = number if due is None else min(due, number)
        if target == best + 1 or node.pool.ready_count:
            yield node.make_block()
        else:
            yield _leap(node, target)


def _leap(node: Node, number: int) -> H256:
    runtime = node.runtime()
    slot_ms, skipped = runtime.aura.SlotDuration, number - node.chain.best.number - 1
    following = (runtime.aura.CurrentSlot + 1) * slot_ms if runtime.timestamp.Now else 0
    node.clock.set_ms(max(node.clock.now_ms(), following) + skipped * slot_ms)
    return node.author.author(extrinsics=(), overrides={}, number=number)
