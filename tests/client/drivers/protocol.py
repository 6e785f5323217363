"""The line protocol between a test and a client in its own environment.

A request is a line `{"op": name, ...}`, an answer a line `{"ok": value}` or `{"error": text, "kind": type}`. What an
operation of the background finds is collected by `collect`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any


class Background:
    """Operations that run beside the others, by name."""

    def __init__(self) -> None:
        self._found: dict[str, list[Any]] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self, name: str, work: Callable[[Callable[[Any], None]], None]) -> None:
        """Run `work`, which is given a function that keeps what it finds."""
        found = self._found[name] = []

        def guarded() -> None:
            try:
                work(found.append)
            except Exception as error:  # the test sees it among what was found
                found.append({"error": f"{type(error).__name__}: {error}"})

        self._threads[name] = threading.Thread(target=guarded, daemon=True)
        self._threads[name].start()

    def found(self, name: str, count: int, seconds: float) -> list[Any]:
        """What was found so far, once that is `count` or the time is over."""
        deadline = time.monotonic() + seconds
        while len(self._found[name]) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return list(self._found[name])

    def collect(self, name: str, seconds: float) -> list[Any]:
        """What was found, once the work is done or the time is over."""
        self._threads[name].join(seconds)
        return list(self._found[name])


def serve(operations: dict[str, Callable[..., Any]]) -> None:
    """Answer requests from standard input until it ends."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a client prints must not get between the answers
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"ok": operations[request.pop("op")](**request)}
        except Exception as error:
            answer = {"error": str(error), "kind": type(error).__name__}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()
