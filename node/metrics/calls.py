"""What the JSON-RPC server counts: plain numbers, read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal

from node.metrics.histogram import MICROSECONDS, Histogram

Transport = Literal["http", "ws"]
UNKNOWN = "unknown"
"""Stands for every method that there is not, so that callers cannot make names without end."""


@dataclass(slots=True)
class CallCounts:
    """The calls of one method over one transport."""

    started: int = 0
    succeeded: int = 0
    failed: int = 0
    micros: Histogram = field(default_factory=lambda: Histogram(MICROSECONDS))
    """How long each took that has ended, in microseconds."""

    def begin(self) -> float:
        """Count a call; gives the moment, for `end`."""
        self.started += 1
        return perf_counter()

    def end(self, began: float, *, is_error: bool) -> None:
        """Count the end of a call."""
        self.micros.observe((perf_counter() - began) * 1e6)
        if is_error:
            self.failed += 1
        else:
            self.succeeded += 1


class RpcCounts:
    """The calls of all methods, and the WebSockets."""

    def __init__(self) -> None:
        self.sessions_opened = 0
        self.sessions_closed = 0
        self._calls: dict[tuple[Transport, str], CallCounts] = {}

    def of(self, transport: Transport, method: str) -> CallCounts:
        """The counts of a method over a transport."""
        found = self._calls.get((transport, method))
        if found is None:
            found = self._calls[transport, method] = CallCounts()
        return found

    def calls(self) -> Iterator[tuple[Transport, str, CallCounts]]:
        """All that was called so far, in the order of first calls."""
        for (transport, method), counts in self._calls.items():
            yield transport, method, counts
