"""When blocks are made: at once when something is to be included, on request only, or by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import Literal

from chain.errors import BrokenInvariant, ChainError
from node.node import Node

logger = logging.getLogger("aura")


@dataclass(frozen=True, slots=True)
class Sealing:
    """`instant`, `manual`, or `interval` with a period in milliseconds; 0 is one slot of the chain."""

    kind: Literal["instant", "manual", "interval"]
    period_ms: int = 0

    @staticmethod
    def parse(text: str) -> Sealing:
        """From the command line. Raises: ValueError for what is none of the three."""
        if text == "instant":
            return Sealing("instant")
        if text == "manual":
            return Sealing("manual")
        if text.isdecimal() and int(text) > 0:
            return Sealing("interval", int(text))
        raise ValueError(f"{text!r} is none of instant, manual, <milliseconds>")

    def __str__(self) -> str:
        return f"every {self.period_ms} ms" if self.kind == "interval" else self.kind


class Sealer:
    """Makes the node's blocks at the right time."""

    def __init__(self, node: Node, sealing: Sealing, finality_lag: int = 0) -> None:
        """With a finality lag, a block is final once so many blocks have come after it."""
        self.node, self.sealing, self._lag = node, sealing, finality_lag
        self.stopped = asyncio.Event()
        """Set when the node cannot go on; `node.failure` says why."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. Needs a running event loop."""
        self.change(self.sealing)

    def change(self, sealing: Sealing) -> None:
        """Go on in another way."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.sealing = sealing
        if sealing.kind == "interval":
            self._task = asyncio.get_running_loop().create_task(self._tick())
        elif sealing.kind == "instant":
            self._task = asyncio.get_running_loop().create_task(self._watch_pool())

    async def stop(self) -> None:
        """Make no more blocks."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _watch_pool(self) -> None:
        """A block as soon as something can go into one; what comes in meanwhile goes into the next."""
        if self.node.pool.ready_count:
            self._seal(None)
        submitted = self.node.pool.imported.subscribe()
        try:
            async for _ in submitted:
                submitted.take_all()
                if self.node.pool.ready_count:
                    self._seal(None)
        finally:
            submitted.close()

    def _seal(self, seconds: float | None) -> None:
        try:
            self.node.make_block(seconds=seconds, finalize=self._lag == 0)
            self._finalize()
        except BrokenInvariant as error:
            logger.critical("broken invariant: %s. The last good block is #%d", error, self.node.chain.best.number)
            self.node.failure = error
            self.stopped.set()
        except ChainError as error:
            logger.error("no block: %s", error)

    def _finalize(self) -> None:
        chain = self.node.chain
        block = chain.hash_of(chain.best.number - self._lag)
        if block is not None and chain.best.number - self._lag > chain.finalized.number:
            chain.finalize(block)

    async def _tick(self) -> None:
        """A block each period, on the beat whatever a block takes; a beat that was missed is not made up for."""
        loop = asyncio.get_running_loop()
        period = self.sealing.period_ms / 1000
        due = loop.time() + period
        while not self.stopped.is_set():
            await asyncio.sleep(max(due - loop.time(), 0))
            self._seal(max(period * 2 / 3, 0.1))
            due = max(due + period, loop.time())
