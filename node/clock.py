"""What time it is for the node: the machine's time, moved, or a time that only blocks move."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Clock:
    """The machine's clock, moved by what a user asked for. Milliseconds since 1970."""

    offset_ms: int = 0

    def now_ms(self) -> int:
        """The time."""
        return int(time.time() * 1000) + self.offset_ms

    def set_ms(self, now_ms: int) -> None:
        """Let the clock show `now_ms` from this moment on."""
        self.offset_ms += now_ms - self.now_ms()


@dataclass(slots=True)
class StoppedClock(Clock):
    """A clock that stands still, so that each block comes one slot after the last, on any machine alike."""

    shown_ms: int = 0

    def now_ms(self) -> int:
        """The time."""
        return self.shown_ms

    def set_ms(self, now_ms: int) -> None:
        """Let the clock show `now_ms`, which the next block will have."""
        self.shown_ms = now_ms
