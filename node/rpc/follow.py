"""What one client is told of the head of the chain: the stream of `chainHead_v1_follow`, with its pins and operations.

Source: the JSON-RPC interface specification, chainHead_v1_follow
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

from chain.blockchain import Head, Imported
from chain.errors import ChainError, StateDiscarded
from chain.types import H256
from node.node import Node
from node.rpc.errors import RpcError
from node.rpc.shapes import runtime_json
from node.rpc.subscriptions import Subscriber
from runtime.code import CODE_KEY

INVALID_BLOCK, INVALID_RUNTIME_CALL, INVALID_CONTINUE, INVALID_DUPLICATE_HASHES = -32801, -32802, -32803, -32804
FINALIZED_REPORTED = 16
"""How many finalized blocks the first event names at most."""
MAX_PINNED_FINALIZED = 512
"""With more finalized blocks than these pinned, the subscription stops."""
MAX_OPERATIONS = 16
"""How many operations of one subscription run at a time; each storage item counts as one."""

Event = dict[str, Any]
Work = Callable[["Operation"], Awaitable[Event]]


class Operation:
    """Something that a client asked of a block, whose outcome comes as events."""

    def __init__(self, follow: Follow, identifier: str, cost: int) -> None:
        self.follow, self.identifier, self.cost = follow, identifier, cost
        self.task: asyncio.Task[None] | None = None
        self._waiting: asyncio.Event | None = None

    def tell(self, event: str, **values: Any) -> None:
        """Send an event of this operation."""
        self.follow.put({"event": event, "operationId": self.identifier, **values})

    async def wait_for_continue(self) -> None:
        """Ask the client to say when it wants more, and wait for that."""
        self._waiting = asyncio.Event()
        self.tell("operationWaitingForContinue")
        await self._waiting.wait()

    def go_on(self) -> None:
        """The client wants more. Raises: RpcError -32803 if it was not asked."""
        if self._waiting is None or self._waiting.is_set():
            raise RpcError(INVALID_CONTINUE, "Wait for continue event not generated")
        self._waiting.set()

    async def run(self, work: Work) -> None:
        """Do the work and tell its last event, whatever becomes of it."""
        try:
            last = await work(self)
        except StateDiscarded:
            last = {"event": "operationInaccessible"}
        except ChainError as error:
            last = {"event": "operationError", "error": str(error)}
        finally:
            self.follow.operations.pop(self.identifier, None)
        self.tell(**last)


class Follow:
    """An asynchronous iterator over the events of one subscription."""

    def __init__(self, node: Node, with_runtime: bool) -> None:
        self.node, self.with_runtime = node, with_runtime
        self.operations: dict[str, Operation] = {}
        self._identifiers = count(1)
        self._news: Subscriber[Any] = Subscriber()
        node.imported.add(self._news)
        node.finalized.add(self._news)
        self._events: list[Event] = []
        self._finalized = node.chain.finalized.hash
        self._announced: dict[H256, H256] = {}
        """The blocks that were told and are not final, parents before children, with their parents."""
        self._pinned: set[H256] = set()
        self.has_stopped = False
        """Whether the client was told to begin anew."""
        self._begin()

    def __aiter__(self) -> Follow:
        return self

    async def __anext__(self) -> Event:
        while not self._events:
            if self.has_stopped:
                raise StopAsyncIteration
            news = await anext(self._news)
            if isinstance(news, Imported):
                self._announce(news)
            elif isinstance(news, dict):
                self._events.append(news)
            else:
                self._finalize(news)
        return self._events.pop(0)

    async def aclose(self) -> None:
        """Stop listening, and end what runs."""
        self._news.close()
        for operation in tuple(self.operations.values()):
            self.stop(operation.identifier)

    # -- what clients ask of it

    def put(self, event: Event) -> None:
        """Send an event behind those that wait."""
        self._news.put(event)

    def ensure_pinned(self, block: H256) -> None:
        """Raises: RpcError -32801 for a block that was not told or is unpinned."""
        if block not in self._pinned:
            raise RpcError(INVALID_BLOCK, "Invalid block hash")

    def unpin(self, blocks: Sequence[H256]) -> None:
        """Let blocks go, all or none. Raises: RpcError -32804 for one named twice, -32801 for one not pinned."""
        if len(set(blocks)) != len(blocks):
            raise RpcError(INVALID_DUPLICATE_HASHES, "Received duplicate hashes for the `chainHead_unpin` method")
        for block in blocks:
            self.ensure_pinned(block)
        self._pinned.difference_update(blocks)

    def room(self) -> int:
        """How many more operations may run."""
        return MAX_OPERATIONS - sum(operation.cost for operation in self.operations.values())

    def start(self, work: Work, cost: int = 1) -> str:
        """Begin an operation, whose events come after the answer to the request; its id."""
        operation = Operation(self, str(next(self._identifiers)), cost)
        self.operations[operation.identifier] = operation
        operation.task = asyncio.get_running_loop().create_task(operation.run(work))
        return operation.identifier

    def stop(self, identifier: str) -> None:
        """End an operation; nothing happens if it has ended."""
        operation = self.operations.pop(identifier, None)
        if operation is not None and operation.task is not None:
            operation.task.cancel()

    # -- what it tells

    def _begin(self) -> None:
        chain = self.node.chain
        first = max(chain.finalized.number - FINALIZED_REPORTED + 1, 0)
        found = [chain.hash_of(number) for number in range(first, chain.finalized.number + 1)]
        hashes = [block for block in found if block is not None]
        self._pinned.update(hashes)
        told: Event = {"event": "initialized", "finalizedBlockHashes": hashes}
        if self.with_runtime:
            told["finalizedBlockRuntime"] = self._runtime(self._finalized)
        self._events.append(told)
        for block, header in self.node.unfinalized.items():
            self._tell_new(block, header.parent_hash, is_new_runtime=False)
        self._events.append({"event": "bestBlockChanged", "bestBlockHash": chain.best.hash})

    def _runtime(self, block: H256) -> Event:
        return {"type": "valid", "spec": runtime_json(self.node.runtime(block).system.Version)}

    def _announce(self, news: Imported) -> None:
        parent = news.header.parent_hash
        if news.hash in self._announced or (parent != self._finalized and parent not in self._announced):
            self._stop()
            return
        self._tell_new(news.hash, parent, is_new_runtime=CODE_KEY in news.changes)
        if news.is_best:
            self._events.append({"event": "bestBlockChanged", "bestBlockHash": news.hash})

    def _tell_new(self, block: H256, parent: H256, *, is_new_runtime: bool) -> None:
        self._announced[block] = parent
        self._pinned.add(block)
        told: Event = {"event": "newBlock", "blockHash": block, "parentBlockHash": parent}
        if self.with_runtime:
            told["newRuntime"] = self._runtime(block) if is_new_runtime else None
        self._events.append(told)

    def _finalize(self, heads: tuple[Head, ...]) -> None:
        block, finalized = heads[-1].hash, list[H256]()
        while block != self._finalized:
            if block not in self._announced:
                self._stop()
                return
            finalized.insert(0, block)
            block = self._announced.pop(block)
        if not finalized:
            return
        self._finalized = finalized[-1]
        kept = {self._finalized}
        for child, parent in self._announced.items():
            if parent in kept:
                kept.add(child)
        pruned = [child for child in self._announced if child not in kept]
        for child in pruned:
            del self._announced[child]
        self._events.append({"event": "finalized", "finalizedBlockHashes": finalized, "prunedBlockHashes": pruned})
        if len(self._pinned) - len(self._announced) > MAX_PINNED_FINALIZED:
            self._stop()

    def _stop(self) -> None:
        """The chain has jumped, or the client pins too much: it has to begin anew."""
        self.has_stopped = True
        self._events.append({"event": "stop"})
        self._pinned.clear()
