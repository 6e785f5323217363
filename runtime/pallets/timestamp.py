"""The time of a block, set by its author in an inherent."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from chain.errors import InvalidBlock
from chain.scale.hints import Compact, u64
from chain.types import BlockNumber
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_none
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Constant, StorageValue
from runtime.frame.weight import DispatchClass, weigh

IDENTIFIER = b"timstap0"
"""The key of this pallet's inherent data."""


class Timestamp(Pallet):
    """When the block was made, in milliseconds since 1970."""

    MinimumPeriod = Constant[u64](6000)
    """The least time between two blocks, in milliseconds. Blocks are expected at twice this period."""

    Now = StorageValue[u64](default=0)
    """The time of the block, in milliseconds since 1970."""

    DidUpdate = StorageValue[bool](default=False)
    """Whether the block has set its time. False between blocks."""

    on_timestamp_set: ClassVar[list[Callable[[Timestamp, int], None]]] = []
    """Who wants to know the time of each block; filled in `runtime.taonet`."""

    # the reference time is what the receipts of spec 419 show, less two reads, one write and the guard's two reads
    @call(0, weight=weigh(3_816_000, 1493, reads=2, writes=1), class_=DispatchClass.Mandatory, inherent=True)
    def set(self, origin: Origin, now: Compact[u64]) -> None:
        """Set the time of the block, once, at least `MinimumPeriod` after the last one.

        Origin: none.  Source: pallet_timestamp::set; breaking a rule makes the block invalid
        """
        ensure_none(origin)
        if self.DidUpdate:
            raise InvalidBlock("the block sets its time twice")
        before = self.Now
        if before and now < before + self.MinimumPeriod:
            raise InvalidBlock(f"time {now} is less than {self.MinimumPeriod} ms after the parent's {before}")
        self.Now, self.DidUpdate = now, True
        for listener in self.on_timestamp_set:
            listener(self, now)

    def on_finalize(self, block: BlockNumber) -> None:
        """Refuse a block that did not set its time."""
        if not self.DidUpdate:
            raise InvalidBlock("the block does not set its time")
        del self.DidUpdate
