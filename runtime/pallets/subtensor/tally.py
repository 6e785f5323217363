"""What a call reads and writes, counted while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.frame.weight import Weight, weigh


@dataclass(slots=True)
class Tally:
    """How many storage reads and writes a call counts for; what is paid for more of them is given back."""

    reads: int = 0
    writes: int = 0

    def count(self, *, reads: int = 0, writes: int = 0) -> None:
        """Add some."""
        self.reads += reads
        self.writes += writes

    def weight(self) -> Weight:
        """What they weigh."""
        return weigh(0, reads=self.reads, writes=self.writes)
